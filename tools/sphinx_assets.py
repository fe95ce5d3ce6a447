"""Sphinx extension: a page loads one small style sheet and no script that it has no use for.

The theme and its extensions bring a dozen style sheets, most of whose rules match nothing here, 1.5 MB of
script for 14 icons, and scripts for parts that this book doesn't have. When the pages are written, their
style sheets are joined, and only the rules for classes and ids that stand in the pages or their scripts
are kept. Icons are drawn with the theme's icon font, cut to the icons in use.
"""

import base64
import io
import json
import re
from pathlib import Path

import pydata_sphinx_theme
import tinycss2
from bs4 import BeautifulSoup
from fontTools import subset
from fontTools.ttLib import TTFont
from sphinx.errors import ExtensionError

from attnlib.plots import DARK, PALETTE

TEMPLATES = Path(__file__).parent / "theme"
THEME = Path(pydata_sphinx_theme.__file__).parent / "theme" / "pydata_sphinx_theme" / "static"
ICON_FONT = THEME / "vendor" / "fontawesome" / "webfonts" / "fa-solid-900.woff2"
BUNDLE = "_static/site.css"
FIRST = ("_static/basic.css", "_static/styles/pydata-sphinx-theme.css")  # those of the theme's own template
OF_SOME_PAGES = "_static/solve/"  # for pages with fields, whose scripts make up classes
UNUSED_SCRIPTS = {"_static/sphinx-thebe.js", "_static/togglebutton.js", "_static/design-tabs.js"}
UNUSED_FILES = ("scripts/fontawesome.js*", "scripts/*.map", "styles/*.map", "vendor/fontawesome/webfonts/*")
THEBE = re.compile(
    r'\s*<script type="text/x-thebe-config">.*?</script>\s*<script>kernelName.*?</script>', re.DOTALL
)
NEGATED = re.compile(r":not\([^()]*\)")
QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
NAMES = re.compile(r"[.#](-?[a-zA-Z_][\w-]*)")
WORDS = re.compile(r"[\w-]+")
NESTING = {"media", "supports", "layer", "container"}
ICON = re.compile(r'content: ?"([\ue000-\uf8ff])"')


def slim_page(app, name, _template, context, _doctree):
    """Note the style sheets that pages share for the bundle; drop the scripts that are of no use."""
    sheets = context["css_files"]
    context["css_files"] = [one for one in sheets if str(one.filename).startswith(OF_SOME_PAGES)]
    shared = [str(one.filename) for one in sheets if one not in context["css_files"]]
    app.style_sheets.update(dict.fromkeys(shared))
    # scripts without a file only set options of the unused ones, or repeat a default
    files = [script for script in context["script_files"] if script.filename]
    context["script_files"] = [file for file in files if str(file.filename) not in UNUSED_SCRIPTS]
    if name != "search":  # its own scripts follow without waiting
        tag = context["js_tag"]
        context["js_tag"] = lambda script: tag(script).replace("<script ", "<script defer ", 1)
    if "body" in context:
        body = THEBE.sub("", context["body"])
        # docutils puts this role, which ARIA has given up, into a list, whose entries are list items
        context["body"] = body.replace('role="doc-biblioentry"', 'role="listitem"')


def begin(app):
    """Remember the style sheets of an earlier build, whose pages may not be written again."""
    app.style_sheets = {}
    if app.builder.format == "html":
        known = Path(app.doctreedir, "style_sheets.json")
        app.style_sheets.update(dict.fromkeys(json.loads(known.read_text()) if known.exists() else []))


def write_bundle(app, exception):
    """Write the style sheet of all pages, and remove what no page asks for any more."""
    if exception or app.builder.format != "html":
        return
    out = Path(app.outdir)
    Path(app.doctreedir, "style_sheets.json").write_text(json.dumps(list(app.style_sheets)))
    sheets = [out / name for name in [*FIRST, *app.style_sheets] if not name.endswith("/theme.css")]
    missing = [sheet.name for sheet in sheets if not sheet.is_file()]
    if missing:
        raise ExtensionError(f"style sheets that the theme no longer brings: {', '.join(missing)}")
    rules = palette() + "".join(sheet.read_text("utf-8") for sheet in sheets)
    css = keep(rules, used(out))
    (out / BUNDLE).write_text(css + icon_font(css), "utf-8")
    for pattern in UNUSED_FILES:
        for path in (out / "_static").glob(pattern):
            path.unlink()


