"""Exercises on one head over the cast of Macbeth: by hand, in code, in rows and in columns."""

PAGE = "chapters/06-by-hand"
