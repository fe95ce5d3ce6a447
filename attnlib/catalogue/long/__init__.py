"""Exercises on long texts: a softmax in blocks, a window, shared heads and the bytes of a cache."""

PAGE = "chapters/20-long-texts"
