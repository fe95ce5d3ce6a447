"""A bound for what one student's page shows.

What strangers write is parsed, cleaned and coloured by libraries whose work can grow as the square of a
text's length. So they get only so much of a cell and of a page, and the page says what is left out.
"""

from nbconvert.preprocessors import Preprocessor
from nbformat.v4 import new_output
from traitlets import Integer

from grader.text import few_blank_lines

NOT_SHOWN = "[{} more characters are not shown here, so that the page doesn't grow too long]"


class Cut(Preprocessor):
    """Leaves out what is too much for a page: of what a student wrote, and of what their cells printed.

    Cells that a student can't change are the instructor's, and are shown whole.
    """

    most_text = Integer(20_000, help="Most characters of a cell's own text on a page.").tag(config=True)
    most_texts = Integer(100_000, help="Most characters of all these texts on a page.").tag(config=True)
    most_outputs = Integer(
        200_000, help="Most characters of all that cells put out on a page; no cell has more than half."
    ).tag(config=True)

    def preprocess(self, nb, resources):
        """Cut a notebook, and say whose it was."""
        self._texts, self._outputs, self._left_out = self.most_texts, self.most_outputs, 0
        asked = [cell for cell in nb.cells if cell.metadata.get("nbgrader")]
        others = [cell for cell in nb.cells if not cell.metadata.get("nbgrader")]
        for cell in asked + others:  # what is asked for comes first, whatever stands before it
            self._cut(cell)
        if self._left_out:
            about = resources.get("nbgrader", {})
            whose = " of ".join(str(about[key]) for key in ("notebook", "student") if key in about)
            self.log.warning(
                "The page of %s is cut: it would have %d characters more, and take long to make",
                whose or "a submission",
                self._left_out,
            )
        return nb, resources

    def _cut(self, cell):
        if not cell.metadata.get("nbgrader", {}).get("locked"):
            if cell.cell_type == "code":
                cell.source = few_blank_lines(cell.source)
            whole = len(cell.source)
            cell.source = cut(cell.source, min(self.most_text, self._texts))
            self._texts -= min(whole, self.most_text, self._texts)
            self._left_out += max(0, whole - len(cell.source))
        if cell.cell_type == "code":
            cell.outputs = list(self._kept(cell.outputs))

    def _kept(self, outputs):
        room = min(self._outputs, self.most_outputs // 2)
        dropped = 0
        for output in outputs:
            size = size_of(output)
            if size <= room:
                room -= size
                self._outputs -= size
                yield output
            else:
                dropped += size
        if dropped:
            self._left_out += dropped
            yield new_output("stream", text=NOT_SHOWN.format(dropped))


def cut(text, most):
    """Return as much of a text as there is room for, and after it, if that isn't all, how much is left out.

    Examples
    --------
    >>> cut("abc", 3)
    'abc'
    >>> cut("abc" * 100, 100).splitlines()[0]
    'abcabcabcabcabcabc'
    """
    if len(text) <= most:
        return text
    notice = NOT_SHOWN.format(len(text))
    kept = text[: max(0, most - len(notice) - 2)]
    return f"{kept}\n\n{NOT_SHOWN.format(len(text) - len(kept))}".lstrip("\n")


def size_of(value):
    """Return how many characters an output has, in all its forms."""
    if isinstance(value, dict):
        return sum(map(size_of, value.values()))
    if isinstance(value, list | tuple):
        return sum(map(size_of, value))
    return len(value) if isinstance(value, str) else 8
