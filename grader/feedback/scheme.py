"""What a person marks by, shown in the formgrader below each answer: for no student's eyes."""

import re
from functools import lru_cache

from jinja2 import pass_context
from markupsafe import Markup

from grader.course import SOLUTIONS
from grader.feedback.cleaning import markdown
from grader.notebook.cells import grade_id_of
from grader.notebook.percent import read_source

REGION = re.compile(r"^.*(?:BEGIN|END) (MARK SCHEME|SOLUTION|HIDDEN TESTS).*$\n?", re.MULTILINE)
PANEL = Markup(
    '<div class="panel panel-info mark-scheme"><div class="panel-heading">The solution and its mark scheme'
    '</div><div class="panel-body rendered_html">{}</div></div>'
)


@pass_context
def mark_scheme(context, cell):
    """Return what the solution says where a person marks a cell, as HTML; nothing for other cells."""
    about = cell.metadata.get("nbgrader", {})
    if not (about.get("task") or (about.get("grade") and about.get("solution"))):
        return ""
    resources = context.get("resources", {})
    sources = SOLUTIONS / resources.get("assignment_id", "") / resources.get("notebook_id", "")
    for path in (sources.with_name(f"{sources.name}.py"), sources.with_name(f"{sources.name}.ipynb")):
        if path.is_file():
            text = _texts(path, path.stat().st_mtime_ns).get(about["grade_id"], "")
            return PANEL.format(_shown(text, cell.cell_type)) if text.strip() else ""
    return ""


@lru_cache(maxsize=8)
def _texts(path, _changed):
    return {grade_id_of(cell): cell.source for cell in read_source(path).cells}


def _shown(text, cell_type):
    if cell_type == "code":
        return Markup("<pre>{}</pre>").format(REGION.sub("", text))
    return markdown(REGION.sub(lambda m: "\n---\n\n" if "BEGIN MARK" in m[0] else "", text))
