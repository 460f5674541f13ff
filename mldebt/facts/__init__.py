"""Source text to frozen facts: the only room that knows libcst."""
