"""How the values of one scope are built: its statements, expressions, names and branches."""
