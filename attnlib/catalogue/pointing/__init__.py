"""Exercises on writing while looking back: copying from a text, the picture of a sound, wrong letters."""

PAGE = "chapters/15-summaries-and-speech"
