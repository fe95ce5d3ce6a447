"""Exercises on translation: additive scores, attention past padding, a decoder's step, what counts as right."""

PAGE = "chapters/12-translation"
