"""Exercises on the block and order: positions, turning, biases, the feed-forward network, the whole."""

PAGE = "chapters/10-block"
