"""Right answers on the block and order."""
