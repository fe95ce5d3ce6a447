"""Summaries: the reports, the distribution of what is written or copied, and names never read before."""

import re

import numpy as np
import pytest

from attnlib.autodiff import check_gradient
from attnlib.data import reports
from attnlib.models.greedy import END, PADDING, START
from attnlib.models.pointers import (
    UNKNOWN,
    copy_distribution,
    pointer_generator,
    pointer_loss,
    pointer_params,
    read_as,
    summarise,
    surprise,
)
from attnlib.trained import load
from attnlib.trained import reports as experiments

N_WORDS, N_HEADS, D_MODEL, B, T, T_S = 13, 2, 6, 3, 7, 5
NAMES = ("ann", "ben", "cem")


def draw_params(*, copy=True):
    sizes = {"n_words": N_WORDS, "d_model": D_MODEL, "n_heads": N_HEADS, "n_layers": 2, "d_hidden": 11}
    rng = np.random.default_rng(0)
    params = pointer_params(rng, **sizes, copy=copy)
    return {name: value + 0.3 * rng.standard_normal(value.shape) for name, value in params.items()}


def draw_ids(t):
    ids = np.random.default_rng([3, t]).integers(7, N_WORDS, size=(B, t))
    ids[:, 1:3] = N_WORDS + np.arange(2)  # two unknown words
    ids[0, -2:] = PADDING
    return ids


TEXT, SUMMARY = draw_ids(T), draw_ids(T_S)
SUMMARY[:, 0] = START


def test_same_seed_same_reports():
    first, again, other = (reports.report(np.random.default_rng(seed), NAMES) for seed in (0, 0, 1))
    assert first == again != other
    assert len(set(reports.people(np.random.default_rng(0), 500))) == 500


def test_a_summary_says_in_words_of_the_report_what_is_news():
    rng, seen = np.random.default_rng(0), set()
    for _ in range(300):
        report = reports.report(rng, NAMES)
        assert report.text.count(" .") == 4
        winner = re.search(r"met the men of \w+ at (\w+) and (\w+) won", report.text)
        if winner:
            place, who = winner.groups()
            assert re.fullmatch(rf"{who} beats (?!{who})\w+ at {place}", report.summary)
            assert f"on {place}" not in report.text
        named = [name for name in NAMES if name in report.summary.split()]
        assert len(named) == 2
        aside = next(name for name in NAMES if name not in named)
        assert f"{aside} rode to " in report.text
        place = [len(sentence.split()) > 7 for sentence in report.text.split(" .")].index(True)
        seen.add((report.summary.split()[1], place))
    assert seen == {(verb, place) for verb in ("beats", "makes", "dies") for place in range(4)}


def test_numbers_say_what_the_words_say():
    words = reports.vocabulary(NAMES[:1])
    rng = np.random.default_rng(0)
    drawn = [reports.report(rng, NAMES) for _ in range(50)]
    text, summary, unknown = reports.as_numbers(drawn, words)
    assert words.words[:7] == reports.SPECIAL
    assert [reports.SPECIAL.index(word) for word in (reports.PADDING, reports.START, reports.END)] == [
        PADDING,
        START,
        END,
    ]
    assert words.words[UNKNOWN] == reports.UNKNOWN[0]
    for i, report in enumerate(drawn):
        assert set(unknown[i]) == set(NAMES[1:])
        says = np.array([*words.words, *unknown[i]])
        assert " ".join(says[text[i][text[i] != PADDING]]) == report.text
        assert " ".join(says[summary[i][summary[i] > END]]) == report.summary


def test_a_summary_with_a_word_from_elsewhere_is_refused():
    words = reports.vocabulary(NAMES)
    with pytest.raises(ValueError, match=re.escape("not in it are ['dora']")):
        reports.as_numbers([reports.Report("ann won .", "dora won")], words)


@pytest.mark.parametrize("copy", [True, False])
@pytest.mark.parametrize("n_unknown", [1, 4])
def test_gradient_of_the_loss_agrees_with_finite_differences(copy, n_unknown):
    def loss(params):
        return pointer_loss(params, TEXT, SUMMARY, n_heads=N_HEADS, n_unknown=n_unknown)

    assert check_gradient(loss, draw_params(copy=copy)) < 1e-6


