"""Exercises on captions: a drawn look, what it learns from, its expectation, and a baseline."""

PAGE = "chapters/19-captions"
