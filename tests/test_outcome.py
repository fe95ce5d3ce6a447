"""Comparing never fails open, whatever a reference and an answer return."""

import json
from dataclasses import replace
from types import FunctionType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from attnlib import CheckFailed, SealedReference
from attnlib.catalogue import EXERCISES
from attnlib.checking import Outcome, call, judge, leaves, right, sealed, sealed_by
from attnlib.checking.outcome import DEEPEST, copied
from attnlib.checking.remote import answer, decode, encode, outcomes, request
from attnlib.checking.sealing import opened
from attnlib.exercise import Case

X = np.arange(6.0).reshape(2, 3)
CASES = [Case((X,))]
PARAMS = {"w": X, "b": {"inner": (np.ones(2), 3.0)}}
TREES = st.recursive(
    hnp.arrays(st.sampled_from(["f8", "f4", "i8", "?"]), hnp.array_shapes(min_dims=0))
    | st.integers(-9, 9)
    | st.floats(allow_nan=False),
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3)
        | st.lists(inner, min_size=1, max_size=3).map(tuple)
        | st.dictionaries(st.text(max_size=5) | st.integers(-3, 3), inner, min_size=1, max_size=3)
    ),
    max_leaves=6,
)


def exercise(reference, **more):
    plain = {"misconceptions": (), "properties": (), "seals": ()}
    plain |= {"visible": list, "hidden": lambda rng: []}
    return replace(EXERCISES["softmax"], name="made_up", reference=reference, **plain, **more)


def twin(function):
    """Return a function of the same code that isn't sealed with it."""
    return FunctionType(function.__code__, function.__globals__, function.__name__)


def failure(reference, wrong, **more):
    with pytest.raises(CheckFailed) as caught:
        judge(exercise(reference, **more), wrong, CASES)
    return caught.value.verdict.headline


def as_dict(x):
    return {"sum": x.sum(axis=-1), "twice": (2 * x, x.max())}


def as_ragged(x):
    return x.sum(axis=0), x.sum(axis=1)


def as_even(x):
    return x, 2 * x


DICT, RAGGED, EVEN = as_dict(X), as_ragged(X), as_even(X)
WRONG = {
    "text": "x",
    "nothing": None,
    "a set": {1, 2},
    "an array": X,
    "empty dict": {},
    "empty tuple": (),
    "wrong keys": {"sun": DICT["sum"], "twice": DICT["twice"]},
    "a key too many": DICT | {"more": X},
    "a key too few": {"sum": DICT["sum"]},
    "text inside": DICT | {"twice": ("x", None)},
    "reordered inside": DICT | {"twice": DICT["twice"][::-1]},
    "wrong number": DICT | {"twice": (2 * X, X.max() + 1)},
    "reordered": RAGGED[::-1],
    "even reordered": EVEN[::-1],
    "one part": RAGGED[:1],
    "a list": list(RAGGED),
    "objects": np.array([None, "x"], dtype=object),
}
TREE_REFERENCES = pytest.mark.parametrize("reference", [as_dict, as_ragged, as_even])


@TREE_REFERENCES
@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_not_the_references_tree_is_wrong(reference, wrong):
    assert failure(reference, lambda x: WRONG[wrong])


@TREE_REFERENCES
def test_same_numbers_in_the_same_tree_are_right(reference, capsys):
    judge(exercise(reference), twin(reference), CASES)
    judge(exercise(as_dict), lambda x: dict(reversed(DICT.items())), CASES)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ("nothing", "it returns None"),
        ("text", "it returns 'x'; return a dict with the keys 'sum', 'twice'."),
        ("wrong keys", "the result lacks 'sum'; its keys are to be 'sum', 'twice'."),
        ("a key too many", "the result has a key too many"),
        ("text inside", "in ['twice'], in [0], it returns 'x'; return a NumPy array."),
        ("wrong number", "in ['twice'], in [1], the result is wrong"),
    ],
)
def test_message_names_the_part(wrong, says):
    assert says in failure(as_dict, lambda x: WRONG[wrong])


@pytest.mark.parametrize("nothing", [None, "x", {}, (), {"w": None}, [object()], np.array(["a"])])
def test_reference_without_numbers_is_an_error_and_nothing_is_right(nothing):
    assert leaves(nothing) is None
    with pytest.raises(ValueError, match="nothing to compare with"):
        right(Outcome(value=nothing), Outcome(value=nothing))
    with pytest.raises(ValueError, match="nothing to compare with"):
        judge(exercise(lambda x: nothing), lambda x: nothing, CASES)


def test_what_is_too_deep_or_too_wide_or_goes_round_has_no_leaves():
    deep = X
    for _ in range(DEEPEST + 1):
        deep = [deep]
    assert leaves(deep[0]) is not None
    assert leaves(deep) is None
    round_about = [X]
    round_about.append(round_about)
    assert leaves(round_about) is None
    wide = 1.0
    for _ in range(DEEPEST):
        wide = [wide] * 100
    assert leaves(wide) is None
    assert Outcome(value=10**400).array is None


