"""Other weights: the same numbers elsewhere, the same context, the same verdict; and who minds."""

import re

import numpy as np
import pytest

from attnlib.autodiff import check_gradient
from attnlib.data.notices import BLAME, LENGTH, PRAISE, WORDS, judges, notice_batch
from attnlib.models.other_weights import distance, divergence, permuted, same_context, sought
from attnlib.models.pooled import judged, pooled, pooled_params, states, verdict_loss
from attnlib.probability import softmax
from attnlib.trained import load, notices

T, D_V = 11, 5


@pytest.fixture
def weights():
    return np.random.default_rng(17).dirichlet(np.ones(T), size=3)


def test_permuted_rows_hold_the_same_numbers(weights):
    other = permuted(np.random.default_rng(0), weights)
    np.testing.assert_array_equal(np.sort(other, axis=-1), np.sort(weights, axis=-1))
    orders = other.argsort(axis=-1)[:, None] == weights.argsort(axis=-1)[:, None]
    assert not orders.all(axis=-1).any()
    assert (np.argsort(weights[0])[np.argsort(np.argsort(other[0]))] != np.arange(T)).any()


def test_the_same_context_with_less_on_one_key(weights):
    values = np.random.default_rng(19).normal(size=(T, D_V))
    for key, row in zip(weights.argmax(axis=-1), weights, strict=True):
        other = same_context(row, values, key)
        assert other.min() >= 0
        assert other.sum() == pytest.approx(1)
        np.testing.assert_allclose(other @ values, row @ values, atol=1e-9)
        assert other[key] < row[key] - 0.05


def test_of_values_that_are_alike_one_can_do_the_other_s_work():
    values = np.array([[7.0, 3.0], [2.0, 5.0], [2.0, 5.0]])
    np.testing.assert_allclose(same_context([0.25, 0.5, 0.25], values, 1), [0.25, 0, 0.75], atol=1e-12)
    np.testing.assert_allclose(same_context([0.25, 0.5, 0.25], values, 0), [0.25, 0.5, 0.25])


def test_with_fewer_keys_than_conditions_there_is_one_set_of_weights(weights):
    values = np.random.default_rng(23).normal(size=(T, T - 1))
    np.testing.assert_allclose(same_context(weights[0], values, 3), weights[0])


def test_a_corner_can_only_be_reached_by_itself():
    values = np.random.default_rng(29).normal(size=(40, 2))
    corner = int(values[:, 0].argmax())
    sharp = np.eye(40)[corner]
    np.testing.assert_allclose(same_context(sharp, values, corner), sharp)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (
            ([0.5, 0.5], [[1.0]], 0),
            "values must have a row for each of the weights: expected (2, 1), got (1, 1)",
        ),
        (([0.5, 0.5], [[1.0], [2.0]], 2), "key must be one of 2, got 2"),
        (([0.5, 0.5], [[1.0], [2.0]], -1), "key must be at least 0"),
    ],
)
def test_contexts_that_do_not_fit(arguments, says):
    with pytest.raises(ValueError, match=re.escape(says)):
        same_context(*arguments)


def test_divergence_by_hand():
    p, q = np.array([0.5, 0.5, 0.0]), np.array([0.0, 0.5, 0.5])
    np.testing.assert_allclose(divergence(p, q), np.log(2) / 2)
    np.testing.assert_allclose(divergence(p, p), 0, atol=1e-11)
    np.testing.assert_allclose(divergence(p, q), divergence(q, p))


def test_the_gradient_of_the_divergence(weights):
    assert (
        check_gradient(lambda params: divergence(params["p"], weights).sum(), {"p": weights[::-1]}) < 1e-6
    )
    assert (
        check_gradient(lambda params: divergence(weights, params["q"]).sum(), {"q": weights[::-1]}) < 1e-6
    )


def test_distance_by_hand():
    np.testing.assert_array_equal(distance([[1, 0], [0.75, 0.25]], [[0, 1], [0.5, 0.5]]), [1, 0.25])


def test_a_search_finds_weights_elsewhere_where_values_are_alike():
    values = np.random.default_rng(31).normal(size=(4, 3))
    values = np.concatenate([values, values])
    own = np.full((1, 8), 1e-3)
    own[0, :4] = [0.6, 0.2, 0.1, 0.1 - 4e-3]
    found = sought(lambda weights: weights @ values, own, rng=np.random.default_rng(0))
    assert divergence(found, own)[0] > 0.2 * np.log(2)
    np.testing.assert_allclose(found @ values, own @ values, atol=0.1)
    np.testing.assert_allclose(found.sum(axis=-1), 1)


