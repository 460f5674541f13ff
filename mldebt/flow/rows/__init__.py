"""Which rows of the data are taken, drawn, divided or lost."""