def palette():
    """Return attnlib's palette as custom properties, ``--spotlight-blue`` and so on."""

    def properties(colours):
        return "".join(f"--spotlight-{name}:{colour};" for name, colour in colours.items())

    return f':root{{{properties(PALETTE)}}}html[data-theme="dark"]{{{properties(DARK)}}}'


def used(out):
    """Return the classes and ids of all pages, and every word of the scripts that they load."""
    words = set()
    scripts = set()
    for path in out.rglob("*.html"):
        if "_static" in path.parts:
            continue
        page = BeautifulSoup(path.read_text("utf-8"), "html.parser")
        for element in page.find_all(True):
            words.update(element.get("class", ()))
            words.add(element.get("id", ""))
        for script in page.find_all("script"):
            if script.get("src"):
                scripts.add((path.parent / script["src"].partition("?")[0]).resolve())
            else:
                words.update(WORDS.findall(script.text))
    for script in scripts:
        if script.name != "searchindex.js":
            words.update(WORDS.findall(script.read_text("utf-8")))
    return words


def keep(css, words):
    r"""Return the rules of a style sheet that can match a page, without comments.

    Parameters
    ----------
    css : str
        A style sheet.
    words : set of str
        The classes and ids that pages have. A selector that names another one is dropped.

    Returns
    -------
    str
        The rules that are left, in their order.

    Examples
    --------
    >>> keep(".a, .b:hover { color: red } @media print { .b { margin: 0 } }", {"a"})
    '.a{color: red}'
    """
    return "".join(_kept(tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True), words))


def _kept(rules, words):
    for rule in rules:
        prelude = tinycss2.serialize(rule.prelude).strip()
        if rule.type == "qualified-rule":
            selectors = [part for part in _selectors(rule.prelude) if _names(part) <= words]
            body = _squeezed(tinycss2.serialize(rule.content))
            if selectors and body:
                yield f"{','.join(selectors)}{{{body}}}"
        elif rule.type == "at-rule" and rule.lower_at_keyword in NESTING:
            inner = tinycss2.parse_rule_list(rule.content or [], skip_comments=True, skip_whitespace=True)
            body = "".join(_kept(inner, words))
            if body:
                yield f"@{rule.lower_at_keyword} {prelude}{{{body}}}"
        elif rule.type == "at-rule" and rule.content is not None:
            body = _squeezed(tinycss2.serialize(rule.content))
            if "Font Awesome" not in body:
                yield f"@{rule.at_keyword} {prelude}{{{body}}}"


def _selectors(prelude):
    part = []
    for piece in prelude:
        if piece.type == "literal" and piece.value == ",":
            yield tinycss2.serialize(part).strip()
            part = []
        elif piece.type != "comment":
            part.append(piece)
    yield tinycss2.serialize(part).strip()


def _names(selector):
    return set(NAMES.findall(NEGATED.sub("", QUOTED.sub("", selector))))


def _squeezed(text):
    return re.sub(r"\s+", " ", re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)).strip()


def icon_font(css):
    """Return a font face with the icons that a style sheet shows, cut from the theme's icon font."""
    icons = set(ICON.findall(css))
    if not icons:
        raise ExtensionError("the theme's icons are no longer characters of Font Awesome; see icon_font")
    font = TTFont(ICON_FONT)
    cutter = subset.Subsetter()
    cutter.populate(text="".join(icons))
    cutter.subset(font)
    font.flavor = "woff2"
    file = io.BytesIO()
    font.save(file)
    data = base64.b64encode(file.getvalue()).decode()
    return (
        "/* Icons: Font Awesome Free by Fonticons, Inc., SIL OFL 1.1 */"
        '@font-face{font-family:"Font Awesome 6 Free";font-weight:900;font-display:block;'
        f"src:url(data:font/woff2;base64,{data})}}"
    )


def setup(app):
    """Write pages with our template, and the bundle after all else is in place."""
    app.connect("config-inited", lambda app, config: config.templates_path.append(str(TEMPLATES)))
    app.connect("builder-inited", begin)
    app.connect("html-page-context", slim_page, priority=900)
    app.connect("build-finished", write_bundle, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": False}
