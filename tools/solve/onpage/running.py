"""Run a question's cells as a notebook would that was just started, and say what came of them.

Requests and replies are JSON, as they come from a page and go back to it. The same code runs natively,
where the tests compare what both say.
"""

import ast
import contextlib
import importlib
import io
import json
import linecache
import symtable
import sys
import traceback
import types

import numpy as np

MOST_PRINTED = 20_000  # characters
LONGEST_ERROR = 8_000
SHARED = ("builtins", "math", "random", "numpy", "numpy.linalg", "numpy.random", "attnlib")


def run(request):
    """Run cells and return what the last of them come to, both as JSON.

    Parameters
    ----------
    request : str
        ``cells``, each with its ``source``, its ``kind`` and, where it has one, the ``name`` of its
        question. Of the kinds ``answer`` and ``above`` those are run that a later one uses, and the last
        answer, which is the one that is asked about; ``setup``, ``test`` and ``try`` always. With
        ``train``, each loss of a training is told meanwhile.

    Returns
    -------
    str
        ``passed`` (whether nothing failed), ``text`` (what there is to read) and ``printed`` (what an
        answer's own cell printed, which a verdict does not repeat).
    """
    asked = json.loads(request)
    with _heard() if asked.get("train") else contextlib.nullcontext():
        return json.dumps(_run(needed(asked["cells"])))


def _heard():
    from onpage import training  # a check has no use for what it imports

    return training.heard()


def needed(cells):
    """Return the cells without the answers, and cells above, whose names nothing after them uses.

    Examples
    --------
    >>> cells = [{"kind": "answer", "source": s} for s in ("a = 1", "b = 2", "print(a)")]
    >>> [cell["source"] for cell in needed(cells)]
    ['a = 1', 'print(a)']
    """
    chosen, used, found = [], set(), False
    for cell in reversed(cells):
        gives, takes = _names(cell)
        asked = cell["kind"] == "answer" and not found
        if cell["kind"] not in ("answer", "above") or asked or gives & used:
            chosen.append(cell)
            used |= takes
        found = found or asked
    return chosen[::-1]


