"""Exercises on GPT: perplexity, the shifted loss, the choice of a word, a cached step and sizes."""

PAGE = "chapters/11-gpt"
