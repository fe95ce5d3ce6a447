"""Sphinx extension: each chapter can be downloaded as the notebook that it is.

Chapters are MyST text. When the book is built, each one that has code cells is written as an `.ipynb`
file among the page's sources, where the theme's download menu and a link at the end of the page lead to
it. What only the book understands (targets, citations, quizzes) becomes plain Markdown.
"""

import re
from pathlib import Path

import jupytext
import nbformat
from pybtex.database import parse_file

CODE_CELL = "{code-cell}"
HEADER = """\
*This notebook is a chapter of* Spotlight*. It needs `attnlib`, Matplotlib and anywidget, and runs in the
JupyterLab that comes with the exercises: the course's guide for students says how to get it. In a copy of
the project, `make` installs the same.*"""
PLAIN = (  # what is replaced, and by what
    (re.compile(r"^\([\w-]+\)=\n", re.MULTILINE), ""),
    (re.compile(r"^```\{(?:raw|eval-rst|train-here)\}.*?^```$\n?", re.MULTILINE | re.DOTALL), ""),
    (re.compile(r"^(\$\$) \([\w-]+\)$", re.MULTILINE), r"\1"),
    (re.compile(r"^:::\{quiz\} *(.*)$", re.MULTILINE), r"**\1**\n"),
    (re.compile(r"^:::$\n?", re.MULTILINE), ""),
    (re.compile(r"\{eq\}`[^`]+`"), "above"),
    (re.compile(r"\{(?:ref|term|doc|numref|func)\}`([^`<]+?)\s*(?:<[^`]*>)?`"), r"\1"),
    (re.compile(r"(?<!!)\[([^\]]+)\]\((?!https?:)[^)]*\)"), r"\1"),
)
CITATION = re.compile(r"\{cite:([pt])\}`([^`]+)`")


def to_notebook(text, authors):
    """Return a chapter's MyST text as a notebook.

    Parameters
    ----------
    text : str
        The chapter, with its jupytext header.
    authors : dict of str to tuple of str
        For each key of the bibliography, who wrote it and when.

    Returns
    -------
    nbformat.NotebookNode
        Without outputs; every cell has an id that depends on nothing but its place.
    """
    notebook = jupytext.reads(text, fmt="md:myst")
    notebook.metadata = {"kernelspec": notebook.metadata["kernelspec"]}
    notebook.cells.insert(0, nbformat.v4.new_markdown_cell(HEADER))
    for place, cell in enumerate(notebook.cells):
        cell.id = f"cell-{place}"
        cell.metadata = {}
        if cell.cell_type == "markdown":
            cell.source = plain_markdown(cell.source, authors)
    return notebook


def plain_markdown(text, authors):
    r"""Return Markdown without what only the book understands.

    Examples
    --------
    >>> plain_markdown("(here)=\nSee {cite:t}`a` and {term}`head`.", {"a": ("Ash", "1999")})
    'See Ash (1999) and head.'
    """

    def cite(match):
        style, keys = match.groups()
        form = "{} ({})" if style == "t" else "{} {}"
        cited = ", ".join(form.format(*authors[key.strip()]) for key in keys.split(","))
        return cited if style == "t" else f"({cited})"

    text = CITATION.sub(cite, text)
    for pattern, replacement in PLAIN:
        text = pattern.sub(replacement, text)
    return text


def read_authors(paths):
    """Return ``{key: (authors, year)}`` for the entries of BibTeX files."""
    authors = {}
    for path in paths:
        for key, entry in parse_file(path).entries.items():
            surnames = [" ".join(person.last_names).strip("{}") for person in entry.persons["author"]]
            named = " and ".join(surnames) if len(surnames) < 3 else f"{surnames[0]} et al."
            authors[key] = named, entry.fields["year"]
    return authors


def offer_notebook(app, page, _template, context, _doctree):
    """Write a page's notebook, and tell the theme and the page where it is."""
    source = Path(app.env.doc2path(page)) if page in app.env.found_docs else None
    if source is None or source.suffix != ".md":
        return
    text = source.read_text("utf-8")
    if CODE_CELL not in text:
        return
    bibliography = [Path(app.srcdir, name) for name in app.config.bibtex_bibfiles]
    notebook = to_notebook(text, read_authors(bibliography))
    target = Path(app.outdir, "_sources", f"{page}.ipynb")
    target.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, target)
    context["ipynb_source"] = f"{page}.ipynb"
    address = f"{context['pathto']('_sources', 1)}/{page}.ipynb"
    link = f'<a href="{address}" download>Download this notebook</a>'
    context["body"] += f'<p class="notebook-download">{link}</p>'


def setup(app):
    """Offer the notebooks before the theme (at 501) makes its menu."""
    app.connect("html-page-context", offer_notebook, priority=400)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
