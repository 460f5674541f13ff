"""What documents say of models, and whether it is so."""
