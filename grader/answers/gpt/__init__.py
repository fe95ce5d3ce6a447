"""Right answers to the exercises on GPT."""
