"""Notebooks: what was written, what was handed in, which cell is which."""
