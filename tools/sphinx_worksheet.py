"""Sphinx extension: the worksheets and their keys are written into the built book.

They are made at each build, in the folder `worksheet` beside the chapters, and never committed.
"""

from attnlib.worksheets import names, write_worksheet

FOLDER = "worksheet"


def write(app):
    """Write all PDFs into the output of an HTML build."""
    if app.builder.format == "html":
        for name in names():
            write_worksheet(app.outdir / FOLDER, name)


def setup(app):
    """Register the hook."""
    app.connect("builder-inited", write)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
