"""What a student sees: the messages of `check`."""

import dataclasses
import re
import subprocess
import sys
import textwrap

import numpy as np
import pytest
from conftest import ROOT

import attnlib
from attnlib import CheckFailed, SealedReference, check
from attnlib.catalogue import EXERCISES, Case
from attnlib.checking import judge
from attnlib.checking.sealing import opened, sealed


def message(answer, name=None, **options):
    with pytest.raises(CheckFailed) as caught:
        check(answer, name, **options)
    return str(caught.value)


def one_line(text):
    return re.sub(r"\n *", " ", text)


def right_softmax(x, axis=-1, *, temperature=1.0):
    powers = np.exp((x - x.max(axis, keepdims=True)) / temperature)
    return powers / powers.sum(axis, keepdims=True)


def test_number_of_checks_on_the_pages_is_what_a_student_sees():
    pages = [ROOT / "README.md", *ROOT.glob("chapters/*.md")]
    quoted = [
        q for page in pages for q in re.findall(r"`(\w+): (\d+) checks? passed`", page.read_text("utf-8"))
    ]
    assert quoted
    for name, count in quoted:
        assert int(count) == len(EXERCISES[name].visible())


def test_right_answer_prints_one_line(capsys):
    check(right_softmax, "softmax")
    shown = capsys.readouterr()
    assert re.fullmatch(r"softmax: \d+ checks passed\n", shown.out)
    assert shown.err == ""


def test_name_defaults_to_the_functions_own(capsys):
    def softmax(x, axis=-1, *, temperature=1.0):
        return right_softmax(x, axis, temperature=temperature)

    check(softmax)
    assert "softmax" in capsys.readouterr().out


def test_hidden_tries_more_than_visible(capsys):
    check(right_softmax, "softmax")
    check(right_softmax, "softmax", hidden=True)
    visible, hidden = (int(n) for n in re.findall(r"\d+", capsys.readouterr().out))
    assert hidden > visible


def test_unknown_exercise_lists_those_there_are():
    with pytest.raises(ValueError, match=r"no exercise 'sofmax'.*softmax_jacobian"):
        check(right_softmax, "sofmax")
    with pytest.raises(ValueError, match=r"Say check\(answer, name\)"):
        check([1, 2, 3])


def not_implemented(x, axis=-1, *, temperature=1.0):
    raise NotImplementedError


def stops(x, axis=-1, *, temperature=1.0):
    return x.mistyped


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (not_implemented, "softmax: not answered yet."),
        (3.5, "softmax: this is not a function: got 3.5."),
        (None, "softmax: this is not a function: got a NoneType."),
        (lambda: 1, r"it can't be called as the question asks: too many positional arguments"),
        (lambda x: x, r"unexpected keyword argument"),
        (lambda x, axis=-1, temperature=1.0: None, "it returns None. Is there a return at the end?"),
        (lambda x, axis=-1, temperature=1.0: x.tolist(), "it returns a list; return a NumPy array."),
        (lambda x, axis=-1, temperature=1.0: "high", "it returns 'high'; return a NumPy array."),
        (lambda x, axis=-1, temperature=1.0: x.sum(), "expected (3,), got ()."),
        (lambda x, axis=-1, temperature=1.0: x * np.nan, "the result contains NaN"),
        (lambda x, axis=-1, temperature=1.0: x + np.inf, "the result contains infinity"),
        (lambda x, axis=-1, temperature=1.0: x, "The weights must sum to 1 along `axis`."),
        (lambda x, axis=-1, temperature=1.0: x.fill(0), "it returns None"),
        (
            lambda x, axis=-1, temperature=1.0: attnlib.softmax(x, axis, temperature=temperature),
            "it calls attnlib's own version",
        ),
    ],
)
def test_plain_mistakes_have_plain_messages(answer, says):
    assert says.replace("\\", "") in one_line(message(answer, "softmax"))


def test_exception_is_shown_with_the_students_line():
    says = message(stops, "softmax")
    assert "it raises AttributeError" in says
    assert "line" in says
    assert "return x.mistyped" in says
    assert "Read in the book" in says