def _names(cell):
    """Return the names that a cell defines, and those that it uses."""
    try:
        tree = ast.parse(cell["source"])
        table = symtable.symtable(cell["source"], "cell", "exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {cell.get("name")}, set()
    gives = {s.get_name() for s in table.get_symbols() if s.is_assigned() or s.is_imported()}
    return gives, {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def _run(cells):
    module = types.ModuleType("__main__")
    with _restored(), _as_main(module), np.errstate(), np.printoptions():
        results = [(cell, _run_cell(cell, module.__dict__)) for cell in cells]
    return _told(results)


def _run_cell(cell, namespace):
    """Run a cell; return what it printed, what its last line gave, and the error that ended it."""
    source, name = cell["source"], f"<{cell.get('name') or cell['kind']}>"
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    printed, value, error = Limited(), None, None
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        try:
            tree = ast.parse(source, name)
            ends_in_value = tree.body and isinstance(tree.body[-1], ast.Expr)
            last = ast.Expression(tree.body.pop().value) if ends_in_value else None
            exec(compile(tree, name, "exec"), namespace)  # noqa: S102 - it is what this is for
            if last is not None:
                value = eval(compile(last, name, "eval"), namespace)  # noqa: S307 - the same
                value = None if value is None else shown(value)
        except BaseException as caught:  # SystemExit and KeyboardInterrupt too: it ends a cell, not us
            error = caught
    return {"printed": printed.text(), "value": value, "error": error}


def _told(results):
    """Return what there is to say of cells that were run: the last answer is asked about."""
    answers = [place for place, (cell, _) in enumerate(results) if cell["kind"] == "answer"]
    asked = answers[-1] if answers else len(results) - 2
    mine = results[asked][1] if answers else {"printed": "", "value": None, "error": None}
    after = results[asked + 1 :]
    blank = isinstance(mine["error"], NotImplementedError)  # the test says it better
    said = [result for _, result in after]
    if mine["error"] is not None and not blank:
        said = [{"printed": "", "value": None, "error": mine["error"]}]
    failed = next((result["error"] for result in said if result["error"] is not None), None)
    parts = []
    if not (blank or failed is None):
        parts += [
            f"Your answer to {cell['name']}, which this one uses, stopped: {_one_line(result['error'])}\n"
            for cell, result in results[:asked]
            if cell["kind"] == "answer" and result["error"] is not None
        ]
    for result in said:
        ends = None if result["error"] is None else complaint(result["error"])
        parts += [result["printed"], result["value"], ends]
        if ends:
            break
    text = "".join(_ended(part) for part in parts if part)
    printed = _ended(mine["printed"]) + _ended(mine["value"] or "")
    return {"passed": failed is None, "text": text.rstrip("\n"), "printed": printed.rstrip("\n")}


def _ended(text):
    return text if not text or text.endswith("\n") else f"{text}\n"


def complaint(error):
    """Return what a notebook would show of an error, of its traceback the lines of cells alone."""
    own = getattr(error, "_render_traceback_", None)
    if own is not None:
        return "\n".join(own())[:LONGEST_ERROR]
    stack = traceback.extract_tb(error.__traceback__)
    lines = [
        frame for frame in stack if frame.filename.startswith("<") and frame.filename in linecache.cache
    ]
    text = "".join(traceback.format_list(lines[-4:]))
    heading = "Traceback (most recent call last):\n" if text else ""
    text = f"{heading}{text}{''.join(traceback.format_exception_only(error))}"
    return text if len(text) <= LONGEST_ERROR else f"{text[:LONGEST_ERROR]} …"


def _one_line(error):
    return "".join(traceback.format_exception_only(error)).strip().splitlines()[-1]


def shown(value):
    """Return a value as the last line of a cell shows it: as NumPy 2 does, where NumPy is older."""
    text = repr(value)
    if isinstance(value, np.generic) and not text.startswith("np."):
        text = f"np.{text}_" if isinstance(value, np.bool_) else f"np.{value.dtype.name}({text})"
    return text if len(text) <= MOST_PRINTED else f"{text[:MOST_PRINTED]} …"


class Limited(io.StringIO):
    """Keep the start of what is printed, and count the rest."""

    def __init__(self):
        super().__init__()
        self.lost = 0

    def write(self, text):
        """Write what there is still room for."""
        room = MOST_PRINTED - self.tell()
        self.lost += max(0, len(text) - room)
        super().write(text[: max(0, room)])
        return len(text)

    def text(self):
        """Return what was kept, and how much was not."""
        more = f"\n… and {self.lost:,} characters more" if self.lost else ""
        return self.getvalue() + more


@contextlib.contextmanager
def _as_main(module):
    before, stdin = sys.modules.get("__main__"), sys.stdin
    sys.modules["__main__"], sys.stdin = module, io.StringIO()  # input() finds the end, and says so
    try:
        yield
    finally:
        sys.modules["__main__"], sys.stdin = before, stdin


@contextlib.contextmanager
def _restored():
    """Put back what a run changes in modules, since the next run is to find them as a new kernel would."""
    kept = {}
    for name in [*SHARED, *(name for name in sys.modules if name.startswith("attnlib."))]:
        module = importlib.import_module(name)
        kept[name] = module, dict(vars(module))
    try:
        yield
    finally:
        for name, (module, before) in kept.items():
            sys.modules[name] = module
            now = vars(module)
            for changed in [key for key, value in before.items() if now.get(key, kept) is not value]:
                now[changed] = before[changed]
            for added in [key for key, value in now.items() if key not in before and not _imported(value)]:
                del now[added]


def _imported(value):
    """Return whether a name in a module is a part of it that was imported since, which does no harm."""
    return isinstance(value, types.ModuleType)
