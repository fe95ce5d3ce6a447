"""Right answers to the exercises on similarity and look-up."""
