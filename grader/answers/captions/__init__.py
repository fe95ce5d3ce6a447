"""Right answers to the exercises on captions."""
