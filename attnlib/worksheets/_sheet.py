"""What a worksheet is, and how the blank sheet and its key are written.

To add one called *name*: a module ``attnlib/worksheets/name.py`` with ``SHEET = Sheet(...)``. Nothing else
knows of it: the command, the site and the tests find it by its file.
"""

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.backends.backend_pdf import PdfPages

A4 = (8.27, 11.69)  # inches
LEFT, RIGHT = 0.7, 7.57  # the margins, likewise
# print is black on white; a font of type 42 keeps its text searchable, so that answers can be checked
PRINT = {"pdf.fonttype": 42, "text.color": "black", "font.family": "DejaVu Sans"}


@dataclass(frozen=True)
class Sheet:
    """A worksheet: what is worked, what goes into its boxes, and how its pages are drawn.

    Parameters
    ----------
    title : str
        The heading of each page.
    example : callable
        ``example(seed)`` returns what is worked: with None that of the book, with a number another one.
    answers : callable
        ``answers(worked)`` returns every matrix that is asked for, by name.
    pages : tuple of callable
        ``page(ax, worked, boxes)`` draws a page on axes in inches, from (0, 0) to `A4`, below its heading
        at 10.5. `boxes` are the answers, or on the blank sheet matrices of None in their shapes, for
        `attnlib.plots.grid`. What is given is drawn from `worked`.
    stem : str, optional
        The name of the files without their ending: by default ``worksheet-`` and the module's name.
    """

    title: str
    example: Callable[[int | None], Any]
    answers: Callable[[Any], dict[str, np.ndarray]]
    pages: tuple[Callable, ...]
    stem: str | None = None


def names():
    """Return the names of the worksheets."""
    package = importlib.import_module("attnlib.worksheets")
    return sorted(m.name for m in pkgutil.iter_modules(package.__path__) if not m.name.startswith("_"))


def find_sheet(name):
    """Return a worksheet by its name.

    Raises
    ------
    ValueError
        If there is no such sheet.
    """
    if name not in names():
        raise ValueError(f"name must be one of {', '.join(names())}, got {name!r}")
    return importlib.import_module(f"attnlib.worksheets.{name}").SHEET


def write_worksheet(folder, name="attention", *, seed=None):
    """Write a blank worksheet and its key as A4 PDFs.

    Parameters
    ----------
    folder : path-like
        Where to write; it is made if it doesn't exist.
    name : str, default "attention"
        One of `names`.
    seed : int, optional
        Which example is worked; by default that of the book.

    Returns
    -------
    list of pathlib.Path
        The worksheet and the key: of the first sheet ``worksheet.pdf`` and ``worksheet-key.pdf``, or with a
        seed of 7 ``worksheet-7.pdf`` and ``worksheet-7-key.pdf``.

    Raises
    ------
    OSError
        If the folder can't be made or written to.
    ValueError
        If there is no such sheet.

    Notes
    -----
    The same seed gives the same bytes.
    """
    sheet = find_sheet(name)
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    worked = sheet.example(seed)
    answers = sheet.answers(worked)
    blank = {given: np.full(np.shape(matrix), None) for given, matrix in answers.items()}
    stem = sheet.stem or f"worksheet-{name}"
    numbered, heading = (
        (stem, sheet.title) if seed is None else (f"{stem}-{seed}", f"{sheet.title}, sheet {seed}")
    )
    written = [folder / f"{numbered}.pdf", folder / f"{numbered}-key.pdf"]
    _write(written[0], sheet, worked, blank, heading, to_sign=True)
    _write(written[1], sheet, worked, answers, f"{heading}: key", to_sign=False)
    return written


def _write(target, sheet, worked, boxes, heading, *, to_sign):
    with plt.rc_context(PRINT), PdfPages(target, metadata={"CreationDate": None, "Title": heading}) as pdf:
        for page in sheet.pages:
            figure = plt.figure(figsize=A4, layout=None)
            ax = figure.add_axes([0, 0, 1, 1], xlim=(0, A4[0]), ylim=(0, A4[1]))
            ax.set_axis_off()
            ax.text(LEFT, 11.0, heading, fontsize=18, weight="bold", va="top")
            if to_sign:
                ax.text(RIGHT, 11.0, "Name ____________________", fontsize=11, va="top", ha="right")
            page(ax, worked, boxes)
            pdf.savefig(figure)
            plt.close(figure)


def step(ax, y, title, rule="", x=LEFT):
    """Write the title of a step, and below it the rule by which it is worked."""
    ax.text(x, y, title, fontsize=12, weight="bold", va="top")
    ax.text(x, y - 0.24, rule, fontsize=11, va="top")


def lines(ax, y, *texts, x=LEFT):
    """Write lines of text below each other."""
    for place, text in enumerate(texts):
        ax.text(x, y - 0.25 * place, text, fontsize=11, va="top")
