"""Right answers to the exercises on translation."""
