"""Exercises on retrieval and questions: ranks, BM25, in-batch contrast, recall, and hops over facts."""

PAGE = "chapters/16-questions"