def test_long_line_of_the_students_is_broken_and_not_cut():
    def long_winded(x, axis=-1, *, temperature=1.0):
        return x.mistyped + x.mistyped + x.mistyped + x.mistyped + x.mistyped + x.mistyped + x.mistyped

    says = message(long_winded, "softmax")
    assert max(map(len, says.splitlines())) <= 80
    assert says.count("x.mistyped") == 7


def test_message_tells_which_call_to_try_but_never_the_expected_numbers():
    says = message(EXERCISES["softmax"].misconceptions[0].answer, "softmax")
    call = re.search(r"Try: softmax\((.*)\)", says).group(1)
    assert "np.array" in call
    shown = {float(n) for n in re.findall(r"\d+\.\d+", says.replace(call, ""))}
    assert not shown


def test_hidden_message_quotes_no_inputs():
    says = message(EXERCISES["softmax"].misconceptions[0].answer, "softmax", hidden=True)
    assert "np.array" not in says
    assert "Seen with x of shape (2, 3)" in says


def test_two_mistakes_at_once_get_no_wrong_name():
    def wrong_axis_and_temperature(x, axis=-1, *, temperature=1.0):
        powers = np.exp(x * temperature - (x * temperature).max(axis=0, keepdims=True))
        return powers / powers.sum(axis=0, keepdims=True)

    with pytest.raises(CheckFailed) as caught:
        check(wrong_axis_and_temperature, "softmax")
    assert caught.value.misconception is None
    assert "must sum to 1 along `axis`" in str(caught.value)


def test_unknown_mistake_that_obeys_every_law_says_how_many_checks_fail():
    def cut_off(weights, axis=-1):
        return -np.sum(weights * np.log(np.maximum(weights, 1e-3)), axis=axis)

    assert re.search(r"wrong in \d+ of \d+\s+checks", message(cut_off, "entropy"))


def test_unknown_mistake_in_the_softmax_breaks_the_law_of_ratios():
    def sharpened(x, axis=-1, *, temperature=1.0):
        return right_softmax(2 * x, axis, temperature=temperature)

    assert "ratio of two weights" in one_line(message(sharpened, "softmax"))


def test_warnings_and_standard_error_do_not_reach_the_notebook(capfd):
    def noisy(weights, axis=-1):
        print("debugging", file=sys.stderr)
        return -np.nansum(weights * np.log(weights), axis=axis)

    check(noisy, "entropy")
    assert capfd.readouterr().err == ""


def test_inputs_given_to_the_student_are_copies(capsys):
    EXERCISES_BEFORE = [case.args[0].copy() for case in EXERCISES["softmax"].visible()]  # noqa: N806
    message(EXERCISES["softmax"].misconceptions[-1].answer, "softmax")
    for before, case in zip(EXERCISES_BEFORE, EXERCISES["softmax"].visible(), strict=True):
        np.testing.assert_array_equal(before, case.args[0])


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ([None] * 4, "not answered yet"),
        (None, "not answered yet"),
        (..., "not answered yet"),
        ([3 / 16, 1 / 16, None, None], "some of the numbers are still missing"),
        ("3/16", "these are not numbers yet: softmax_by_hand is '3/16'. Write numbers without quotes."),
        ([3 / 16, "1/16", 9 / 16, 3 / 16], "these are not numbers yet: softmax_by_hand[1] is '1/16'."),
        (np.array(["a", "b"]), "softmax_by_hand[0] is 'a'"),
        ({1, 2}, "these are not numbers yet: got a set"),
        ([3 / 16, [1 / 16, 9 / 16], 3 / 16], "these are not numbers in rows of equal length"),
        ([3 / 16, 1 / 16, 9 / 16], "expected a list of 4 numbers, got a list of 3 numbers"),
        ([[3 / 16], [1 / 16], [9 / 16], [3 / 16]], "got 4 rows of 1 number"),
        ([0.1, 0.2, 0.3, 0.4], "Equal scores must have equal weights"),
        ([0.5, 0.5, 0.5, 0.5], "The four weights must sum to 1"),
    ],
)
def test_answers_by_hand(value, says):
    assert says in one_line(message(value, "softmax_by_hand"))


