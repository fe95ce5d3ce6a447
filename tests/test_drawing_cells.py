"""Code that only draws is folded: a reader sees the picture, and presses once for how it was made."""

import ast

import jupytext
import pytest
from conftest import CHAPTERS

FOLDED = {"hide-input", "remove-input", "hide-cell", "remove-cell"}


def names(tree, context):
    return {
        node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, context)
    }


def only_draws(cell, later):
    """Return whether a cell makes a picture, prints nothing, and leaves nothing that later cells use."""
    tree = ast.parse(cell.source)
    defined = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    used_later = set().union(*(names(ast.parse(other.source), ast.Load) for other in later))
    return (
        "figure" in cell.metadata.get("mystnb", {})
        and "print" not in names(tree, ast.Load)
        and not (names(tree, ast.Store) | defined) & used_later
    )


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_a_cell_that_only_draws_is_folded(chapter):
    notebook = jupytext.reads(chapter.read_text("utf-8"), fmt="md:myst")
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    drawing = [cell for i, cell in enumerate(code) if only_draws(cell, code[i + 1 :])]
    assert [cell.source for cell in drawing if not FOLDED & set(cell.metadata.get("tags", []))] == []
