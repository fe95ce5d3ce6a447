"""Answers that are the course's own code: attnlib's, the book's or the key's. Places to look, not verdicts.

A check can't tell a copy of the reference from an answer: both are right. Their text can. Attention in
NumPy is four lines that many people write alike, down to the operators, so a likeness counts where the
names that an author chose are the same too, or else where it is long and few students have it.
"""

import ast
import re
import textwrap
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np

import attnlib
from attnlib.catalogue import EXERCISES
from grader.results.likeness import (
    ALIKE,
    BLOCK,
    LEAST_PROSE,
    code_words,
    few_of,
    own_text,
    plain_code,
    prose_words,
)

ATTNLIB = "attnlib's own code"
BOOK = "the book's own code"
LEAST_NAMED = 40  # words of code with their names; three lines of NumPy have about 45
LEAST_NAMES = 2  # of them that the piece's author chose; one is chance
VOCABULARY = {"q", "k", "v", "d_k", "scores", "weights", "context", "mask", "n_heads"}  # the book's names
LEAST_RENAMED = 90  # words of code without their names; all of attention, well written, has about 75
NO_ANSWERS = {"live", "plots", "worksheets"}  # what attnlib draws and prints is no answer to anything
PRIVATE = re.compile(
    r"\b(?:attnlib\s*\.\s*(?:catalogue|checking)|EXERCISES|find_exercise|seal(?:ed|ing)|SealedReference"
    r"|getsource(?:lines|file)?|linecache|FunctionType|CodeType|__(?:code|globals|closure|file|path|loader)__)\b"
)
CELL = re.compile(r"^```\{code-cell\}[^\n]*\n(?:---\n.*?\n---\n|(?::[^\n]*\n)*)(.*?)^```$", re.M | re.S)


@dataclass(frozen=True)
class Source:
    """A piece of the course that an answer can be a copy of.

    Parameters
    ----------
    says : str
        What an answer is then said to be.
    where : str
        Where the piece stands.
    text : str
        The piece.
    names : frozenset of str
        The names that its author chose.
    """

    says: str
    where: str
    text: str
    names: frozenset = frozenset()


@dataclass(frozen=True)
class Own:
    """What an answer was recognised as.

    Parameters
    ----------
    question : str
        The id of the answer's cell.
    says : str
        Such as ``attnlib's own code``.
    where : str
        Where that code stands, or the word of the answer that gets at it; empty for the question's own.
    """

    question: str
    says: str
    where: str

    def __str__(self):
        return f"{self.question}: {self.says}" + (f" ({self.where})" if self.where else "")


def find_own(answers, released, key=None, *, chapters="chapters"):
    """Return which answers are the course's own code.

    Parameters
    ----------
    answers : dict of str to dict
        For each student ``{question: text}``.
    released : dict of str to str
        The text of each question's cell as students got it; its lines don't count as theirs.
    key : dict of str to list, optional
        For a question ``(what it is, where it stands, text)`` of each answer that only instructors have.
    chapters : path-like
        The folder of the book's pages.

    Returns
    -------
    dict of str to tuple of Own
        In the order of the questions; who has none is left out.
    """
    texts = defaultdict(lambda: defaultdict(list))  # {question: {text: students}}
    for student, own in answers.items():
        for question, text in own.items():
            texts[question][own_text(text, released.get(question, ""))].append(student)
    found = defaultdict(list)
    few = few_of(answers)
    for question, students in texts.items():
        given = released.get(question, "")
        pieces = _pieces(question, (key or {}).get(question, ()), given, str(chapters))
        for text, own in _recognised(question, students, pieces, few):
            for student in students[text]:
                found[student].append(own)
    asked = {student: list(answers[student]) for student in found}
    return {
        student: tuple(sorted(own, key=lambda one: asked[student].index(one.question)))
        for student, own in found.items()
    }


def _recognised(question, students, pieces, few):
    """Yield ``(text, Own)`` for the texts of ``{text: students}`` that are recognised, each once."""
    left = []
    for text in students:
        mentioned = gets_at(question, text)
        if mentioned:
            yield text, Own(question, ATTNLIB, f"by way of {mentioned}")
        else:
            left.append(text)
    if question not in EXERCISES:
        near = _nearest(left, pieces, prose_words, LEAST_PROSE)
    else:
        chosen = [piece for piece in pieces if len(piece.names) >= LEAST_NAMES]
        near = _nearest(left, chosen, _words, LEAST_NAMED)
        near = {
            text: piece for text, piece in near.items() if len(piece.names & {*_words(text)}) >= LEAST_NAMES
        }
        renamed = _nearest([text for text in left if text not in near], pieces, code_words, LEAST_RENAMED)
        times = Counter()
        for text, piece in renamed.items():
            times[piece] += len(students[text])
        near |= {text: piece for text, piece in renamed.items() if times[piece] <= few}
    for text, piece in near.items():
        yield text, Own(question, piece.says, piece.where)


def _words(text):
    return tuple(plain_code(text).split())


