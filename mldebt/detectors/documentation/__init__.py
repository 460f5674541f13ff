"""Documentation: what is said about it."""
