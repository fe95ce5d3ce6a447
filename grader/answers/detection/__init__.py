"""Right answers to the exercises on detection."""
