"""Right answers to the exercises on one head over the cast of Macbeth."""
