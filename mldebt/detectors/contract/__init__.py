"""Contract: what the product does with results."""
