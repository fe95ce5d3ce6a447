"""Sphinx extension: the worksheet of the worked example and its key are written into the built book.

They are made at each build, in the folder `worksheet` beside the chapters, and never committed.
"""

from attnlib.worksheet import write_worksheet

FOLDER = "worksheet"


def write(app):
    """Write both PDFs into the output of an HTML build."""
    if app.builder.format == "html":
        write_worksheet(app.outdir / FOLDER)


def setup(app):
    """Register the hook."""
    app.connect("builder-inited", write)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
