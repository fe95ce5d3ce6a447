"""Scripts that import one another, joined into one: anywidget takes one, and no browser imports from ``file://``.

A script is an ES module of which two forms are understood, ``import { a, b } from "./other.js";`` and
``export`` before a function or a constant. Each becomes a function that is called once and returns what it
exports, so that what it keeps to itself stays its own:

.. code-block:: javascript

    const modules = {};
    modules["kit/maths.js"] = (() => {
    ...
    return { softmax, entropy };
    })();
    modules["figures/softmax.js"] = (() => {
    const { softmax, entropy } = modules["kit/maths.js"];
    ...

Lines that are only a comment are left out, as each page carries the text. A bundler would do more, but the
wheel that students install has to do without one.
"""

import functools
import json
import posixpath
import re
from pathlib import Path
from typing import NamedTuple

SCRIPTS = Path(__file__).parent / "js"
IMPORT = re.compile(r'^import \{([\w\s,]*)\} from "(\.[^"]*)";$', re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:async )?(?:function|const) (\w+))", re.MULTILINE)
COMMENT = re.compile(r"^ *//.*\n", re.MULTILINE)
NOT_UNDERSTOOD = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)


class Script(NamedTuple):
    """A script as it is joined: what it uses, what it gives, and its text."""

    imports: dict  # names, by the script that they come from
    exports: list
    text: str


def module(figure):
    """Return a figure's script as the module that anywidget loads."""
    name = f"figures/{figure}.js"
    return (
        f"{joined(name)}"
        f"export const {{ compute }} = modules[{json.dumps(name)}];\n"
        f"export default {{ render: modules[{json.dumps(name)}].render }};\n"
    )


def page_script(*figures):
    """Return a classic script that brings figures on a page to life; what they share is in it once."""
    names = [f"figures/{figure}.js" for figure in figures]
    alive = "".join(
        f'modules["kit/page.js"].bringToLife({json.dumps(figure)}, modules[{json.dumps(name)}].render);\n'
        for figure, name in zip(figures, names, strict=True)
    )
    return f'(() => {{\n"use strict";\n{joined("kit/page.js", *names)}{alive}}})();\n'


def joined(*names, folder=None):
    """Return scripts and all that they import, each once, after what it needs itself.

    Parameters
    ----------
    *names : str
        Scripts, as paths from the folder.
    folder : path-like, optional
        Where they are: by default the folder ``js`` of this package.

    Returns
    -------
    str
        Statements that define ``modules``, an object with the exports of each script by its name.

    Raises
    ------
    ValueError
        If a script isn't there, imports what another doesn't export, takes part in a circle, or has an
        import or export of a form that isn't understood. The message names the script.
    """
    ordered = {}
    for name in names:
        _collect(name, ordered, (), Path(folder or SCRIPTS))
    return "const modules = {};\n" + "".join(ordered.values())


def _collect(name, ordered, importers, folder):
    if name in ordered:
        return
    if name in importers:
        raise ValueError(f"scripts import one another in a circle: {' -> '.join([*importers, name])}")
    if not (folder / name).is_file():
        raise ValueError(f"{importers[-1] if importers else 'a figure'} needs {name}, which isn't there")
    script = read(name, folder)
    for other, wanted in script.imports.items():
        _collect(other, ordered, (*importers, name), folder)
        missing = [what for what in wanted if what not in read(other, folder).exports]
        if missing:
            raise ValueError(f"{name} imports {', '.join(missing)}, which {other} doesn't export")
    ordered[name] = (
        f"modules[{json.dumps(name)}] = (() => {{\n{script.text}"
        f"return {{ {', '.join(script.exports)} }};\n}})();\n"
    )


@functools.cache
def read(name, folder):
    """Read a script, and write its imports and exports as a classic script has them."""
    imports = {}

    def uses(match):
        other = posixpath.normpath(posixpath.join(posixpath.dirname(name), match[2]))
        imports[other] = [what.strip() for what in match[1].split(",") if what.strip()]
        return f"const {{ {', '.join(imports[other])} }} = modules[{json.dumps(other)}];"

    source = (folder / name).read_text("utf-8")
    exports = EXPORT.findall(source)
    text = EXPORT.sub("", IMPORT.sub(uses, COMMENT.sub("", source)))
    strange = NOT_UNDERSTOOD.search(text)
    if strange:
        raise ValueError(f"{name}: {strange[0]!r} is not understood; see attnlib/live/scripts.py")
    return Script(imports, exports, text)
