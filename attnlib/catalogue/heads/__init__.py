"""Exercises on many heads: split, merge, count, and attend with all of them."""

PAGE = "chapters/08-many-heads"
