"""Sphinx extension: a long name in the code of a line may be broken where its parts meet, and only there.

On a phone ``Sandbox.file_size`` is wider than its column, and a browser would break it at any letter.
"""

import re

LONG = re.compile(r'(?<=<span class="pre">)[^<]{14,}(?=</span>)')
SEAM = re.compile(r"(?<=\w[./_])(?=\w)(?!\w{1,5}$)")  # not before an ending such as .html


def with_breaks(body):
    """Return a page's body with places for a line to end after the dots and underscores of long names.

    Examples
    --------
    >>> with_breaks('<span class="pre">Sandbox.open_files.txt</span> <span class="pre">d_k</span>')
    '<span class="pre">Sandbox.<wbr>open_<wbr>files.txt</span> <span class="pre">d_k</span>'
    """
    return LONG.sub(lambda name: SEAM.sub("<wbr>", name[0]), body)


def break_names(_app, _page, _template, context, _doctree):
    """Mark the places in a page."""
    if "body" in context:
        context["body"] = with_breaks(context["body"])


def setup(app):
    """Ask for each page."""
    app.connect("html-page-context", break_names)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
