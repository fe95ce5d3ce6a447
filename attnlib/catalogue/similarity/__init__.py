"""Exercises on similarity and look-up: a mixture and a cosine by hand, the best key, a soft dictionary."""

STAGE = "chapters/01-spotlight"
PAGE = "chapters/02-similarity"