def test_notices_are_decided_by_one_word():
    ids, praises = notice_batch(np.random.default_rng(37), 300)
    n_praise, n_judging = (ids < len(PRAISE)).sum(axis=1), judges(ids).sum(axis=1)
    np.testing.assert_array_equal(2 * n_praise - n_judging, 2 * praises - 1)
    assert set(n_judging.tolist()) == {1, 3, 5}
    assert len(PRAISE) == len(BLAME)
    assert ids.shape == (300, LENGTH)
    assert ids.max() == len(WORDS) - 1
    assert 0.4 < praises.mean() < 0.6


@pytest.mark.parametrize("reads", [False, True])
def test_gradients_of_the_judge(reads):
    sizes = {"n_words": 13, "n_classes": 3, "d_model": 5, "d_hidden": 7}
    params = pooled_params(np.random.default_rng(41), **sizes, reads=reads)
    ids = np.random.default_rng(43).integers(13, size=(2, 11))
    assert check_gradient(verdict_loss, params, ids, [2, 0]) < 1e-6
    given = np.random.default_rng(47).dirichlet(np.ones(11), size=2)
    assert check_gradient(lambda p: (pooled(p, ids, weights=given) * 0.5).sum(), params) < 1e-6


def test_weights_that_are_given_are_taken():
    sizes = {"n_words": 13, "n_classes": 3, "d_model": 5, "d_hidden": 7}
    params = pooled_params(np.random.default_rng(41), **sizes, reads=False)
    ids = np.array([[3, 11, 2]])
    first = pooled(params, ids, weights=np.array([[1.0, 0, 0]]))
    np.testing.assert_allclose(first[0], params["tokens"][3] @ params["out.w"] + params["out.b"], rtol=1e-6)
    own = notices.weights_of(params, ids)
    np.testing.assert_allclose(pooled(params, ids, weights=own), pooled(params, ids), rtol=1e-5)


def test_what_two_lstms_read_depends_on_all_words_and_what_none_reads_on_one():
    for reads in (False, True):
        sizes = {"n_words": 13, "n_classes": 2, "d_model": 5, "d_hidden": 7}
        params = pooled_params(np.random.default_rng(53), **sizes, reads=reads)
        ids = np.array([[1, 2, 3, 4, 5]])
        changed = np.abs(states(params, [[1, 2, 7, 4, 5]]) - states(params, ids)).max(axis=-1)[0] > 0
        assert changed.tolist() == ([True] * 5 if reads else [False, False, True, False, False])


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda p: pooled(p, [1, 2]), "expected (n, T), got (2,)"),
        (lambda p: pooled(p, np.zeros((2, 0), int)), "ids must be texts of at least one word"),
        (
            lambda p: pooled(p, [[1, 2]], weights=np.ones((1, 3))),
            "weights must have a weight for each word",
        ),
        (
            lambda p: pooled_params(
                np.random.default_rng(0), n_words=0, n_classes=2, d_model=3, d_hidden=2, reads=True
            ),
            "n_words must be at least 1",
        ),
    ],
)
def test_what_cannot_be_judged(call, says):
    params = pooled_params(
        np.random.default_rng(0), n_words=5, n_classes=2, d_model=3, d_hidden=2, reads=True
    )
    with pytest.raises(ValueError, match=re.escape(says)):
        call(params)


def test_only_the_judge_of_plain_words_minds_other_weights():
    ids, praises = notices.data()
    right = {}
    for name in notices.READS:
        params = load(f"notices-{name}").params
        own, read = notices.weights_of(params, ids), states(params, ids)
        rng = np.random.default_rng(0)
        equal = np.full_like(own, 1 / LENGTH)
        right[name] = [
            float((judged(params, read, weights=w).argmax(axis=1) == praises).mean())
            for w in (own, permuted(rng, own), equal)
        ]
    assert right["words"][0] > 0.98
    assert max(right["words"][1:]) < 0.75
    assert min(right["read"]) > 0.98


def test_the_judge_that_reads_first_says_the_same_with_very_different_weights():
    ids, _ = notices.data()
    params = load("notices-read").params
    own, read = notices.weights_of(params, ids), states(params, ids)

    def logits_of(weights):
        return judged(params, read, weights=weights)

    found = sought(logits_of, own, rng=np.random.default_rng(1))
    apart = divergence(found, own) / np.log(2)
    moved = distance(softmax(logits_of(found)), softmax(logits_of(own)))
    assert (moved < 0.05).mean() > 0.95
    assert np.median(apart) > 0.4
