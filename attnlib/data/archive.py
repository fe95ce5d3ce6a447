"""The castle's archive: rolls that tell of five things, and requests for them in other words.

Every thing has four names. Who asks for a roll of "gore" and "dusk" means one that tells of "blood" and
"night": the words of request and roll differ, what they mean doesn't.
"""

from typing import NamedTuple

from attnlib.data import castle
from attnlib.data.vocabulary import Vocabulary

#: What is told of, in the words that mean it: all four as likely.
THINGS = tuple(
    names.split()
    for names in (
        "king monarch ruler sovereign",
        "murder killing slaying assassination",
        "night dusk midnight darkness",
        "blood gore wound bleeding",
        "witch hag sorceress crone",
        "forest wood grove thicket",
        "castle fortress stronghold keep",
        "battle fight combat war",
        "sleep slumber rest dream",
        "throne sceptre reign kingship",
        "fear dread terror horror",
        "ghost spirit phantom spectre",
        "sword blade knife sabre",
        "child boy babe infant",
        "storm thunder lightning tempest",
        "feast banquet supper dinner",
        "messenger herald envoy courier",
        "wife lady queen spouse",
        "hand finger palm fist",
        "prophecy omen prediction oracle",
        "soldier captain warrior fighter",
        "guilt remorse shame sorrow",
        "horse steed mare stallion",
        "sea ocean wave tide",
    )
)
ROLLS = (
    "of the {} and the {} and how the {} and the {} came after the {}",
    "in those days there was the {} and the {} and then the {} with the {} and the {}",
    "here the {} and the {} are told of and the {} and after them the {} and the {}",
    "how the {} came upon the {} and what the {} and the {} had to do with the {}",
)
REQUESTS = (
    "the roll of the {} and the {} with the {} and the {}",
    "what is told of the {} and the {} and of the {} and the {}",
    "i seek the {} and the {} then the {} and the {}",
)
PADDING = "<padding>"


class Entry(NamedTuple):
    """A roll of the archive, a request for it, and a question that it answers.

    Attributes
    ----------
    roll : str
        What it is about: five things.
    request : str
        Who seeks it names four of them, in words drawn anew.
    asked : attnlib.data.castle.Question
        The facts that stand in the roll, and a question of them.
    """

    roll: str
    request: str
    asked: castle.Question


def entry(rng):
    """Draw a roll, a request for it and a question.

    Parameters
    ----------
    rng : numpy.random.Generator
        The source of randomness.

    Returns
    -------
    Entry
        ``roll, request, asked``.

    Examples
    --------
    >>> import numpy as np
    >>> drawn = entry(np.random.default_rng(0))
    >>> drawn.roll
    'in those days there was the finger and the witch and then the guilt with the fear and the ghost'
    >>> drawn.request
    'i seek the spectre and the finger then the hag and the sorrow'
    >>> drawn.asked.text
    'where is duncan'
    """
    things = rng.permutation(len(THINGS))[:5]
    roll = ROLLS[rng.integers(len(ROLLS))].format(*_named(rng, things))
    request = REQUESTS[rng.integers(len(REQUESTS))].format(*_named(rng, rng.permutation(things)[:4]))
    return Entry(roll, request, castle.question(rng))


def vocabulary():
    """Return the words of all rolls and requests, with `PADDING` before them."""
    names = [name for thing in THINGS for name in thing]
    frames = [frame.replace("{} ", "").replace(" {}", "") for frame in ROLLS + REQUESTS]
    return Vocabulary.of_words([*names, *frames], special=(PADDING,))


def things_of(text):
    """Return which of `THINGS` a text tells of: what an archivist who knows all synonyms reads.

    Examples
    --------
    >>> sorted(things_of("the roll of the hag and the king"))
    [0, 4]
    """
    words = set(text.split())
    return {i for i, names in enumerate(THINGS) if words & set(names)}


def _named(rng, things):
    return [THINGS[i][rng.integers(len(THINGS[i]))] for i in things]
