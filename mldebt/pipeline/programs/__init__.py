"""What runs, what starts it, and who relies on it."""