def test_gradient_of_the_surprise_agrees_with_finite_differences():
    p = np.random.default_rng(0).dirichlet(np.ones(N_WORDS), size=(B, T_S))
    keep = SUMMARY != PADDING
    targets = np.minimum(SUMMARY, N_WORDS - 1)
    assert check_gradient(lambda q: surprise(q["p"], targets, keep=keep), {"p": p}) < 1e-6
    expected = -np.log(np.take_along_axis(p, targets[..., None], axis=-1)[..., 0])[keep].mean()
    assert surprise(p, targets, keep=keep) == pytest.approx(expected, rel=1e-12)


def test_what_cannot_be_said_is_a_great_surprise_and_not_an_infinite_one():
    assert surprise(np.array([[0.0, 1.0]]), [0], keep=[True]) == pytest.approx(-np.log(1e-9))


def test_written_and_copied_together_are_a_distribution():
    rng = np.random.default_rng(0)
    written = rng.dirichlet(np.ones(N_WORDS), size=(B, T_S))
    weights = rng.dirichlet(np.ones(T), size=(B, T_S))
    gate = rng.random((B, T_S, 1))
    p = copy_distribution(written, weights, gate, TEXT, N_WORDS + 2)
    np.testing.assert_allclose(p.sum(axis=-1), 1, rtol=1e-12)
    for text, place, word in np.ndindex(B, T_S, N_WORDS + 2):
        expected = (1 - gate[text, place, 0]) * weights[text, place][TEXT[text] == word].sum()
        expected += gate[text, place, 0] * written[text, place, word] if word < N_WORDS else 0
        assert p[text, place, word] == pytest.approx(expected, abs=1e-12)


def test_without_copying_no_unknown_word_can_be_said():
    probabilities, weights, gate = pointer_generator(
        draw_params(copy=False), TEXT, SUMMARY, n_heads=N_HEADS, n_extended=N_WORDS + 3
    )
    np.testing.assert_array_equal(probabilities[..., N_WORDS:], 0)
    np.testing.assert_allclose(probabilities.sum(axis=-1), 1, rtol=1e-6)
    assert (weights == 0).all()
    assert (gate == 1).all()


def test_padding_is_neither_read_nor_copied():
    params = draw_params()
    expected = pointer_generator(params, TEXT, SUMMARY, n_heads=N_HEADS)
    padded = np.pad(TEXT, ((0, 0), (0, 4)))
    got = pointer_generator(params, padded, SUMMARY, n_heads=N_HEADS)
    np.testing.assert_allclose(got.probabilities, expected.probabilities, atol=1e-9)
    assert (got.weights[..., T:] == 0).all()
    assert (got.weights[0, :, T - 2 :] == 0).all()
    np.testing.assert_allclose(got.weights.sum(axis=-1), 1, rtol=1e-12)


def test_changing_what_is_yet_to_be_said_changes_nothing_before():
    params = draw_params()
    before = pointer_generator(params, TEXT, SUMMARY, n_heads=N_HEADS).probabilities
    for place in range(1, T_S):
        changed = SUMMARY.copy()
        changed[:, place] = 7 + (SUMMARY[:, place] + 1) % (N_WORDS - 7)
        after = pointer_generator(params, TEXT, changed, n_heads=N_HEADS, n_extended=N_WORDS + 2)
        np.testing.assert_array_equal(after.probabilities[:, :place], before[:, :place])
        assert np.abs(after.probabilities[:, place:] - before[:, place:]).max() > 0


def test_unknown_words_are_told_apart_or_not():
    params = draw_params()
    swapped = TEXT.copy()
    swapped[:, [1, 2]] = TEXT[:, [2, 1]]
    for n_unknown, same in ((4, False), (1, True)):
        options = {"n_heads": N_HEADS, "n_unknown": n_unknown}
        a, b = (pointer_generator(params, ids, SUMMARY, **options) for ids in (TEXT, swapped))
        assert np.allclose(a.weights, b.weights) is same
    np.testing.assert_array_equal(read_as(np.arange(5), 3), [0, 1, 2, UNKNOWN, UNKNOWN + 1])


def test_float32_stays_float32():
    params = {name: value.astype(np.float32) for name, value in draw_params().items()}
    for array in pointer_generator(params, TEXT, SUMMARY, n_heads=N_HEADS):
        assert array.dtype == np.float32


