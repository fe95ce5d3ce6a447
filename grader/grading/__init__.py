"""Grade what was handed in: one submission, or a class at a time."""
