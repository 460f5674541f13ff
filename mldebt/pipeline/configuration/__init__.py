"""What configuration files and options give to code."""
