"""Sphinx extension: a page of questions whose answers are folded, and which can be gone through as cards.

On a page with `cards: true` in its front matter, every section of the third level is a question: its
heading asks, and all that follows answers. Each answer becomes a `<details>` element, which every browser
opens by mouse, touch and keyboard. A script adds a button that shows one question at a time in a dialogue,
and opens all answers for the printer; without scripts the style sheet does so where browsers can, and the
page remains a page.
"""

from pathlib import Path

from docutils import nodes

SCRIPT = Path(__file__).parent / "theme" / "cards.js"
STYLE_SHEET = "cards.css"
FLAG = "cards"


class Folded(nodes.General, nodes.Element):
    """An answer: all of a section but its heading."""


def fold(app, doctree):
    """Fold the answers of a page that asks for it."""
    if not app.env.metadata[app.env.docname].get(FLAG):
        return
    for chapter in doctree.children:
        for part in chapter.children:
            for question in part.children:
                if isinstance(part, nodes.section) and isinstance(question, nodes.section):
                    heading, *answer = question.children
                    question.children = []
                    question += [heading, Folded("", *answer)]


def add_script(app, page, _template, context, _doctree):
    """Put the script at the end of a page with cards."""
    if app.env.metadata.get(page, {}).get(FLAG) and "body" in context:
        context["body"] += f"<script>\n{app.config.cards_script}</script>\n"


def visit_folded(translator, _node):
    """Open the element."""
    translator.body.append('<details class="card-answer"><summary>Answer</summary>\n')


def depart_folded(translator, _node):
    """Close the element."""
    translator.body.append("</details>\n")


def setup(app):
    """Register the node, the folding, the script and the style sheet."""
    # pages are written again when it changes
    app.add_config_value("cards_script", SCRIPT.read_text("utf-8"), "html", str)
    app.add_node(Folded, html=(visit_folded, depart_folded))
    app.connect("doctree-read", fold)
    app.connect("html-page-context", add_script)
    app.add_css_file(STYLE_SHEET)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
