"""Exercises on masks: who may attend to whom, and what is left of the weights."""

PAGE = "chapters/07-masks"
