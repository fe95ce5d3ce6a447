"""Exercises on translation: additive scores, attention past padding, a decoder's step, what is right."""

PAGE = "chapters/12-translation"
