"""Right answers to the exercises on queries, keys and values."""
