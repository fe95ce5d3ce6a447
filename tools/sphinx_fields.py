"""Sphinx extension: the fields of a named tuple stand on an API page once, as its docstring describes them.

Autodoc would list each a second time, as an "alias for field number 0".
"""

from collections import namedtuple

FIELD = type(namedtuple("One", "field").field)


def skip_field(_app, _what, _name, member, _skip, _options):
    """Leave out a member that is a field; say nothing of others."""
    return True if isinstance(member, FIELD) else None


def setup(app):
    """Ask to be heard before a member is described."""
    app.connect("autodoc-skip-member", skip_field)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
