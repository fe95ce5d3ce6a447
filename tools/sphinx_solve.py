"""Sphinx extension: exercises are solved, and cells tried, with a Python that runs in the browser.

An exercise's page carries its notebook. Places in it, found by the names of nbgrader's cells, become fields
with buttons when the page's script runs. Script, editor and Python lie among the static files; the latter
two are loaded when somebody needs them. A chapter has fields that are closed, and loads nothing until one
is opened.
"""

import html
import json
from pathlib import Path

from solve import assets, chapters, editor, kernel, pages, store
from sphinx.errors import ExtensionError

EXERCISES = "exercises/"
FOLDER = "_static/solve"
STYLE = "solve/solve.css"
ARCHIVE = "students/spotlight-students.zip"
GUIDE = "chapters/guide-students"


def read_settings(_app, config):
    """Write pages again when the script that stands in them changes."""
    config.solve_script = assets.classic("page/page.js")
    config.solve_chapter_script = assets.classic("chapter/chapter.js")


def write_assets(app):
    """Write what pages load, and remove what an earlier build has written and no page asks for any more."""
    if app.builder.format != "html":
        return
    folder, cache = Path(app.outdir, FOLDER), kernel.ROOT / "_build" / "solve"
    try:
        wanted = assets.write_python(folder, cache)
        bundle = editor.bundle(cache).read_bytes()
    except RuntimeError as error:
        raise ExtensionError(str(error)) from error
    app.solve_editor = store.put(folder, "editor", "js", bundle)
    app.solve_page = store.put(folder, "page", "js", app.config.solve_script.encode())
    app.solve_chapter = store.put(folder, "chapter", "js", app.config.solve_chapter_script.encode())
    app.solve_size = json.loads((folder / assets.MANIFEST).read_text())["start"]["bytes"]
    (folder / "solve.css").write_text((assets.HERE / "solve.css").read_text("utf-8"), "utf-8")
    wanted |= {app.solve_editor, app.solve_page, app.solve_chapter, "solve.css"}
    for path in folder.iterdir():
        if path.name not in wanted:
            path.unlink()


def is_exercise(app, page):
    """Return whether a page is drawn from a released notebook."""
    return page.startswith(EXERCISES) and str(app.env.doc2path(page)).endswith(".ipynb")


def read_notebook(app, page, source):
    """Give MyST-NB the notebook with the text of the page."""
    if app.builder.format == "html" and is_exercise(app, page):
        source[0] = json.dumps(pages.for_the_page(json.loads(source[0])))


def mark(app, doctree, page):
    """Wrap the cells of an exercise, and put fields below those of a chapter that ask for one."""
    if app.builder.format == "html":
        (pages if is_exercise(app, page) else chapters).mark_cells(doctree)


def bring_to_life(app, page, _template, context, doctree):
    """Give a page what its fields need."""
    if app.builder.format != "html" or page not in app.env.found_docs or doctree is None:
        return
    book = context["pathto"]("", resource=True) or "./"
    if is_exercise(app, page):
        begin_exercise(app, page, context, book)
    elif chapters.has_fields(doctree):
        files = f"{book}{FOLDER}/"
        context["body"] += (
            f'<script type="application/json" data-cells data-book="{book}" data-solve="{files}" '
            f'data-editor="{files}{app.solve_editor}" data-style="{files}solve.css">'
            f"{pages.as_data(chapters.state(doctree))}</script>\n"
            f'<script defer src="{files}{app.solve_chapter}"></script>\n'
        )


def begin_exercise(app, page, context, book):
    """Give an exercise's page its notebook, its bar and its script."""
    here = context["pathto"]
    notebook = json.loads(Path(app.env.doc2path(page)).read_text("utf-8"))
    about = html.escape(pages.description(notebook))
    context["metatags"] = f'{context.get("metatags", "")}<meta name="description" content="{about}">\n'
    asked = pages.asked(notebook)
    state = {"page": page.split("/")[-1], "asked": asked, "archive": ARCHIVE, "notebook": notebook}
    body = pages.with_bar(
        context["body"],
        count=len(asked),
        guide=here(GUIDE),
        archive=here(ARCHIVE, resource=True),
        size=app.solve_size,
    )
    files = f"{book}{FOLDER}/"
    context["body"] = (
        f'{body}<script type="application/json" data-exercise data-book="{book}" data-solve="{files}" '
        f'data-editor="{files}{app.solve_editor}">{pages.as_data(state)}</script>\n'
        f'<script src="{files}{app.solve_page}"></script>\n'
    )
    app.add_css_file(STYLE)


def setup(app):
    """Register the hooks; the page's own script runs before MyST-NB's are added."""
    for name in ("solve_script", "solve_chapter_script"):
        app.add_config_value(name, "", "html", str)
    app.add_node(pages.Place, html=(pages.visit_place, pages.depart_place))
    app.add_node(chapters.Foldable, html=(chapters.visit_foldable, chapters.depart_foldable))
    app.add_directive("essay", pages.Essay)
    app.add_directive("train-here", chapters.TrainHere)
    app.connect("config-inited", read_settings)
    app.connect("builder-inited", write_assets)
    app.connect("source-read", read_notebook)
    app.connect("doctree-resolved", mark, priority=400)
    app.connect("html-page-context", bring_to_life, priority=400)
    return {"parallel_read_safe": True, "parallel_write_safe": False}
