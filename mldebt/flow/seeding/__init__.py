"""Random generators: what draws, and what was seeded before."""
