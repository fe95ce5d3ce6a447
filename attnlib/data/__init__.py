"""What the models learn from, one generator a file; every one is seeded."""
