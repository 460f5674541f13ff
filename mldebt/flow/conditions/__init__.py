"""When code runs, and who decides it."""
