"""Exercises on detection: a matching by hand, its costs, all ways tried, the loss of a set, and overlap."""

PAGE = "chapters/18-detection"
