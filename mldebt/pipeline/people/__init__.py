"""Who knows the components, and what they would leave behind."""
