"""Exercises on queries, keys and values: projections, shapes, one sequence and two, both conventions."""

PAGE = "chapters/03-queries-keys-values"
