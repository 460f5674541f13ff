"""Ingestion: how data enters."""
