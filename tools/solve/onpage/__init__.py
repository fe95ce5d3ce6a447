"""What runs inside the Python of a page: a check, a line to try, a training. It needs no browser."""
