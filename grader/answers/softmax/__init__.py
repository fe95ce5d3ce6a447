"""Right answers to the exercises on the softmax."""