def test_a_summary_is_the_likeliest_word_each_time_and_ends_once():
    params = draw_params()
    said, written = summarise(params, TEXT, 6, n_heads=N_HEADS)
    assert said.shape == (B, 7)
    assert written.weights.shape == (B, 6, T)
    for i, row in enumerate(said):
        ends = np.flatnonzero(row == END)
        length = ends[0] if ends.size else 6
        np.testing.assert_array_equal(
            written.probabilities[i].argmax(axis=-1)[:length], row[1 : length + 1]
        )
        assert (row[length + 1 :] == PADDING).all() or not ends.size


def test_after_the_end_comes_padding():
    params = draw_params()
    params["decoder.out.b"][END] += 50
    params["gate.b"] += 50
    said, _ = summarise(params, TEXT, 3, n_heads=N_HEADS)
    np.testing.assert_array_equal(said, [[START, END, PADDING, PADDING]] * B)


def test_who_cannot_copy_learns_to_write_unknown():
    params = draw_params(copy=False)
    p = pointer_generator(params, TEXT, SUMMARY[:, :-1], n_heads=N_HEADS, n_extended=N_WORDS + 2)
    targets = np.where(SUMMARY < N_WORDS, SUMMARY, UNKNOWN)[:, 1:]
    expected = surprise(p.probabilities, targets, keep=targets != PADDING)
    assert pointer_loss(params, TEXT, SUMMARY, n_heads=N_HEADS) == pytest.approx(expected, rel=1e-9)


def test_words_beyond_what_there_is_are_refused():
    with pytest.raises(ValueError, match="text must be in the vocabulary: expected 0 to 12"):
        pointer_generator(draw_params(), TEXT, SUMMARY[:, :1], n_heads=N_HEADS, n_extended=N_WORDS)


def test_hidden_names_are_numbered_as_new_ones_are():
    words = experiments.vocabulary()
    drawn = experiments.data()[0][:200]
    text, summary, _ = reports.as_numbers(drawn, words)
    hidden, said = experiments.hide(np.random.default_rng(0), text, summary)
    changed = (hidden != text).any(axis=1)
    assert 0.35 < changed.mean() < 0.65
    known = experiments.people()[0]
    others = reports.vocabulary([]).words
    assert set(words.words) - set(others) == set(known)
    numbered = reports.as_numbers([drawn[i] for i in np.flatnonzero(changed)], reports.vocabulary([]))
    shift = len(words) - len(others)
    for got, expected in ((hidden, numbered.text), (said, numbered.summary)):
        width = expected.shape[1]
        unknown = expected >= len(others)
        np.testing.assert_array_equal(got[changed][:, :width][unknown], expected[unknown] + shift)


def test_held_out_reports_are_new_and_new_names_in_no_training_report():
    training, same, others = experiments.data()
    assert not {report.text for report in training} & {report.text for report in same}
    known, new = experiments.people()
    assert not set(known) & set(new)
    assert not set(" ".join(report.text for report in training).split()) & set(new)
    assert all(set(report.text.split()) & set(new) for report in others)


def test_who_copies_says_names_never_read_and_who_only_writes_never_does():
    copy, alike, write = (load(f"reports-{way}").record for way in ("copy", "alike", "write"))
    assert copy["results"]["new names"] > 0.95 < copy["results"]["known names"]
    assert write["results"]["new names"] == 0
    assert write["results"]["known names"] > 0.8
    most = alike["baselines"]["new names if unknown words are alike"]
    assert alike["results"]["new names"] == pytest.approx(most, abs=0.07)
    assert copy["results"]["new names"] > most + 0.1


def test_a_report_of_any_people_is_summarised_and_what_is_copied_is_where_it_stands():
    text = "nobody slept . cicero was made thane of fife by portia on sunday . brutus rode to scone ."
    words, written = experiments.say(load("reports-copy").params, text)
    assert words == ["portia", "makes", "cicero", "thane", "of", "fife", reports.END]
    places = written.weights.argmax(axis=-1)
    said = text.split()
    for i in (0, 2):
        assert said[places[i]] == words[i]
        assert written.gate[i] < 0.2
    assert written.gate[1] > 0.8
