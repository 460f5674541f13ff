"""Ownership: who knows the code."""
