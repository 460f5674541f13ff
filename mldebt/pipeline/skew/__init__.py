"""Features that are made in one way for the training, in another for the use."""
