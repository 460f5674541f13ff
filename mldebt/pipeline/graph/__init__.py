"""The pipeline-dependency graph, and the ways to draw it."""
