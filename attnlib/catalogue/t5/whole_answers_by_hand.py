"""How many answers are right as a whole, and how many of their tokens, by hand."""

import numpy as np

from attnlib.catalogue.t5 import PAGE
from attnlib.exercise import Case, Exercise, Misconception, Property

WANTED = ("in the hall .", "ross .", "macbeth beats norway at fife .", "le roi froid .")
SAID = ("in the hall .", "lennox .", "macbeth loses-to norway at fife .", "le roi froid .")


def _shares():
    right = [
        [a == b for a, b in zip(wanted.split(), said.split(), strict=True)]
        for wanted, said in zip(WANTED, SAID, strict=True)
    ]
    return np.array(
        [np.mean([all(row) for row in right]), np.mean(np.concatenate(right)), 0.9 ** len(right[2])]
    )


def tokens_and_answers_exchanged():
    return [(4 + 1 + 5 + 4) / (4 + 2 + 6 + 4), 2 / 4, 0.9**6]


def mean_of_the_shares():
    return [2 / 4, (4 / 4 + 1 / 2 + 5 / 6 + 4 / 4) / 4, 0.9**6]


def ends_left_out():
    return [2 / 4, (3 + 0 + 4 + 3) / (3 + 1 + 5 + 3), 0.9**5]


def end_forgotten_in_the_power():
    return [2 / 4, (4 + 1 + 5 + 4) / (4 + 2 + 6 + 4), 0.9**5]


def mistakes_counted():
    return [2 / 4, (0 + 1 + 1 + 0) / (4 + 2 + 6 + 4), 1 - 0.9**6]


def one_wrong_at_least():
    return [2 / 4, (4 + 1 + 5 + 4) / (4 + 2 + 6 + 4), 1 - 0.9**6]


def chances_added():
    return [2 / 4, (4 + 1 + 5 + 4) / (4 + 2 + 6 + 4), 1 - 6 * 0.1]


def same_for_tokens_and_answers():
    return [2 / 4, (4 + 1 + 5 + 4) / (4 + 2 + 6 + 4), 0.9]


def nearly_right_let_pass():
    return [3 / 4, (4 + 1 + 5 + 4) / (4 + 2 + 6 + 4), 0.9**6]


def in_percent():
    return [100 * 2 / 4, 100 * (4 + 1 + 5 + 4) / (4 + 2 + 6 + 4), 100 * 0.9**6]


EXERCISE = Exercise(
    name="whole_answers_by_hand",
    section=f"{PAGE}#t5-results",
    reference=_shares,
    visible=lambda: [Case()],
    by_value=True,
    misconceptions=(
        Misconception(
            "tokens and answers exchanged",
            "The first two numbers stand in each other's place: whole answers come first, tokens second.",
            tokens_and_answers_exchanged,
        ),
        Misconception(
            "mean of the shares",
            "The second number is the mean of each answer's own share, so that a token of a short answer "
            "counts more; every token counts the same.",
            mean_of_the_shares,
            section="chapters/11-gpt#gpt-loss",
        ),
        Misconception(
            "ends left out",
            "The full stops are left out; to stop in time is to be learnt as well, and counts as a token.",
            ends_left_out,
            section=f"{PAGE}#t5-shift",
        ),
        Misconception(
            "end forgotten in the power",
            "The last number takes the words alone; the full stop must come right, too.",
            end_forgotten_in_the_power,
            section=f"{PAGE}#t5-shift",
        ),
        Misconception(
            "mistakes counted",
            "The last two numbers are shares of what is wrong; the question asks for what is right.",
            mistakes_counted,
        ),
        Misconception(
            "one wrong at least",
            "The last number is how often something is wrong; the question asks how often nothing is.",
            one_wrong_at_least,
        ),
        Misconception(
            "chances added",
            "The chances of a mistake are added up; that all come right is the product of their chances.",
            chances_added,
        ),
        Misconception(
            "an answer like a token",
            "The last number is the chance of one token; a whole answer needs all of its tokens right.",
            same_for_tokens_and_answers,
        ),
        Misconception(
            "nearly right let pass",
            "An answer with one wrong word is counted as right; that word says who won.",
            nearly_right_let_pass,
        ),
        Misconception(
            "in percent",
            "These are percentages; write shares of 1.",
            in_percent,
        ),
    ),
    properties=(
        Property(
            "A share lies between 0 and 1.", lambda case, got: bool((got >= 0).all() and (got <= 1).all())
        ),
        Property(
            "Whole answers can't be right more often than tokens are here.",
            lambda case, got: bool(got[0] <= got[1]),
        ),
    ),
)
