"""nbgrader's database: nothing else here knows it."""
