"""A class that stands in for students."""
