"""Sentences of two people and two places, whose last word only one of the places decides.

"anna likes to go to the park and i like to go to the theatre today so i see actors ." Two places are
named, so that the mean of the words can't tell what is seen: who likes to go where must be looked up.
"""

import math

from attnlib.data.vocabulary import Vocabulary

PEOPLE = {"i": "like", "we": "like", "anna": "likes", "tom": "likes"}
PLACES = ("park", "beach", "theatre", "library", "kitchen", "station")
TIMES = ("today", "on sunday", "after school", "when it is warm")
#: What is done with what, in the order of the places.
OBJECTS = {
    "play": ("football", "volleyball", "macbeth", "chess", "cards", "trains"),
    "eat": ("sandwiches", "ice-cream", "popcorn", "biscuits", "soup", "pies"),
    "see": ("ducks", "ships", "actors", "books", "cooks", "travellers"),
    "read": ("poems", "novels", "scripts", "papers", "recipes", "timetables"),
}
START, PADDING = "<start>", "<padding>"
#: How many different sentences there are; all are equally likely.
N_SENTENCES = (
    (len(PEOPLE) * (len(PEOPLE) - 1)) * (len(PLACES) * (len(PLACES) - 1)) * 2 * len(TIMES) * len(OBJECTS)
)
#: What nobody can know of a sentence before it is said, in nats: the floor of every model's loss.
ENTROPY = math.log(N_SENTENCES)


def sentence(rng):
    """Draw a sentence.

    Parameters
    ----------
    rng : numpy.random.Generator
        The source of randomness.

    Returns
    -------
    str
        Words and a full stop, with a space between each.

    Examples
    --------
    >>> import numpy as np
    >>> sentence(np.random.default_rng(3))
    'i like to go to the beach and anna likes to go to the station today so i play volleyball .'
    """
    who, other = (tuple(PEOPLE)[i] for i in rng.choice(len(PEOPLE), 2, replace=False))
    place, elsewhere = rng.choice(len(PLACES), 2, replace=False)
    wishes = [_wish(who, place), _wish(other, elsewhere)]
    if rng.random() < 0.5:
        wishes.reverse()
    verb = tuple(OBJECTS)[rng.integers(len(OBJECTS))]
    time = TIMES[rng.integers(len(TIMES))]
    return f"{' and '.join(wishes)} {time} so {who} {_does(who, verb)} {OBJECTS[verb][place]} ."


def consistent(text):
    """Return whether a sentence ends as its beginning asks for.

    Parameters
    ----------
    text : str
        A sentence, whoever wrote it.

    Returns
    -------
    bool
        Whether who does something at the end had said to like the place where it is done.

    Examples
    --------
    >>> consistent("i like to go to the park and tom likes to go to the beach today so i play football .")
    True
    >>> consistent("i like to go to the park and tom likes to go to the beach today so i play cards .")
    False
    """
    wishes, _, deed = text.partition(" so ")
    return any(
        deed == f"{who} {_does(who, verb)} {thing} ." and _wish(who, place) in wishes
        for who in PEOPLE
        for verb, things in OBJECTS.items()
        for place, thing in enumerate(things)
    )


def vocabulary():
    """Return the words of all sentences, with `PADDING` and `START` before them.

    Returns
    -------
    Vocabulary
        The same every time.
    """
    wishes = [_wish(who, place) for who in PEOPLE for place in range(len(PLACES))]
    deeds = [
        f"and so {who} {_does(who, verb)} {thing} ."
        for who in PEOPLE
        for verb, things in OBJECTS.items()
        for thing in things
    ]
    return Vocabulary.of_words([*wishes, *deeds, *TIMES], special=(PADDING, START))


def _wish(who, place):
    return f"{who} {PEOPLE[who]} to go to the {PLACES[place]}"


def _does(who, verb):
    return verb if PEOPLE[who] == "like" else f"{verb}s"
