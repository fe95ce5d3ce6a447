"""Exercises on what weights mean: two scores, a head removed, weights exchanged and moved."""

PAGE = "chapters/21-weights"
