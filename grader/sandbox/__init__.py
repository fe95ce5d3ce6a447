"""A place for strangers' code."""