def test_copies_share_nothing_all_the_way_down():
    copy = copied(PARAMS)
    for mine, theirs in zip(leaves(copy).values(), leaves(PARAMS).values(), strict=True):
        assert not np.shares_memory(mine, theirs)
    assert right(Outcome(value=copy), Outcome(value=PARAMS), same_dtype=True)


def adds_a_key(params):
    params["new"] = X
    return X


def changes_an_array(params):
    params["b"]["inner"][0][:] = 0
    return X


def replaces_a_part(params):
    params["w"] = params["w"] * 2
    return X


def drops_a_key(params):
    del params["b"]
    return X


@pytest.mark.parametrize("bad", [adds_a_key, changes_an_array, replaces_a_part, drops_a_key])
def test_dict_that_is_changed_in_place_is_overwritten_and_the_case_is_not(bad):
    case, before = Case((PARAMS,)), encode(PARAMS)
    assert call(bad, case).overwrote
    assert call(bad, Case((), {"params": PARAMS})).overwrote
    assert encode(PARAMS) == before
    assert not call(lambda params: params["w"] * 2, case).overwrote
    asked = exercise(lambda params: X)
    with pytest.raises(CheckFailed, match="changes params, which it is given"):
        judge(asked, bad, [case])


def test_dtypes_count_in_every_part_where_the_question_promises_them():
    def in_single(x):
        return as_dict_too(x) | {"sum": x.sum(axis=-1).astype(np.float32)}

    as_dict_too = twin(as_dict)
    judge(exercise(as_dict), in_single, CASES)
    assert "expected float64, got float32" in failure(as_dict, in_single, same_dtype=True)


@given(TREES)
def test_trees_cross_between_processes_as_they_are(tree):
    back = decode(json.loads(json.dumps(encode(tree))))
    assert leaves(back).keys() == leaves(tree).keys()
    for mine, theirs in zip(leaves(back).values(), leaves(tree).values(), strict=True):
        np.testing.assert_array_equal(mine, theirs, strict=True)


@pytest.mark.parametrize(
    "forged",
    [
        {"dict": {"a": 1}},
        {"dict": [["a"]]},
        {"dict": [["a", 1], ["a", 2]]},
        {"dict": [[True, 1]]},
        {"dict": [[None, 1]]},
        {"dict": [["a" * 401, 1]]},
        {"dict": [["a", {"dtype": "O", "shape": [1], "data": ""}]]},
        {"dict": 5},
    ],
)
def test_forged_dict_is_refused(forged):
    with pytest.raises(ValueError, match=r"."):
        decode(forged)


def test_dict_with_other_keys_is_named_by_its_type():
    assert type(decode(encode({None: X}))).__name__ == "dict"


def test_dicts_are_asked_for_and_answered_in_the_kernel():
    def softmax(params):
        return {"w": params["w"] * 2}

    reply = json.loads(answer({"softmax": softmax}, "softmax", request([Case((PARAMS,))])))
    (one,) = outcomes(reply["outcomes"], 1)
    np.testing.assert_array_equal(one.value["w"], 2 * X)


@pytest.mark.parametrize("line", [-1, 0, 10**9])
def test_place_where_code_stopped_is_a_line_or_nothing(line):
    (one,) = outcomes([{"error": "E", "says": "", "stopped_at": [line, "x"]}], 1)
    assert one.stopped_at() is None


FUNCTIONS = [e for e in EXERCISES.values() if not e.by_value]


@pytest.mark.parametrize("asked", FUNCTIONS, ids=lambda e: e.name)
def test_reference_is_closed_to_answers_here_and_in_the_kernel(asked):
    def mine(*args, **options):
        return EXERCISES[asked.name].reference(*args, **options)

    with pytest.raises(CheckFailed, match="attnlib's own version"):
        judge(asked, mine, asked.visible())
    reply = json.loads(answer({asked.name: mine}, asked.name, request(asked.visible())))
    assert {one.get("error") for one in reply["outcomes"]} == {SealedReference.__name__}
    assert call(asked.reference, asked.visible()[0]).error is None


def neighbour(x):
    return x * 2


def of_a_neighbour(x):
    return [neighbour(part) for part in x]


def test_what_a_reference_of_the_catalogue_calls_is_closed_with_it(monkeypatch):
    for function in (neighbour, of_a_neighbour):
        monkeypatch.setattr(function, "__module__", "attnlib.catalogue.made_up")
    assert sealed_by(exercise(of_a_neighbour)) == (of_a_neighbour, neighbour)


def test_function_that_closes_over_a_name_can_be_sealed():
    factor = 3

    def reference(x):
        return factor * x

    assert "attnlib's own version" in failure(reference, lambda x: reference(x))
    with sealed(reference), pytest.raises(SealedReference):
        reference(X)
    np.testing.assert_array_equal(reference(X), 3 * X)


ON_PAPER = [e for e in EXERCISES.values() if e.by_value]


@pytest.mark.parametrize("asked", ON_PAPER, ids=lambda e: e.name)
def test_numbers_of_a_question_are_not_to_be_had_by_calling_its_reference(asked):
    with pytest.raises(SealedReference, match="compared, not shown"):
        asked.reference()
    judge(asked, opened(asked.reference)(), asked.visible())
    assert replace(asked).reference is asked.reference
