"""Every sentence of a check, as a format that can be recognised again."""

import re
import string
from enum import StrEnum


class Says(StrEnum):
    """Every sentence of a check but the laws of the exercises and the names of mistakes, as a format.

    A field called ``theirs`` holds what a student wrote; what goes into any other is the course's.
    """

    LOOKS_LIKE = "this looks like “{name}”."
    UNANSWERED = "not answered yet."
    NOTHING = "there is nothing of that name when the test has run."
    NO_FUNCTION = "this is not a function: got {theirs}."
    NO_FUNCTION_LEFT = "this is not a function when the test has run."
    NOT_CALLABLE_SO = "it can't be called as the question asks: {theirs}."
    TEXT = "these are not numbers yet: {theirs}. Write numbers without quotes."
    NO_NUMBERS = "these are not numbers yet: got {theirs}."
    RAGGED = "these are not numbers in rows of equal length."
    SEALED = "it calls attnlib's own version, which is closed while yours is checked. Write it yourself."
    RAISES = "it raises {error}: {theirs}"
    RAISES_ONLY = "it raises {error}."
    RETURNS_NONE = "it returns None. Is there a return at the end?"
    RETURNS_LIST = "it returns a list; return a NumPy array."
    RETURNS_OTHER = "it returns {theirs}; return a NumPy array."
    RETURNS_NO_PARTS = "it returns {theirs}; return {layout}."
    LACKS_KEY = "the result lacks {key}; its keys are to be {keys}."
    WRONG_KEYS = "the result has a key too many; its keys are to be {keys}."
    WRONG_COUNT = "the result has {got} parts; return {expected}."
    PART = "in {part}, {says}"
    OVERWRITES = "it changes {name}, which it is given; work on a copy."
    LAYOUT = "expected {expected}, got {got}."
    SHAPE = "the result has the wrong shape: expected {expected}, got {got}."
    MISSING = "some of the numbers are still missing."
    NAN = "the result contains NaN (0/0, 0 · inf or inf - inf)."
    INFINITE = "the result contains infinity (an overflow, or a division by 0)."
    ROUNDED = "the numbers are rounded too much; write fractions, such as 5/7."
    DTYPE = "the result has the wrong dtype: expected {expected}, got {got}."
    NONE_RIGHT = "these are not the right numbers."
    NOT_RIGHT = "this is not the right number."
    ONE_WRONG = "{wrong} of the {size} numbers is wrong{place}."
    SOME_WRONG = "{wrong} of the {size} numbers are wrong{place}."
    NO_NAME = "the result is wrong in {wrong} of {all} checks."
    WAVERS = "called again with the same input, it gives something else."
    SIGN_TURNED = "where only numbers are wrong, the result is right but for its sign, which is turned."
    TIMES = "where only numbers are wrong, the result is the right one times a factor."
    TIMES_VARYING = "where only numbers are wrong, the result is the right one times a number that varies."
    PLUS = "where only numbers are wrong, the result is the right one plus a number, the same everywhere."
    PLUS_VARYING = "where only numbers are wrong, the result is the right one plus a number that varies."
    TURNED = "where only numbers are wrong, the result is the right one transposed."
    AXES_EXCHANGED = "where only numbers are wrong, the numbers are right and the axes in another order."
    ROWS_REVERSED = "where only numbers are wrong, the rows are right and stand in reverse order."
    REVERSED = "where only numbers are wrong, the numbers along the last axis stand in reverse order."
    ROWS_OFF_BY_ONE = "where only numbers are wrong, the rows are right and stand one place off, all round."
    OFF_BY_ONE = "where only numbers are wrong, the numbers are right and stand one column off, all round."
    ROWS_REORDERED = "where only numbers are wrong, the rows are right and stand in another order."
    REORDERED = "where only numbers are wrong, the columns are right and stand in another order."
    MISPLACED = "where only numbers are wrong, the right numbers stand in the wrong places."
    ROWS_SLID = "where only numbers are wrong, the rows are the right ones moved on by one place."
    SLID = "where only numbers are wrong, the columns are the right ones moved on by one place."
    NOT_DIVIDED = "where only numbers are wrong, it would be right with each row divided by its sum."
    NOT_DIVIDED_DOWN = (
        "where only numbers are wrong, it would be right with each column divided by its sum."
    )
    SOFTMAX_MISSING = "where only numbers are wrong, it would be right after a softmax along the last axis."
    SOFTMAX_TWICE = "where only numbers are wrong, the right result went through one more softmax."
    SOFTMAX_DOWN = (
        "where only numbers are wrong, the right result went through one more softmax, down columns."
    )
    COMPLEMENT = "where only numbers are wrong, the result is 1 minus the right one."
    SIGN_LOST = "where only numbers are wrong, the result is the right one without its minus signs."
    SIGNS = "where only numbers are wrong, the numbers are right but for some signs."
    CLIPPED = "where only numbers are wrong, the result is right but for its negative numbers, which are 0."
    SQUARED = "where only numbers are wrong, the result is the square of the right one."
    ROOTED = "where only numbers are wrong, the result is the root of the right one."
    INVERTED = "where only numbers are wrong, the result is 1 over the right one."
    EXPONENTIATED = "where only numbers are wrong, the result is the exponential of the right one."
    LOGGED = "where only numbers are wrong, the result is the logarithm of the right one."
    ROWS_TIMES = "where only numbers are wrong, each row is the right one times a number of its own."
    COLUMNS_TIMES = "where only numbers are wrong, each column is the right one times a number of its own."
    ROWS_PLUS = "where only numbers are wrong, each row is the right one plus a number of its own."
    COLUMNS_PLUS = "where only numbers are wrong, each column is the right one plus a number of its own."
    ALL_ZERO = "where only numbers are wrong, the result is nothing but zeros."
    ALL_EQUAL = "where only numbers are wrong, all numbers of the result are equal."
    ROWS_EQUAL = "where only numbers are wrong, all rows of the result are equal."
    ROUNDED_OFF = "where only numbers are wrong, the result is the right one rounded."
    WRONG_WITHOUT_KEYS = (
        "where only numbers are wrong, it is in rows of queries that may attend to nothing."
    )
    WRONG_HIDDEN = "where only numbers are wrong, it is at what the mask hides."
    WRONG_ALLOWED = "where only numbers are wrong, it is at what the mask allows."
    WRONG_LAST_ROW = "where only numbers are wrong, it is in the last row."
    WRONG_FIRST_ROW = "where only numbers are wrong, it is in the first row."
    WRONG_LAST_COLUMN = "where only numbers are wrong, it is in the last column."
    WRONG_FIRST_COLUMN = "where only numbers are wrong, it is in the first column."
    WRONG_DIAGONAL = "where only numbers are wrong, it is on the diagonal."
    WRONG_OFF_DIAGONAL = "where only numbers are wrong, the diagonal is right."
    WRONG_ABOVE = "where only numbers are wrong, it is above the diagonal."
    WRONG_BELOW = "where only numbers are wrong, it is below the diagonal."
    WRONG_LATER_ROWS = "where only numbers are wrong, the first row is right."
    WRONG_LATER_COLUMNS = "where only numbers are wrong, the first column is right."
    WRONG_EARLIER_ROWS = "where only numbers are wrong, the last row is right."
    WRONG_EARLIER_COLUMNS = "where only numbers are wrong, the last column is right."
    WRONG_LATER_SEQUENCES = "where only numbers are wrong, the first sequence of a batch is right."
    FACTOR = "the factor is {number}."
    SUMMAND = "the number added is {number}."
    NEARLY = "where only numbers are wrong, none is off by more than {part} of the largest."
    ONLY = "it fails in every check {where}, and in no other."
    AMONG = "it fails only in checks {where}, though not in all of them."
    SUMS_RIGHT = "where only numbers are wrong, each row has the right sum."
    SUMS_ALONG = "where only numbers are wrong, the sums along `axis` are right."
    ORDER_ALONG = "where only numbers are wrong, their order along `axis` is right."
    RISES = "where only numbers are wrong, they rise and fall with the right ones."
    FALLS = "where only numbers are wrong, they fall where the right ones rise."
    TOO_SMALL = "where only numbers are wrong, each wrong one is too small."
    TOO_LARGE = "where only numbers are wrong, each wrong one is too large."
    NEARER_TO_0 = "where only numbers are wrong, each wrong one is nearer to 0 than the right one."
    FARTHER_FROM_0 = "where only numbers are wrong, each wrong one is farther from 0."
    ORDER_RIGHT = "where only numbers are wrong, their order in each row is right."
    FIRST_WRONG = "the first wrong number is at {place}: yours is {theirs}."
    YOURS_IS = "yours is {theirs}."
    OTHERS_RIGHT = "all numbers that are finite are right."
    NUMBERS_RIGHT = "the numbers are right, and only the shape is not."
    AXES_RIGHT = "the numbers are right, with the axes in another order."
    AXIS_OF_ONE = "but for an axis of size 1 the result is right."

    def read(self, headline):
        """Return what stands in the fields of a headline, as a dict, or None if it isn't this one."""
        found = re.fullmatch(_pattern(self), headline, re.DOTALL)
        return found and found.groupdict()


def _pattern(template):
    parts = string.Formatter().parse(template)
    return "".join(re.escape(text) + (f"(?P<{name}>.*)" if name else "") for text, name, *_ in parts)


def said_by(headline):
    """Return the format that a headline was made with and what stands in its fields, or (None, {}).

    Examples
    --------
    >>> said_by("it returns 'x'; return a NumPy array.")[1]
    {'theirs': "'x'"}
    """
    for says in Says:
        fields = says.read(headline)
        if fields is not None:
            return says, fields
    return None, {}
