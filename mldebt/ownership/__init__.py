"""Who wrote, reviewed and therefore knows which lines, from the history of the repository."""
