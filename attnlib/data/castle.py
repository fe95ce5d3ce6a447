"""Who is where in Macbeth's castle, who carries what, and questions that take one fact or two.

"duncan has the letter", "duncan is in the chapel": where the letter is, neither of the two facts says.
"""

from typing import NamedTuple

import numpy as np

from attnlib._arrays import require_count
from attnlib.data.vocabulary import Vocabulary

PEOPLE = ("macbeth", "banquo", "duncan", "macduff", "malcolm", "ross", "lennox", "fleance")
PLACES = ("hall", "tower", "kitchen", "chapel", "cellar", "garden")
THINGS = ("dagger", "crown", "letter", "cup", "key", "torch")
PADDING = "<padding>"


class Question(NamedTuple):
    """A story and what is asked of it.

    Attributes
    ----------
    facts : tuple of str
        The story: each person has a fact of where they are and one of what they carry, in any order.
    text : str
        The question.
    answer : str
        One word.
    support : tuple of int
        The facts that the answer takes, in the order in which they are needed: one of them, or two.
    """

    facts: tuple
    text: str
    answer: str
    support: tuple


def question(rng, *, n_people=4):
    """Draw a story and a question of it.

    Parameters
    ----------
    rng : numpy.random.Generator
        The source of randomness.
    n_people : int, default 4
        How many are in the story, at most 6; no two are in one place.

    Returns
    -------
    Question
        ``facts, text, answer, support``. One question in three asks where a person is, one in three who
        has a thing, and one in three where a thing is, which takes two facts.

    Raises
    ------
    ValueError
        If there are too many people.

    Examples
    --------
    >>> asked = question(np.random.default_rng(1), n_people=2)
    >>> asked.facts
    ('macduff has the torch', 'malcolm is in the cellar', 'malcolm has the key', 'macduff is in the hall')
    >>> asked.text, asked.answer, asked.support
    ('where is the torch', 'hall', (0, 3))
    """
    most = min(len(PLACES), len(THINGS))
    if require_count("n_people", n_people, 1) > most:
        raise ValueError(f"n_people must be at most {most}, got {n_people}")
    people, places, things = (
        [names[i] for i in rng.choice(len(names), n_people, replace=False)]
        for names in (PEOPLE, PLACES, THINGS)
    )
    stays = [f"{person} is in the {place}" for person, place in zip(people, places, strict=True)]
    carries = [f"{person} has the {thing}" for person, thing in zip(people, things, strict=True)]
    told = stays + carries
    facts = tuple(told[i] for i in rng.permutation(len(told)))
    i = rng.integers(n_people)
    text, answer, needed = (
        (f"where is {people[i]}", places[i], (stays[i],)),
        (f"who has the {things[i]}", people[i], (carries[i],)),
        (f"where is the {things[i]}", places[i], (carries[i], stays[i])),
    )[rng.integers(3)]
    return Question(facts, text, answer, tuple(facts.index(fact) for fact in needed))


def vocabulary():
    """Return the words of all stories and questions, with `PADDING` before them."""
    texts = ["who has the", "where is in the", *PEOPLE, *PLACES, *THINGS]
    return Vocabulary.of_words(texts, special=(PADDING,))


def as_numbers(questions):
    """Return questions as the numbers of their words, 0 where there is none.

    Parameters
    ----------
    questions : sequence of Question
        With as many facts each.

    Returns
    -------
    facts : ndarray of int, shape (n, n_facts, T)
        The words of each fact.
    asked : ndarray of int, shape (n, T_q)
        The words of each question.
    answers : ndarray of int, shape (n,)
        The answers.

    Examples
    --------
    >>> facts, asked, answers = as_numbers([question(np.random.default_rng(1), n_people=2)])
    >>> facts.shape, asked.shape, vocabulary().decode(answers)
    ((1, 4, 5), (1, 4), 'hall')
    """
    words = vocabulary()
    facts, _ = words.pad([fact for each in questions for fact in each.facts], PADDING)
    asked, _ = words.pad([each.text for each in questions], PADDING)
    answers = np.array([words.encode(each.answer)[0] for each in questions])
    return facts.reshape(len(questions), -1, facts.shape[-1]), asked, answers
