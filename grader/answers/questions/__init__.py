"""Right answers to the exercises on retrieval and questions."""
