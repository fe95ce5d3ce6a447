"""Right answers to the exercises on T5."""
