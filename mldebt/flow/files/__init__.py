"""Values that travel through files, and what paths and queries say."""