def gets_at(question, text):
    r"""Return the word with which an answer gets at what attnlib closes, or None.

    Comments and docstrings don't count. A name that is put together at run time isn't found.

    Examples
    --------
    >>> gets_at("softmax", "import attnlib\nsoftmax = attnlib.softmax")
    'attnlib.softmax'
    >>> gets_at("softmax", "import inspect\ntext = inspect.getsource(np)")
    'getsource'
    >>> gets_at("softmax", "from attnlib import check  # not attnlib.softmax")
    """
    if question not in EXERCISES:
        return None
    code = plain_code(text)
    private = PRIVATE.search(code)
    if private:
        return re.sub(r"\s", "", private[0])
    if not re.search(r"\battnlib\b", code):
        return None
    exercise = EXERCISES[question]
    closed = {"catalogue", "checking"} | {
        getattr(function, "__name__", "") for function in (exercise.reference, *exercise.seals)
    }
    names = "|".join(sorted(filter(str.isidentifier, closed)))
    used = re.search(rf"(?:\. ?|\bimport (?:\( )?(?:\w+ (?:as \w+ )?, )*)({names})\b", code)
    return f"attnlib.{used[1]}" if used else None


def _pieces(question, key, given, chapters):
    """Return the Sources that an answer to a question can copy, with names not given to students."""
    if question not in EXERCISES:
        return [Source(says, where, text) for says, where, text in key]
    if EXERCISES[question].by_value:
        return []  # the right numbers are the same for everybody
    pieces = [*_public(chapters), *(piece for one in key for piece in _functions(*one))]
    return [replace(piece, names=piece.names - VOCABULARY - {*_words(given)}) for piece in pieces]


@cache
def _public(chapters):
    """Return the pieces that everybody has: attnlib's functions and the book's cells."""
    package = Path(attnlib.__file__).parent
    pieces = []
    for path in sorted(package.rglob("*.py")):
        inside = path.relative_to(package)
        if inside.parts[0].removesuffix(".py") not in NO_ANSWERS:
            module = ".".join(["attnlib", *inside.with_suffix("").parts]).removesuffix(".__init__")
            pieces += _functions(ATTNLIB, module, path.read_text("utf-8"), qualified=True)
    for page in sorted(Path(chapters).glob("*.md")):
        where = f"{page.parent.name}/{page.stem}"
        cells = map(textwrap.dedent, CELL.findall(page.read_text("utf-8")))
        pieces += [Source(BOOK, where, cell, _chosen_names(cell)) for cell in cells]
    return tuple(piece for piece in pieces if len(code_words(piece.text)) >= LEAST_NAMED)


def _functions(says, where, text, *, qualified=False):
    """Yield the functions of a module or a cell as Sources, without their signatures and docstrings."""
    text = textwrap.dedent(text)
    for name, function in _definitions(ast.parse(text)):
        body = function.body[ast.get_docstring(function) is not None :]
        if body:
            lines = text.splitlines()[body[0].lineno - 1 : body[-1].end_lineno]
            inner = textwrap.dedent("\n".join(lines))
            yield Source(says, f"{where}.{name}" if qualified else where, inner, _chosen_names(inner))


def _definitions(tree, inside=()):
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield ".".join([*inside, node.name]), node
        elif isinstance(node, ast.ClassDef):
            yield from _definitions(node, (*inside, node.name))


def _chosen_names(code):
    """Return the names that a piece of code gives to something."""
    try:
        tree = ast.parse(code)
    except SyntaxError:
        return frozenset()  # a page may show a line of IPython's
    return frozenset(
        node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    )


def _nearest(texts, pieces, words_of, least):
    """Return ``{text: Source}`` where one is in the other, or nearly so."""
    from rapidfuzz.distance import LCSseq
    from rapidfuzz.fuzz import partial_ratio
    from rapidfuzz.process import cdist

    numbers = {}  # numbers are compared faster than words

    def coded(texts):
        words = ([numbers.setdefault(word, len(numbers)) for word in words_of(text)] for text in texts)
        return [(i, one) for i, one in enumerate(words) if len(one) >= least]

    ours, theirs = coded(texts), coded(piece.text for piece in pieces)
    if not ours or not theirs:
        return {}
    known = [words for _, words in theirs]
    lengths = np.array(list(map(len, known)))
    found = {}
    for start in range(0, len(ours), BLOCK):
        block = ours[start : start + BLOCK]
        common = cdist([words for _, words in block], known, scorer=LCSseq.similarity)
        for (i, words), shared in zip(block, common, strict=True):
            # 2 m / (a + b) reaches ALIKE, with b at most a, only from m = ALIKE / (2 - ALIKE) a on
            enough = np.flatnonzero(shared >= ALIKE / (2 - ALIKE) * np.minimum(lengths, len(words)))
            likeness = [
                (partial_ratio(words, known[j]) / 100, min(lengths[j], len(words)), -j) for j in enough
            ]
            alike, _, place = max(likeness, default=(0, 0, 0))
            if alike >= ALIKE:
                found[texts[i]] = pieces[theirs[-place][0]]
    return found
