"""Numbers that a model gave, and what code does to them."""
