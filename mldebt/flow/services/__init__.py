"""Where results leave a program: endpoints, clients, and what both sides declare."""
