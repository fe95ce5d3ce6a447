"""English sentences and their French translations, in which words change form and place.

"a little witch does not see a black dagger" is "une petite sorcière ne voit pas de poignard noir": the noun
that comes later decides between "un" and "une", some adjectives stand behind it, "not" has two halves that
embrace the verb, and "a" becomes "de" where something isn't seen. No word can be translated alone.

No noun or adjective begins with a vowel, before which "a", "le" or "de" would change.
"""

from typing import NamedTuple

from attnlib.data.vocabulary import Vocabulary

#: English noun: French noun, and whether it is feminine.
NOUNS = {
    "king": ("roi", False),
    "soldier": ("soldat", False),
    "ghost": ("fantôme", False),
    "raven": ("corbeau", False),
    "dagger": ("poignard", False),
    "castle": ("château", False),
    "queen": ("reine", True),
    "lady": ("dame", True),
    "witch": ("sorcière", True),
    "crown": ("couronne", True),
    "forest": ("forêt", True),
    "night": ("nuit", True),
}
#: English adjective: the masculine and the feminine form of one that stands before the noun.
BEFORE = {
    "great": ("grand", "grande"),
    "little": ("petit", "petite"),
    "good": ("bon", "bonne"),
    "false": ("faux", "fausse"),
}
#: The same for those that stand behind it.
BEHIND = {
    "black": ("noir", "noire"),
    "white": ("blanc", "blanche"),
    "green": ("vert", "verte"),
    "red": ("rouge", "rouge"),
    "cold": ("froid", "froide"),
    "bloody": ("sanglant", "sanglante"),
}
ARTICLES = {"the": ("le", "la"), "a": ("un", "une")}
#: English verb, without and with "does not": French verb.
VERBS = {
    ("sees", "see"): "voit",
    ("follows", "follow"): "suit",
    ("fears", "fear"): "craint",
    ("seeks", "seek"): "cherche",
    ("kills", "kill"): "tue",
    ("betrays", "betray"): "trahit",
}
CONJUNCTIONS = {"and": ("et",), "but": ("mais",), "for": ("car",), "or": ("ou", "bien")}
PADDING, START, END = "<padding>", "<start>", "<end>"


class Pair(NamedTuple):
    """A sentence in both languages.

    Attributes
    ----------
    english, french : str
        Words with a space between each.
    origins : tuple of int
        For each French word, the place of the English word that it comes from.
    """

    english: str
    french: str
    origins: tuple


def pair(rng, n_clauses):
    """Draw a sentence and its translation.

    Parameters
    ----------
    rng : numpy.random.Generator
        The source of randomness.
    n_clauses : int
        How many clauses it has, of 5 to 11 English words; there is a conjunction between each.

    Returns
    -------
    Pair
        ``english, french, origins``.

    Examples
    --------
    >>> import numpy as np
    >>> drawn = pair(np.random.default_rng(8), 1)
    >>> print(*drawn, sep=", ")
    the raven kills the green night, le corbeau tue la nuit verte, (0, 1, 2, 3, 5, 4)
    """
    english, french = [], []
    for i in range(n_clauses):
        if i:
            conjunction = _one_of(rng, CONJUNCTIONS)
            french += [(word, len(english)) for word in CONJUNCTIONS[conjunction]]
            english.append(conjunction)
        _add_clause(rng, english, french)
    words, origins = zip(*french, strict=True)
    return Pair(" ".join(english), " ".join(words), origins)


def word_by_word(english):
    """Translate each word alone, where it stands: the first French form of it that a dictionary gives.

    Parameters
    ----------
    english : str
        A sentence.

    Returns
    -------
    str
        French words: right where all nouns are masculine, no adjective stands behind and nothing is denied.

    Examples
    --------
    >>> word_by_word("the great king sees a dagger")
    'le grand roi voit un poignard'
    >>> word_by_word("the red queen does not see a dagger")
    'le rouge reine ne pas voit un poignard'
    """
    known = {word: forms[0] for word, forms in (NOUNS | BEFORE | BEHIND | ARTICLES).items()}
    known |= {form: french for forms, french in VERBS.items() for form in forms}
    known |= {word: " ".join(french) for word, french in CONJUNCTIONS.items()}
    known |= {"does": "ne", "not": "pas"}
    return " ".join(known[word] for word in english.split())


def vocabularies():
    """Return the English words after `PADDING`, and the French after `PADDING`, `START` and `END`."""
    adjectives = BEFORE | BEHIND
    english = [*NOUNS, *adjectives, *ARTICLES, *CONJUNCTIONS, "does not"]
    english += [form for forms in VERBS for form in forms]
    french = [noun for noun, _ in NOUNS.values()] + [*VERBS.values(), "ne pas de"]
    french += [form for forms in (adjectives | ARTICLES | CONJUNCTIONS).values() for form in forms]
    return (
        Vocabulary.of_words(english, special=(PADDING,)),
        Vocabulary.of_words(french, special=(PADDING, START, END)),
    )


def _one_of(rng, words):
    return list(words)[rng.integers(len(words))]


def _add_clause(rng, english, french):
    forms = _one_of(rng, VERBS)
    _add_noun(rng, english, french)
    at = len(english)
    denied = rng.random() < 0.3
    if denied:
        english += ["does", "not", forms[1]]
        french += [("ne", at), (VERBS[forms], at + 2), ("pas", at + 1)]
    else:
        english.append(forms[0])
        french.append((VERBS[forms], at))
    _add_noun(rng, english, french, denied=denied)


def _add_noun(rng, english, french, *, denied=False):
    noun, article, at = _one_of(rng, NOUNS), _one_of(rng, ARTICLES), len(english)
    before = [_one_of(rng, BEFORE)] if rng.random() < 0.3 else []
    behind = [_one_of(rng, BEHIND)] if rng.random() < 0.5 else []
    name, feminine = NOUNS[noun]
    english += [article, *before, *behind, noun]
    french.append(("de" if denied and article == "a" else ARTICLES[article][feminine], at))
    french += [(BEFORE[word][feminine], at + 1) for word in before]
    french.append((name, len(english) - 1))
    french += [(BEHIND[word][feminine], len(english) - 2) for word in behind]
