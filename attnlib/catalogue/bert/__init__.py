"""Exercises on BERT: ceilings, hidden words, the loss where it belongs, who may look, and one vector."""

PAGE = "chapters/13-bert"
