"""Right answers to the exercises on long texts."""
