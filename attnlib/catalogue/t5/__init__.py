"""Exercises on T5: inputs and targets, three masks, cross-attention, relative rows and whole answers."""

PAGE = "chapters/14-t5"
