"""Answers that are more alike than chance makes them: places to look, not verdicts.

A short answer and an answer that many students share say nothing, so what is found is long and rare.
"""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cache, lru_cache
from sys import intern

import numpy as np

from attnlib.catalogue import EXERCISES
from grader.text import few_blank_lines

LEAST_CODE = 60  # words of code; three lines of NumPy have about 45
LEAST_PROSE = 25
ALIKE = 0.95
RARE = 3  # this many students, or
RARE_SHARE = 0.02  # this share of the class, whichever is more, are few; more are a crowd
LONGEST = 20_000  # characters of an answer that are read
BLOCK = 500  # answers that are compared with all others at a time


@dataclass(frozen=True)
class Alike:
    """Some students whose answers to one question are alike.

    Parameters
    ----------
    question : str
        The id of the answer's cell.
    students : tuple of str
        Their names, in order.
    likeness : float
        That of the two nearest: 1 is the same but for names, comments and layout.
    same_text : bool
        Whether two of them wrote the same text, names and comments included.
    text : str
        One of the answers.
    """

    question: str
    students: tuple
    likeness: float
    same_text: bool
    text: str


def find_alike(answers, released):
    """Return the groups of students whose answers are suspiciously alike.

    The most telling come first: the same students in several questions, then the same text, then the
    nearest. Answers by numbers are left out: the right ones are the same for everybody.

    Parameters
    ----------
    answers : dict of str to dict
        For each student ``{question: text}``.
    released : dict of str to str
        The text of each question's cell as students got it; its lines don't count as theirs.

    Returns
    -------
    list of Alike
    """
    few = few_of(answers)
    by_question = defaultdict(dict)
    for student, texts in answers.items():
        for question, text in texts.items():
            if question not in EXERCISES or not EXERCISES[question].by_value:
                by_question[question][student] = own_text(text, released.get(question, ""))
    found = [alike for question, texts in by_question.items() for alike in _alike_in(question, texts, few)]
    times = Counter(alike.students for alike in found)
    return sorted(found, key=lambda a: (-times[a.students], not a.same_text, -a.likeness, a.students))


def few_of(students):
    """Return how many of a class are few."""
    return max(RARE, int(RARE_SHARE * len(students)))


def own_text(text, released):
    """Return the lines of an answer that the released cell doesn't have."""
    given = {line.strip() for line in released.splitlines()}
    return "\n".join(line for line in text[:LONGEST].splitlines() if line.strip() not in given)


def code_words(text):
    """Return what a piece of code does, as words, without its author's own names.

    Comments, layout and docstrings are left out, and a variable's name becomes one word. Attributes,
    keywords, numbers and operators stay.

    Examples
    --------
    >>> code_words("total = x.sum(axis=1)  # all of it")
    ('NAME', '=', 'NAME', '.', 'sum', '(', 'NAME', '=', '1', ')')
    """
    words = []
    for value, variable in _told(text):
        words.append("NAME" if variable and words[-1:] != ["."] else value)
    return tuple(words)


def plain_code(text):
    """Return the words of a piece of code with one space between them, names included.

    Comments and docstrings are left out.

    Examples
    --------
    >>> plain_code("total = x.sum()  # all of it")
    'total = x . sum ( )'
    """
    return " ".join(value for value, _ in _told(text))


@lru_cache(maxsize=10_000)
def _told(text):
    """Return ``(word, whether it is a name of the author's own)`` for all that isn't left out."""
    told = ((value, *_treatment(kind)) for kind, value in _lexer().get_tokens(few_blank_lines(text)))
    return tuple((intern(value), variable) for value, left_out, variable in told if not left_out)


@cache
def _treatment(kind):
    """Return whether a kind of token is left out, and whether it is a name of the author's own."""
    from pygments.token import Comment, Name, String, Text, Whitespace

    left_out = any(kind in general for general in (Comment, Text, Whitespace, String.Doc))
    return left_out, kind in Name and kind not in Name.Builtin


def prose_words(text):
    """Return the words of a text, in small letters.

    Examples
    --------
    >>> prose_words("The softmax, again.")
    ('the', 'softmax', 'again')
    """
    return tuple(re.findall(r"\w+", text.casefold()))


@cache
def _lexer():
    from pygments.lexers import PythonLexer

    return PythonLexer()


def _alike_in(question, texts, few):
    """Yield the groups of one question, of which `texts` has each student's own text."""
    words_of, least = (code_words, LEAST_CODE) if question in EXERCISES else (prose_words, LEAST_PROSE)
    writers = defaultdict(list)
    for student, text in texts.items():
        words = words_of(text)
        if len(words) >= least:
            writers[words].append(student)
    near = _rare_neighbours(list(writers), [len(students) for students in writers.values()], few)
    who = list(writers.values())
    for group in _connected(near):
        students = sorted(student for i in group for student in who[i])
        if len(students) > 1:
            same = len(students) > len(group)
            likeness = 1.0 if same else max(near[i][j] for i in group for j in near[i])
            (text, times), *_ = Counter(texts[student].strip() for student in students).most_common()
            yield Alike(question, tuple(students), likeness, times > 1, text)


def _rare_neighbours(sequences, counts, few):
    """Return ``{i: {j: likeness}}`` for the sequences that no more than `few` students come near."""
    from rapidfuzz.distance import Indel
    from rapidfuzz.process import cdist

    numbers = {}  # numbers are compared faster than words
    coded = [[numbers.setdefault(word, len(numbers)) for word in words] for words in sequences]
    near = {}
    for start in range(0, len(coded), BLOCK):
        block = coded[start : start + BLOCK]
        likeness = cdist(block, coded, scorer=Indel.normalized_similarity, score_cutoff=ALIKE)
        students = (likeness > 0) @ np.array(counts)
        for row in np.flatnonzero(students <= few):
            others = np.flatnonzero(likeness[row])
            near[start + row] = {j: float(likeness[row, j]) for j in others if j != start + row}
    return {i: {j: value for j, value in found.items() if j in near} for i, found in near.items()}


def _connected(near):
    """Yield the groups of numbers that are connected in ``{i: {j: …}}``."""
    seen = set()
    for first in near:
        group, ahead = [], [first]
        while ahead:
            one = ahead.pop()
            if one not in seen:
                seen.add(one)
                group.append(one)
                ahead += near[one]
        if group:
            yield group
