import numpy as np
import pytest

from attnlib import attention_weights, causal_mask, padding_mask, window_mask


def test_causal_mask_is_lower_triangular():
    np.testing.assert_array_equal(causal_mask(5), np.tril(np.ones((5, 5), bool)))


@pytest.mark.parametrize(("t_q", "t_k"), [(3, 7), (7, 3), (1, 5), (5, 1), (0, 3), (3, 0)])
def test_last_query_sees_every_key_and_each_query_one_more_than_the_one_before(t_q, t_k):
    mask = causal_mask(t_q, t_k)
    assert mask.dtype == bool
    seen = mask.sum(axis=-1)
    np.testing.assert_array_equal(seen, np.clip(np.arange(t_q) + 1 + t_k - t_q, 0, t_k))
    for row, n in zip(mask, seen, strict=True):
        assert row[:n].all()
        assert not row[n:].any()


def test_with_a_cache_the_new_rows_are_the_last_rows_of_the_whole_mask():
    np.testing.assert_array_equal(causal_mask(2, 7), causal_mask(7)[-2:])


@pytest.mark.parametrize(("t_q", "t_k"), [(5, 5), (3, 7), (7, 3), (1, 5), (0, 3), (3, 0)])
@pytest.mark.parametrize(("before", "after"), [(0, 0), (2, 0), (1, 3), (None, 2), (2, None), (11, 11)])
def test_window_mask_is_its_formula(t_q, t_k, before, after):
    mask = window_mask(t_q, t_k, before=before, after=after)
    assert mask.shape == (t_q, t_k)
    assert mask.dtype == bool
    for i, j in np.ndindex(t_q, t_k):
        ahead = j - (i + t_k - t_q)
        assert mask[i, j] == ((before is None or ahead >= -before) and (after is None or ahead <= after))


def test_a_window_without_a_beginning_is_the_causal_mask():
    np.testing.assert_array_equal(window_mask(3, 7, before=None), causal_mask(3, 7))


def test_padding_mask_shows_each_sequence_its_own_tokens():
    mask = padding_mask([3, 0, 2], 3)
    assert mask.shape == (3, 1, 3)
    np.testing.assert_array_equal(mask[:, 0], [[1, 1, 1], [0, 0, 0], [1, 1, 0]])


def test_padding_mask_of_one_length_and_of_a_batch_of_batches():
    assert padding_mask(2, 5).shape == (1, 5)
    assert padding_mask(np.ones((2, 3), int), 5).shape == (2, 3, 1, 5)
    assert padding_mask([], 5).shape == (0, 1, 5)


def test_masks_combine_with_and():
    rng = np.random.default_rng(0)
    q, k = rng.standard_normal((2, 3, 5, 7))
    weights = attention_weights(q, k, mask=padding_mask([5, 2, 0], 5) & causal_mask(5))
    assert (weights[1, :, 2:] == 0).all()
    assert (weights[1, 4, :2] > 0).all()
    assert (weights[2] == 0).all()
    assert (np.triu(weights[0], 1) == 0).all()
