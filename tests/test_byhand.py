import math
from fractions import Fraction

import numpy as np
import pytest

from attnlib import attention, byhand, softmax
from attnlib.byhand import MACBETH, MISTAKES, Table, WorkedExample, example, mistakes, steps

NAMES = ["x", "w_q", "w_k", "w_v", "q", "k", "v", "scores", "scaled_scores", "powers", "totals"]
NAMES += ["weights", "context"]
EXAMPLES = {"Macbeth": MACBETH, **{f"seed {seed}": example(seed) for seed in range(5)}}


@pytest.fixture(params=EXAMPLES.values(), ids=EXAMPLES)
def worked(request):
    return request.param


def largest_difference(a, b):
    return np.abs(a.astype(float) - b.astype(float)).max()


def test_macbeth_worked_by_hand():
    named = steps()
    assert list(named) == NAMES
    np.testing.assert_array_equal(named["q"], [[0, 2, 0], [1, 1, 1], [0, 1, 0], [1, 0, 1]])
    np.testing.assert_array_equal(named["k"], [[1, 0, 3], [1, 1, 1], [0, 1, 2], [0, 2, 1]])
    np.testing.assert_array_equal(named["v"], [[2, 0, 3], [0, 3, 0], [2, 3, 3], [0, 6, 3]])
    np.testing.assert_array_equal(named["scores"], [[0, 2, 2, 4], [4, 3, 3, 3], [0, 1, 1, 2], [4, 2, 2, 1]])
    np.testing.assert_array_equal(
        named["scaled_scores"], [[0, 1, 1, 2], [2, 1, 1, 1], [0, 0, 0, 1], [2, 1, 1, 0]]
    )
    np.testing.assert_array_equal(named["powers"], [[1, 3, 3, 9], [9, 3, 3, 3], [1, 1, 1, 3], [9, 3, 3, 1]])
    np.testing.assert_array_equal(named["totals"], [[16], [18], [6], [16]])
    f = Fraction
    expected_weights = [
        [f(1, 16), f(3, 16), f(3, 16), f(9, 16)],
        [f(1, 2), f(1, 6), f(1, 6), f(1, 6)],
        [f(1, 6), f(1, 6), f(1, 6), f(1, 2)],
        [f(9, 16), f(3, 16), f(3, 16), f(1, 16)],
    ]
    np.testing.assert_array_equal(named["weights"], expected_weights)
    expected_context = [
        [f(1, 2), f(9, 2), f(39, 16)],
        [f(4, 3), f(2), f(5, 2)],
        [f(2, 3), f(4), f(5, 2)],
        [f(3, 2), f(3, 2), f(39, 16)],
    ]
    np.testing.assert_array_equal(named["context"], expected_context)


def test_macbeth_tells_the_story():
    favourite = dict(zip(MACBETH.tokens, steps()["weights"].argmax(axis=-1), strict=True))
    assert {name: MACBETH.tokens[i] for name, i in favourite.items()} == {
        "Macbeth": "the Witches",
        "Lady Macbeth": "Macbeth",
        "Banquo": "the Witches",
        "the Witches": "Macbeth",
    }


def test_every_value_is_a_small_integer_or_a_small_fraction(worked):
    named = steps(worked)
    for name, limit in {
        "q": 3,
        "k": 3,
        "v": 6,
        "scores": 9,
        "scaled_scores": 4,
        "powers": 81,
        "totals": 40,
    }.items():
        assert all(isinstance(n, int) for n in named[name].ravel().tolist()), name
        assert 0 <= named[name].min() <= named[name].max() <= limit, name
    assert max(weight.denominator for weight in named["weights"].flat) <= 40
    assert all(isinstance(n, Fraction) for name in ("weights", "context") for n in named[name].flat)
    assert (named["weights"].sum(axis=-1) == 1).all()


def test_every_token_has_one_favourite(worked):
    weights = np.sort(steps(worked)["weights"], axis=-1)
    assert (weights[:, -1] > weights[:, -2]).all()


