"""What ordered a sequence, and what becomes of that order."""
