"""Exercises on the scale: variances by hand and measured, the factor that mends them, and saturation."""

PAGE = "chapters/04-scaling"
