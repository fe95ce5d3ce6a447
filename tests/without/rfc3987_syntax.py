"""Stands in for a package that jsonschema imports if it is there, for a format that notebooks don't have.

It takes a second to import, and most of the tests' thousand processes read notebooks.
"""

raise ImportError
