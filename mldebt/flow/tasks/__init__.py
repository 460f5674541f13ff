"""What the steps of a workflow, a pipeline or a graph of agents hand to each other."""
