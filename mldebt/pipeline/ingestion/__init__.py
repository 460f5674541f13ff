"""Where data comes in, what is done to it by hand, and who does the same again."""
