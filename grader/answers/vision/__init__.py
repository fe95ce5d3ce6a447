"""Right answers to the exercises on the Vision Transformer."""
