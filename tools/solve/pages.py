"""Find the fields of an exercise's page by the names that nbgrader's cells have, and make room for them.

A page is drawn from the released notebook. Where it is solved, a few sentences of the notebook would send
the reader to menus that aren't there: they are replaced.
"""

import json
import re

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from solve import store

HOW = re.compile(r"\*\*How it works\.\*\*.*?(?=Your functions are given|\n\n)", re.DOTALL)
HOW_HERE = """\
**How it works.** Write your answer where it says `YOUR CODE HERE`, or put your numbers in place of
`None`, delete the line `raise NotImplementedError()`, and press *Check*. If something is wrong, you are
told what, and which section of the book to read again; a line that begins with *Try* is a call to copy into
*Try a line*. Change your answer and check it again, as often as you like. When your work is graded, more
inputs are tried.
"""
BEFORE = re.compile(r"(## Before you hand in\n).*", re.DOTALL)
BEFORE_HERE = r"""\1
Press *Check all* at the <a href="#solve">top of this page</a>, then *Download to hand in*, and hand in that
one file under the name it has. The [guide for students](/chapters/guide-students.md) says how to do the
same in JupyterLab.
"""
BAR = """\
<section class="solve-bar pst-js-only" id="solve" data-solve-bar aria-label="Solve it on this page">
<p>Solve it on this page: what you write stays in this browser, and Python runs in it.
<a href="{guide}">How it works</a></p>
<p class="solve-progress">
<progress data-solve="done" max="{count}" value="0" aria-label="Questions done"></progress>
<span data-solve="count">0 of {count} done</span></p>
<div class="solve-buttons">
<button type="button" class="solve-button solve-check" data-solve="all">Check all</button>
<button type="button" class="solve-button" data-solve="save">Download to hand in</button>
<button type="button" class="solve-button" data-solve="load">Load a notebook</button>
<input type="file" accept=".ipynb,application/x-ipynb+json,application/json" hidden data-solve="file"
 aria-label="A notebook with your answers">
</div>
<p data-solve="loading" hidden>Python is being loaded, {megabytes} the first time.
<progress data-solve="share" max="1" value="0" aria-label="Loading Python"></progress></p>
<div data-solve="news" role="status"></div>
</section>
<noscript><p>This page is solved where scripts run. Without them, download
<a href="{archive}" download>all exercises</a> and solve it in JupyterLab.</p></noscript>
"""


def grading(cell):
    """Return what nbgrader has written on a cell: nothing, if it is none of its own."""
    return cell.get("metadata", {}).get("nbgrader", {})


def text_of(cell):
    """Return the text of a cell as it stands in a notebook's file."""
    return "".join(cell["source"])


def for_the_page(notebook):
    """Return a notebook whose text is right on a page, with essays in directives that name them."""
    cells = []
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            text = text_of(cell)
            if grading(cell).get("solution"):
                text = f":::{{essay}} {grading(cell)['grade_id']}\n{text}\n:::"
            else:
                text = BEFORE.sub(BEFORE_HERE, HOW.sub(HOW_HERE, text))
            cell = cell | {"source": text}
        cells.append(cell)
    return notebook | {"cells": cells}


def description(notebook):
    """Return what the exercise says of itself below its title, on one line."""
    _title, first, *_ = text_of(notebook["cells"][0]).split("\n\n")
    return " ".join(first.split())


def asked(notebook):
    """Return, for each question, a hash of all that a reader is told of it."""
    found, told, current = {}, [], None
    for cell in notebook["cells"]:
        about = grading(cell)
        if about.get("solution"):
            current, found[about["grade_id"]] = about["grade_id"], [*told, text_of(cell)]
            told = []
        elif about:
            found[current].append(text_of(cell))
        elif cell["cell_type"] == "markdown":
            told = [text_of(cell)]
    return {name: store.digest("\n".join(parts).encode()) for name, parts in found.items()}


class Place(nodes.General, nodes.Element):
    """What becomes a field, a button or nothing when scripts run; until then its children are shown."""


def visit_place(translator, node):
    """Open the element with its data."""
    data = {f"data-{key}": value for key, value in node["data"].items()}
    translator.body.append(translator.starttag(node, "div", CLASS="solve", **data))


def depart_place(translator, _node):
    """Close the element."""
    translator.body.append("</div>\n")


class Essay(SphinxDirective):
    """An answer in words: the argument is the name of its cell."""

    has_content = True
    required_arguments = 1

    def run(self):
        """Return the place of the field."""
        place = Place(data={"essay": self.arguments[0]})
        self.state.nested_parse(self.content, self.content_offset, place)
        return [place]


def mark_cells(doctree):
    """Wrap the code cells of an exercise's page in places that carry their names."""
    for number, cell in enumerate(list(doctree.findall(_is_cell))):
        about = cell["cell_metadata"].get("nbgrader", {})
        if about.get("solution"):
            data = {"question": about["grade_id"]}
        elif about:
            data = {"tests": about["grade_id"]}
        else:
            data = {"setup": str(number)}
        place = Place("", data=data)
        cell.replace_self(place)
        place += cell
    for place in doctree.findall(Place):
        section = place
        while section is not None and not isinstance(section, nodes.section):
            section = section.parent
        place["data"]["title"] = section[0].astext() if section else ""


def _is_cell(node):
    return isinstance(node, nodes.container) and node.get("nb_element") == "cell_code"


def with_bar(body, *, count, guide, archive, size):
    """Return a page's HTML with the bar of an exercise below its title."""
    megabytes = f"{size / 1e6:.0f} MB"
    bar = BAR.format(count=count, guide=guide, archive=archive, megabytes=megabytes)
    return body.replace("</h1>\n", f"</h1>\n{bar}", 1)


def as_data(value):
    """Return JSON that may stand in a script element."""
    return json.dumps(value, ensure_ascii=False).replace("</", "<\\/").replace("<!--", "<\\!--")
