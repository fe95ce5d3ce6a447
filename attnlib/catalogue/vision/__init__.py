"""Exercises on the Vision Transformer: patches and back, its tokens, and rollout."""

PAGE = "chapters/17-vision-transformer"
