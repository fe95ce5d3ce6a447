"""Fields in chapters: *Try it* below a worked cell, and *Train it here* where a model is trained.

A cell with the tag ``try-it`` gets a field below it in which its reader can change it. What runs before it
is what it needs of the cells above. A directive names one of the library's experiments, of which the
reader's browser takes the first steps::

    ```{train-here} park
    :steps: 60
    ```
"""

import ast
import copy
import html

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective

from attnlib.trained.catalogue import EXPERIMENTS
from solve.pages import Place

TAG = "try-it"
SUMMARY = {"try": "Try it", "train": "Train it here, in your browser"}


class TrainHere(SphinxDirective):
    """A model that is trained in the reader's browser: the argument is the name of its experiment."""

    required_arguments = 1
    option_spec = {"steps": directives.positive_int}  # noqa: RUF012 - as docutils has it

    def run(self):
        """Return the place of the field."""
        (name,) = self.arguments
        if name not in EXPERIMENTS:
            raise self.error(f"no experiment {name!r}; there are: {', '.join(sorted(EXPERIMENTS))}")
        steps = self.options.get("steps", EXPERIMENTS[name].steps)
        source = (
            "from attnlib.trained.catalogue import EXPERIMENTS\n\n"
            f'fitted = EXPERIMENTS["{name}"].train(seed=0, steps={steps})'
        )
        return [Foldable("", data={"train": source})]


class Foldable(Place):
    """A field that is closed until its reader opens it."""


def visit_foldable(translator, node):
    """Open the element, with what is read where it is closed."""
    ((kind, value),) = node["data"].items()
    translator.body.append(  # docutils would join the lines of a value
        f'<details class="solve solve-here pst-js-only" data-{kind}="{html.escape(value)}">'
        f"<summary>{SUMMARY[kind]}</summary>"
    )


def depart_foldable(translator, _node):
    """Close the element."""
    translator.body.append("</details>\n")


def cells_of(doctree):
    """Return the code cells of a chapter with their sources."""
    blocks = ((cell, next(cell.findall(nodes.literal_block), None)) for cell in doctree.findall(_is_cell))
    return [(cell, block.astext() if block else "") for cell, block in blocks]


def _is_cell(node):
    return isinstance(node, nodes.container) and node.get("nb_element") == "cell_code"


def mark_cells(doctree):
    """Put a field below each cell that is tagged for one."""
    for number, (cell, _) in enumerate(cells_of(doctree)):
        if TAG in cell["cell_metadata"].get("tags", ()):
            cell.parent.insert(cell.parent.index(cell) + 1, Foldable("", data={"try": str(number)}))


def has_fields(doctree):
    """Return whether a chapter has any."""
    return any(True for _ in doctree.findall(Foldable))


def state(doctree):
    """Return what the fields of a chapter need: the parts of each cell, up to the last that has a field."""
    tried = [int(place["data"]["try"]) for place in doctree.findall(Foldable) if "try" in place["data"]]
    cells = [source for _, source in cells_of(doctree)]
    return [list(units(source)) for source in cells[: max(tried, default=-1) + 1]]


def units(source):
    r"""Yield what may be left out of a cell by itself: each name that it imports, and the rest.

    Examples
    --------
    >>> list(units("import numpy as np\nfrom attnlib import plots, softmax\n\nx = 1\n"))
    ['import numpy as np', 'from attnlib import plots', 'from attnlib import softmax', 'x = 1']
    """
    rest = source.splitlines()
    for statement in ast.parse(source).body:
        if isinstance(statement, ast.Import | ast.ImportFrom):
            for alias in statement.names:
                one = copy.copy(statement)
                one.names = [alias]
                yield ast.unparse(one)
            for line in range(statement.lineno - 1, statement.end_lineno):
                rest[line] = ""
    text = "\n".join(rest).strip("\n")
    if text:
        yield text
