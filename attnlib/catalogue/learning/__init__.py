"""Exercises on learning: gradients by hand and by differences, layer normalisation, a step of Adam."""

PAGE = "chapters/09-learning"
