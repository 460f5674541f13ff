"""What a call calls, with which arguments, and who calls a function."""
