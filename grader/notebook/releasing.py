"""What a released notebook doesn't keep of its source."""

from nbconvert.exporters import NotebookExporter

from grader.notebook.percent import GENERATED


class ReleaseExporter(NotebookExporter):
    """Writes what students get, without the mark of how the source was made."""

    def from_notebook_node(self, nb, resources=None, **kwargs):
        """Pass a notebook through the preprocessors."""
        nb.metadata.pop(GENERATED, None)
        return super().from_notebook_node(nb, resources, **kwargs)