def test_answer_by_hand_of_the_wrong_size_is_told_in_words():
    assert "expected one number, got a list of 1 number" in one_line(message([6], "variance_by_hand"))
    says = one_line(message([1, 4, 4, 3, 3, 1], "projection_by_hand"))
    assert "expected 2 rows of 3 numbers, got a list of 6 numbers" in says
    says = one_line(message([[0, 1], [2, 3]], "split_by_hand"))
    assert "expected 3 × 2 rows of 2 numbers, got 2 rows of 2 numbers" in says


def test_slip_in_an_answer_by_hand_is_counted_and_placed():
    scores = opened(EXERCISES["scores_by_hand"].reference)().copy()
    scores[1, 2] += 1
    assert "1 of the 16 numbers is wrong, in row 2." in message(scores, "scores_by_hand")
    assert "this is not the right number." in message(5, "variance_by_hand")


def test_answer_by_hand_with_two_decimals_is_called_rounded():
    assert "rounded too much" in message([0.19, 0.06, 0.56, 0.19], "softmax_by_hand")


def test_wrong_signature_names_the_call_that_fails_and_no_argument_that_the_question_lacks():
    says = message(lambda x: x, "softmax")
    assert "The call that fails is softmax(x, axis=0)." in says
    assert "base" not in says


def test_nested_arrays_come_with_their_shapes():
    def only_one_sequence(x, w):
        return np.einsum("td,dk->tk", x, w)

    assert "That is x of shape (2, 3, 2), w of shape (2, 2)." in message(only_one_sequence, "project")


def test_fractions_are_numbers(capsys):
    from fractions import Fraction

    check([Fraction(n, 16) for n in (3, 1, 9, 3)], "softmax_by_hand")
    assert capsys.readouterr().out == "softmax_by_hand: 1 check passed\n"


def test_sealed_function_raises_through_every_name_and_opens_again():
    kept = attnlib.softmax
    with sealed(attnlib.probability.softmax), pytest.raises(SealedReference):
        kept([1.0, 2.0])
    assert kept([0.0, 0.0]).tolist() == [0.5, 0.5]


def exercise_with(**changes):
    plain = {"misconceptions": (), "properties": (), "visible": list, "hidden": lambda rng: []}
    return dataclasses.replace(EXERCISES["softmax"], **plain, **changes)


def test_arrays_among_the_options_are_copied_watched_and_quoted():
    def zeroes_the_mask(x, mask):
        mask[:] = False
        return x

    mask = np.array([True, False])
    exercise = exercise_with(reference=lambda x, mask: x)
    for answer, says in (
        (zeroes_the_mask, "it changes mask, which it is given"),
        (lambda x, mask: x + 1, r"mask=np.array([True, False])"),
    ):
        with pytest.raises(CheckFailed) as caught:
            judge(exercise, answer, [Case((np.zeros(2),), {"mask": mask})])
        assert says in str(caught.value)
    assert mask.tolist() == [True, False]
    with pytest.raises(CheckFailed, match=r"mask of shape \(20,\)"):
        judge(exercise, lambda x, mask: x + 1, [Case((np.zeros(2),), {"mask": np.ones(20, bool)})])


def test_dtype_counts_only_where_the_question_promises_one(capsys):
    cases = [Case((np.zeros(2, dtype=np.float32),))]
    judge(exercise_with(reference=lambda x: x), lambda x: x.astype(float), cases)
    with pytest.raises(CheckFailed) as caught:
        judge(exercise_with(reference=lambda x: x, same_dtype=True), lambda x: x.astype(float), cases)
    assert "wrong dtype: expected float32, got float64" in str(caught.value)
    assert "dtype=np.float32" in str(caught.value)


def test_message_replaces_the_traceback_in_a_notebook():
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell()
    shown = []
    shell._showtraceback = lambda kind, value, lines: shown.extend(lines)
    shell.run_cell("from attnlib import check\ncheck([1, 2, 3, 4], 'softmax_by_hand')")
    assert len(shown) == 1
    assert shown[0].startswith("CheckFailed: softmax_by_hand: ")


def test_check_works_in_a_plain_session_with_warnings_as_errors():
    code = textwrap.dedent("""
        import numpy as np
        from attnlib import check
        def softmax(x, axis=-1, *, temperature=1.0):
            p = np.exp((x - x.max(axis, keepdims=True)) / temperature)
            return p / p.sum(axis, keepdims=True)
        check(softmax)
    """)
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True
    )
    assert run.stderr == ""