def test_hand_mode_is_softmax_with_base_3_of_the_halved_scores(worked):
    named = steps(worked)
    np.testing.assert_allclose(
        named["weights"].astype(float), softmax(named["scores"] // 2, base=3), rtol=1e-15
    )
    np.testing.assert_allclose(
        named["context"].astype(float), softmax(named["scores"] // 2, base=3) @ named["v"]
    )


def test_standard_mode_is_attention(worked):
    named = steps(worked, mode="standard")
    assert list(named) == NAMES
    context, weights = attention(named["q"], named["k"], named["v"], return_weights=True)
    np.testing.assert_allclose(named["weights"], weights, rtol=1e-14)
    np.testing.assert_allclose(named["context"], context, rtol=1e-14)


def test_column_convention_is_the_transpose_and_obeys_its_own_formulas(worked):
    row, column = steps(worked), steps(worked, convention="column")
    for name in NAMES:
        np.testing.assert_array_equal(column[name], row[name].T)
    x, q, k, v = (column[name] for name in ("x", "q", "k", "v"))
    np.testing.assert_array_equal(q, column["w_q"] @ x)
    np.testing.assert_array_equal(column["scores"], k.T @ q)
    np.testing.assert_array_equal(column["totals"], column["powers"].sum(axis=0, keepdims=True))
    assert (column["weights"].sum(axis=0) == 1).all()
    np.testing.assert_array_equal(column["context"], v @ column["weights"])


def test_ten_mistakes_each_change_the_answer_visibly_and_differ_from_each_other(worked):
    right, wrong = steps(worked)["context"], mistakes(worked)
    assert list(wrong) == list(MISTAKES)
    assert len(wrong) == 10
    # in Macbeth's example the closest two are further apart than the promise of `example`
    from_right, from_another = (0.9, 0.65) if worked is MACBETH else (0.5, 0.25)
    for name, answer in wrong.items():
        assert answer.shape == right.shape
        assert largest_difference(answer, right) >= from_right - 1e-9, name
        for other, another in wrong.items():
            assert other == name or largest_difference(answer, another) >= from_another - 1e-9, (
                name,
                other,
            )


def test_ten_mistakes_show_in_standard_mode_too():
    right = steps(mode="standard")["context"]
    for name, answer in mistakes(mode="standard").items():
        assert largest_difference(answer, right) >= 0.5, name


def test_mistakes_do_what_their_names_say():
    named, wrong = steps(mode="standard"), mistakes(mode="standard")
    q, k, v, scores = named["q"], named["k"], named["v"], named["scores"]
    np.testing.assert_allclose(wrong["no_scale"], softmax(scores) @ v)
    np.testing.assert_allclose(wrong["divide_by_d_k"], softmax(scores / 3) @ v)
    np.testing.assert_allclose(wrong["multiply_by_root"], softmax(scores * math.sqrt(3)) @ v)
    np.testing.assert_allclose(wrong["softmax_over_queries"], softmax(scores / math.sqrt(3), axis=0) @ v)
    np.testing.assert_allclose(wrong["uniform_weights"], np.tile(v.mean(axis=0), (4, 1)))
    np.testing.assert_array_equal(wrong["hard_maximum"], v[scores.argmax(axis=-1)])
    np.testing.assert_allclose(wrong["keys_times_queries"], attention(k, q, v))
    np.testing.assert_allclose(wrong["weights_on_keys"], attention(q, k, k))
    lengths = np.linalg.norm(q, axis=-1)[:, None] * np.linalg.norm(k, axis=-1)
    np.testing.assert_allclose(wrong["cosine_scores"], softmax(scores / lengths) @ v)
    np.testing.assert_allclose(wrong["sum_normalised"], scores / scores.sum(axis=-1, keepdims=True) @ v)


def test_a_mistake_by_hand_is_exact():
    wrong = mistakes()
    assert wrong["no_scale"][3, 0] == Fraction(30, 17)  # powers 81, 9, 9, 3 of 102; values 2, 0, 2, 0
    assert wrong["uniform_weights"][0, 2] == Fraction(9, 4)
    assert {name for name, answer in wrong.items() if answer.dtype.kind == "f"} == {"cosine_scores"}


def test_negative_scores_give_exact_fractions():
    worked = WorkedExample(("a", "b"), ("f",), x=[[1], [-1]], w_q=[[2]], w_k=[[1]], w_v=[[1]])
    weights = steps(worked)["weights"]  # scaled scores 1 and -1: powers 3 and 1/3
    np.testing.assert_array_equal(
        weights, [[Fraction(9, 10), Fraction(1, 10)], [Fraction(1, 10), Fraction(9, 10)]]
    )


def test_the_same_seed_gives_the_same_example_and_another_another():
    a, b, c = example(0), example(0), example(1)
    for name in ("x", "w_q", "w_k", "w_v"):
        np.testing.assert_array_equal(getattr(a, name), getattr(b, name))
    assert any(not np.array_equal(getattr(a, name), getattr(c, name)) for name in ("w_q", "w_k", "w_v"))
    assert a.tokens == MACBETH.tokens


def test_examples_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        MACBETH.x[0, 0] = 7
    x = np.ones((1, 1), int)
    worked = WorkedExample(["a"], ["f"], x, x, x, x)
    x[0, 0] = 7
    assert worked.x[0, 0] == 1


def test_bad_examples_are_refused():
    one = [[1]]
    with pytest.raises(TypeError, match="w_q must hold integers, got dtype float64"):
        WorkedExample(("a",), ("f",), one, [[0.5]], one, one)
    with pytest.raises(ValueError, match=r"x must have .* expected \(2, 1\), got \(1, 1\)"):
        WorkedExample(("a", "b"), ("f",), one, one, one, one)
    with pytest.raises(ValueError, match="mode must be one of hand, standard, got 'exact'"):
        steps(mode="exact")
    with pytest.raises(ValueError, match="convention must be one of row, column"):
        steps(convention="rows")
    with pytest.raises(ValueError, match="mode must be"):
        mistakes(mode="exact")


def test_module_names_its_mistakes():
    assert all(sentence and not sentence.endswith(".") for sentence in byhand.MISTAKES.values())


def test_table_is_aligned_text_and_escaped_html():
    table = Table([[Fraction(1, 16), 2]], ["a<b"], ["long name", "c"])
    assert repr(table) == "     long name  c\na<b       1/16  2"
    assert "a&lt;b" in table._repr_html_()
    assert table._repr_html_().count("<td>") == 2


def test_table_needs_a_label_for_each_row_and_column():
    with pytest.raises(ValueError, match=r"expected \(1, 2\), got \(1, 1\)"):
        Table([[1]], ["a"], ["b", "c"])
