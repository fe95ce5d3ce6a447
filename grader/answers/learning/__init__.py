"""Right answers to the exercises on many heads."""
