"""Right answers to the exercises on masks."""
