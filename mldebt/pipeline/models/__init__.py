"""The models of a repository: how each is trained, kept, measured and used."""
