"""The instructor's side: sample classes, grading and reports."""
