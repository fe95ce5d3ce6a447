"""Speech: the voice, its spectrogram, the listener and its alignment."""

import re

import numpy as np
import pytest

from attnlib.autodiff import check_gradient
from attnlib.data import voice
from attnlib.data.spectrogram import FLOOR, HOP, WINDOW, frames, mel_filters, spectrogram
from attnlib.models.greedy import END, PADDING, START
from attnlib.models.speech import (
    STRIDE,
    alignment,
    edit_distance,
    listen,
    speech_loss,
    speech_params,
    spell,
    transcribe,
)
from attnlib.trained import load
from attnlib.trained import speech as experiment

N_LETTERS, N_BANDS, D_MODEL, N_HEADS, B, T, T_S = 11, 5, 6, 2, 3, 14, 4


def draw_params():
    sizes = {"n_letters": N_LETTERS, "n_bands": N_BANDS, "d_model": D_MODEL, "n_heads": N_HEADS}
    rng = np.random.default_rng(0)
    params = speech_params(rng, **sizes, n_layers=2, d_hidden=7)
    return {name: value + 0.3 * rng.standard_normal(value.shape) for name, value in params.items()}


RNG = np.random.default_rng(1)
SOUND = RNG.standard_normal((B, T, N_BANDS))
PRESENT = np.arange(T // STRIDE) < np.array([[T // STRIDE], [5], [3]])
LETTERS = RNG.integers(3, N_LETTERS, size=(B, T_S + 1))
LETTERS[:, 0], LETTERS[0, -1] = START, PADDING


def test_same_seed_same_sound():
    first, again, other = (voice.speak(np.random.default_rng(seed), "salmon") for seed in (0, 0, 1))
    np.testing.assert_array_equal(first.wave, again.wave)
    np.testing.assert_array_equal(first.spans, again.spans)
    assert len(first.wave) != len(other.wave)


def test_a_wave_can_be_played_and_its_letters_follow_each_other():
    rng = np.random.default_rng(0)
    for _ in range(20):
        said = voice.speak(rng, voice.word(rng))
        assert said.wave.dtype == np.float32
        assert np.abs(said.wave).max() == pytest.approx(1, abs=1e-6)
        assert said.spans.shape == (len(said.text), 2)
        np.testing.assert_array_equal(said.spans[1:, 0], said.spans[:-1, 1])
        assert (np.diff(said.spans) > 0.04 * voice.SAMPLING_RATE).all()
        assert 0 < said.spans[0, 0] < said.spans[-1, 1] < len(said.wave)
        before = said.wave[: said.spans[0, 0] // 2]
        loud = said.wave[slice(*said.spans[0])]
        assert before.std() < 0.8 * loud.std()


def test_words_can_be_said():
    rng = np.random.default_rng(0)
    words = [voice.word(rng) for _ in range(500)]
    assert {len(word) for word in words} == {3, 4, 5, 6}
    assert set("".join(words)) == set(voice.FORMANTS)
    for word in words:
        assert not re.search(r"(.)\1", word)
        assert not re.search(r"[mnlrs]{3}", word)


@pytest.mark.parametrize("vowel", voice.VOWELS)
def test_a_vowel_is_loud_about_its_formants(vowel):
    pitches, power = np.fft.rfftfreq(512, 1 / voice.SAMPLING_RATE), 0
    for seed in range(30):
        said = voice.speak(np.random.default_rng(seed), vowel)
        middle = int(said.spans.mean())
        power = power + np.abs(np.fft.rfft(said.wave[middle - 256 : middle + 256] * np.hanning(512))) ** 2
    about = sum((pitches > 0.8 * f) & (pitches < 1.25 * f) for f in voice.FORMANTS[vowel]) > 0
    assert power[about].sum() > 0.5 * power.sum()
    assert about.mean() < 0.35


def test_an_s_hisses_and_does_not_hum():
    said = voice.speak(np.random.default_rng(0), "s")
    spectrum = np.abs(np.fft.rfft(said.wave[slice(*said.spans[0])])) ** 2
    low, high = np.array_split(spectrum, 2)
    assert high.sum() > 3 * low.sum()


@pytest.mark.parametrize("text", ["castle", "sun!", ""])
def test_what_the_voice_cannot_say_is_refused(text):
    with pytest.raises(ValueError, match="text must be letters of aeioumnlrs, at least one: got"):
        voice.speak(np.random.default_rng(0), text)


def test_frames_are_pieces_of_the_sound_that_fade():
    wave = np.random.default_rng(0).standard_normal(1000)
    pieces = frames(wave)
    assert pieces.shape == (1 + (1000 - WINDOW) // HOP, WINDOW)
    np.testing.assert_allclose(pieces[2], wave[2 * HOP : 2 * HOP + WINDOW] * np.hanning(WINDOW), rtol=1e-14)
    assert frames(wave[:5]).shape == (1, WINDOW)


def test_a_tone_is_in_the_band_of_its_pitch_and_louder_is_higher():
    time = np.arange(2000) / 8000
    centres = mel_filters(32, 129, 8000).argmax(axis=0) * 4000 / 128
    for pitch in (300, 900, 2500):
        wave = np.sin(2 * np.pi * pitch * time) * np.where(time < 0.125, 1, 0.1)
        picture = spectrogram(wave)
        band = picture[0].argmax()
        assert abs(centres[band] - pitch) < 0.1 * pitch + 30
        assert picture[0, band] > picture[-1, band]
    assert picture.mean() == pytest.approx(0, abs=1e-5)
    assert picture.std() == pytest.approx(1, rel=1e-5)
    assert picture.dtype == np.float32
    np.testing.assert_array_equal(spectrogram(np.zeros(500)), 0)


def test_bands_overlap_and_share_a_pitch():
    bands = mel_filters(7, 1025, 8000)
    inside = slice(bands[:, 0].argmax(), bands[:, -1].argmax())
    np.testing.assert_allclose(bands[inside].sum(axis=1), 1, atol=1e-12)
    assert (np.diff(bands.argmax(axis=0)) > 0).all()


def test_a_spectrogram_is_its_formula():
    wave = np.random.default_rng(0).standard_normal(WINDOW + HOP)
    n = np.arange(WINDOW)
    waves = np.exp(-2j * np.pi * np.outer(np.arange(WINDOW // 2 + 1), n) / WINDOW)
    power = [np.abs(waves @ (wave[start : start + WINDOW] * np.hanning(WINDOW))) ** 2 for start in (0, HOP)]
    expected = np.log(FLOOR + np.array(power) @ mel_filters(7, WINDOW // 2 + 1, 8000))
    expected = (expected - expected.mean()) / expected.std()
    np.testing.assert_allclose(spectrogram(wave, n_bands=7), expected, atol=1e-5)


def test_padding_is_not_learnt():
    params, options = draw_params(), {"n_heads": N_HEADS}
    expected = speech_loss(params, SOUND, PRESENT, LETTERS, **options)
    longer = np.pad(LETTERS, ((0, 0), (0, 2)))
    assert speech_loss(params, SOUND, PRESENT, longer, **options) == pytest.approx(expected, rel=1e-12)


def test_gradient_of_the_loss_agrees_with_finite_differences():
    def loss(params):
        return speech_loss(params, SOUND, PRESENT, LETTERS, n_heads=N_HEADS)

    assert check_gradient(loss, draw_params()) < 1e-6


def test_what_comes_after_the_sound_is_not_heard():
    params = draw_params()
    changed = SOUND.copy()
    changed[1, 10:] += 5
    changed[2, 6:] -= 5
    for sound, present in (
        (changed, PRESENT),
        (np.pad(SOUND, ((0, 0), (0, 4), (0, 0))), np.pad(PRESENT, ((0, 0), (0, 2)))),
    ):
        memory, other = (
            listen(params, *pair, n_heads=N_HEADS) for pair in ((SOUND, PRESENT), (sound, present))
        )
        np.testing.assert_allclose(other[:, : T // STRIDE][PRESENT], memory[PRESENT], atol=1e-12)
        logits, others = (
            spell(params, LETTERS, heard, there, n_heads=N_HEADS)
            for heard, there in ((memory, PRESENT), (other, present))
        )
        np.testing.assert_allclose(others, logits, atol=1e-12)
    assert np.abs(listen(params, changed[:, :4], PRESENT[:, :2], n_heads=N_HEADS) - memory[:, :2]).max() > 0


def test_a_letter_is_spelt_without_those_after_it():
    params = draw_params()
    memory = listen(params, SOUND, PRESENT, n_heads=N_HEADS)
    before = spell(params, LETTERS, memory, PRESENT, n_heads=N_HEADS)
    changed = LETTERS.copy()
    changed[:, 2] = 3 + (LETTERS[:, 2] + 1) % (N_LETTERS - 3)
    after = spell(params, changed, memory, PRESENT, n_heads=N_HEADS)
    np.testing.assert_array_equal(after[:, :2], before[:, :2])
    assert np.abs(after[:, 2:] - before[:, 2:]).max() > 0


def test_an_alignment_has_a_row_for_each_letter_and_none_on_silence():
    weights = alignment(draw_params(), SOUND, PRESENT, LETTERS, n_heads=N_HEADS)
    assert weights.shape == (B, N_HEADS, T_S, T // STRIDE)
    np.testing.assert_allclose(weights.sum(axis=-1), 1, rtol=1e-12)
    assert (weights[2, ..., 3:] == 0).all()


def test_words_are_spelt_by_the_likeliest_letter_until_the_end():
    params = draw_params()
    letters = transcribe(params, SOUND, PRESENT, 5, n_heads=N_HEADS)
    memory = listen(params, SOUND, PRESENT, n_heads=N_HEADS)
    logits = spell(params, letters[:, :-1], memory, PRESENT, n_heads=N_HEADS)
    for row, likeliest in zip(letters, logits.argmax(axis=-1), strict=True):
        length = row.tolist().index(END) if END in row else 5
        np.testing.assert_array_equal(row[1 : length + 1], likeliest[:length])
    params["decoder.out.b"][END] += 50
    ended = transcribe(params, SOUND, PRESENT, 3, n_heads=N_HEADS)
    np.testing.assert_array_equal(ended, [[START, END, PADDING, PADDING]] * B)


def test_float32_stays_float32():
    params = {name: value.astype(np.float32) for name, value in draw_params().items()}
    memory = listen(params, SOUND, PRESENT, n_heads=N_HEADS)
    assert memory.dtype == spell(params, LETTERS, memory, PRESENT, n_heads=N_HEADS).dtype == np.float32


def test_sounds_that_do_not_fit_are_refused():
    with pytest.raises(
        ValueError, match=re.escape("sound must have frames in 2s: expected (n, 2 t, n_bands)")
    ):
        listen(draw_params(), SOUND[:, :13], PRESENT, n_heads=N_HEADS)
    with pytest.raises(ValueError, match="present must have a truth value for every 2 frames"):
        listen(draw_params(), SOUND, PRESENT[:, 1:], n_heads=N_HEADS)


def test_edits_are_counted_alike_in_both_directions():
    cases = {
        ("sun", "sun"): 0,
        ("sun", "sin"): 1,
        ("sun", "suns"): 1,
        ("salmon", "almn"): 2,
        ("", "abc"): 3,
    }
    for (one, other), edits in cases.items():
        assert edit_distance(one, other) == edit_distance(other, one) == edits


def test_the_numbers_of_special_letters_are_those_of_the_vocabulary():
    words = voice.vocabulary().words
    assert [words[i] for i in (PADDING, START, END)] == [voice.PADDING, voice.START, voice.END]
    _, present, letters = experiment.as_arrays([np.zeros((5, 32))], ["sun"])
    assert voice.vocabulary().decode(letters[0, 1:4]) == "sun"
    assert (letters[0, 0], letters[0, 4], letters[0, 5:].max()) == (START, END, PADDING)
    assert present[0].sum() == 3


def test_held_out_words_are_new_and_fit():
    training, held_out = experiment.words()
    assert len(held_out) == experiment.N_HELD_OUT
    assert not set(training) & set(held_out)
    longest = max(len(spectrogram(said.wave)) for said in experiment.held_out())
    assert longest <= experiment.N_FRAMES
    slowest = 6 * voice.PACES[1] * voice.UNEVEN[1] + 0.16
    assert 1 + (slowest * voice.SAMPLING_RATE - WINDOW) // HOP <= experiment.N_FRAMES


def test_the_listener_spells_better_than_frames_do_and_looks_where_the_letter_is():
    record = load("speech").record
    results, baselines = record["results"], record["baselines"]
    assert results["letters wrong"] < 0.03
    assert results["words right"] > 0.9
    assert baselines["letters wrong by runs of frames"] > 2 * results["letters wrong"]
    assert baselines["letters wrong frame by frame"] > 0.3
    assert results["weight"] > 0.7


def test_the_alignment_goes_forward_through_the_sound():
    params = load("speech").params
    said = voice.speak(np.random.default_rng(3), "salmon")
    arrays = experiment.as_arrays([spectrogram(said.wave)], [said.text])
    assert experiment.spelt(params, *arrays[:2]) == ["salmon"]
    weights = alignment(params, *arrays, n_heads=experiment.N_HEADS)[0].mean(axis=0)  # (T_s, T)
    centres = weights[:6] @ np.arange(weights.shape[1])
    assert (np.diff(centres) > 0).all()
