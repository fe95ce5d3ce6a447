"""Sphinx extension: the archive for students is written into the built book, in the folder `students`."""

import student_kit


def write(app):
    """Pack the exercises as they are into the output of an HTML build."""
    if app.builder.format == "html":
        student_kit.build(app.outdir / "students")


def setup(app):
    """Register the hook."""
    app.connect("builder-inited", write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
