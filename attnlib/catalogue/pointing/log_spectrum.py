"""The picture of a sound: the logarithm of the power of each pitch in each frame."""

import numpy as np

from attnlib.catalogue.pointing import PAGE
from attnlib.data import spectrogram
from attnlib.exercise import Case, Exercise, Misconception


def _log_spectrum(wave, window, hop):
    frames = np.lib.stride_tricks.sliding_window_view(wave, window)[::hop] * np.hanning(window)
    return np.log(1e-3 + np.abs(np.fft.rfft(frames, axis=-1)) ** 2)


def no_window(wave, window, hop):
    starts = range(0, len(wave) - window + 1, hop)
    frames = np.array([wave[start : start + window] for start in starts])
    return np.log(1e-3 + np.abs(np.fft.rfft(frames)) ** 2)


def window_on_the_whole_wave(wave, window, hop):
    wave = wave * np.hanning(len(wave))
    starts = range(0, len(wave) - window + 1, hop)
    frames = np.array([wave[start : start + window] for start in starts])
    return np.log(1e-3 + np.abs(np.fft.rfft(frames)) ** 2)


def window_on_the_spectrum(wave, window, hop):
    starts = range(0, len(wave) - window + 1, hop)
    frames = np.array([wave[start : start + window] for start in starts])
    spectrum = np.fft.rfft(frames) * np.hanning(window // 2 + 1)
    return np.log(1e-3 + np.abs(spectrum) ** 2)


def another_window(wave, window, hop):
    starts = range(0, len(wave) - window + 1, hop)
    frames = np.array([wave[start : start + window] * np.hamming(window) for start in starts])
    return np.log(1e-3 + np.abs(np.fft.rfft(frames)) ** 2)


def magnitude_for_power(wave, window, hop):
    starts = range(0, len(wave) - window + 1, hop)
    frames = np.array([wave[start : start + window] * np.hanning(window) for start in starts])
    return np.log(1e-3 + np.abs(np.fft.rfft(frames)))


def real_part_alone(wave, window, hop):
    starts = range(0, len(wave) - window + 1, hop)
    frames = np.array([wave[start : start + window] * np.hanning(window) for start in starts])
    return np.log(1e-3 + np.fft.rfft(frames).real ** 2)


def power_without_logarithm(wave, window, hop):
    starts = range(0, len(wave) - window + 1, hop)
    frames = np.array([wave[start : start + window] * np.hanning(window) for start in starts])
    return np.abs(np.fft.rfft(frames)) ** 2


def logarithm_of_base_ten(wave, window, hop):
    starts = range(0, len(wave) - window + 1, hop)
    frames = np.array([wave[start : start + window] * np.hanning(window) for start in starts])
    return np.log10(1e-3 + np.abs(np.fft.rfft(frames)) ** 2)


def floor_left_out(wave, window, hop):
    starts = range(0, len(wave) - window + 1, hop)
    frames = np.array([wave[start : start + window] * np.hanning(window) for start in starts])
    with np.errstate(divide="ignore"):
        return np.log(np.abs(np.fft.rfft(frames)) ** 2)


def floor_as_a_least_power(wave, window, hop):
    starts = range(0, len(wave) - window + 1, hop)
    frames = np.array([wave[start : start + window] * np.hanning(window) for start in starts])
    return np.log(np.maximum(1e-3, np.abs(np.fft.rfft(frames)) ** 2))


def both_halves(wave, window, hop):
    starts = range(0, len(wave) - window + 1, hop)
    frames = np.array([wave[start : start + window] * np.hanning(window) for start in starts])
    return np.log(1e-3 + np.abs(np.fft.fft(frames)) ** 2)


def last_pitch_cut(wave, window, hop):
    starts = range(0, len(wave) - window + 1, hop)
    frames = np.array([wave[start : start + window] * np.hanning(window) for start in starts])
    return np.log(1e-3 + np.abs(np.fft.rfft(frames)[:, :-1]) ** 2)


def frames_side_by_side(wave, window, hop):
    starts = range(0, len(wave) - window + 1, window)
    frames = np.array([wave[start : start + window] * np.hanning(window) for start in starts])
    return np.log(1e-3 + np.abs(np.fft.rfft(frames)) ** 2)


def last_frame_filled_up(wave, window, hop):
    wave = np.append(wave, np.zeros(window))
    starts = range(0, len(wave) - window, hop)
    frames = np.array([wave[start : start + window] * np.hanning(window) for start in starts])
    return np.log(1e-3 + np.abs(np.fft.rfft(frames)) ** 2)


def last_frame_lost(wave, window, hop):
    starts = range(0, max(1, len(wave) - window), hop)
    frames = np.array([wave[start : start + window] * np.hanning(window) for start in starts])
    return np.log(1e-3 + np.abs(np.fft.rfft(frames)) ** 2)


def pitch_by_time(wave, window, hop):
    starts = range(0, len(wave) - window + 1, hop)
    frames = np.array([wave[start : start + window] * np.hanning(window) for start in starts])
    return np.log(1e-3 + np.abs(np.fft.rfft(frames)) ** 2).T


def fourier_down_the_columns(wave, window, hop):
    starts = range(0, len(wave) - window + 1, hop)
    frames = np.array([wave[start : start + window] * np.hanning(window) for start in starts])
    return np.log(1e-3 + np.abs(np.fft.rfft(frames, axis=0)) ** 2)


def _tone(n, turns):
    return np.sin(2 * np.pi * turns * np.arange(n))


def _visible():
    steps = np.array([0.0, 1.0, 0.0, -1.0, 0.0, 1.0, 0.0, -1.0, 0.5, 0.5, -0.5])
    return [
        Case((steps, 8, 3)),
        Case((_tone(64, 0.2) + 0.5 * _tone(64, 0.07) ** 2, 16, 10)),
        Case((np.append(_tone(20, 0.15), np.zeros(20)), 8, 4)),
        Case((_tone(30, 0.11) - 0.2, 9, 7)),
    ]


def _hidden(rng):
    def noise(n):
        return rng.uniform(0.2, 1.0) * rng.standard_normal(n)

    return [
        Case((noise(100), 32, 20)),
        Case((noise(47), 11, 4)),
        Case((np.append(noise(21), np.zeros(40)), 16, 5)),
        Case((noise(24), 24, 9)),
        Case((0.1 * noise(50) + _tone(50, rng.uniform(0.1, 0.4)), 10, 10)),
        Case((noise(40), 6, 8)),
        Case((0.05 * noise(60), 12, 3)),
    ]


EXERCISE = Exercise(
    name="log_spectrum",
    section=f"{PAGE}#pointing-frame",
    reference=_log_spectrum,
    visible=_visible,
    hidden=_hidden,
    seals=(spectrogram.frames, spectrogram.spectrogram),
    axes=("frames", "pitches"),
    misconceptions=(
        Misconception(
            "not faded",
            "The frames are cut off, not faded: multiply each by `np.hanning(window)` before the Fourier "
            "transform.",
            no_window,
        ),
        Misconception(
            "the whole sound faded",
            "The whole sound is faded in and out once; each frame fades by itself.",
            window_on_the_whole_wave,
        ),
        Misconception(
            "the spectrum faded",
            "The window multiplies the spectrum; it belongs to the samples, before the Fourier transform.",
            window_on_the_spectrum,
        ),
        Misconception(
            "another window",
            "The frames don't fade to 0 at their ends, as with `np.hamming`; the question asks for "
            "`np.hanning`.",
            another_window,
        ),
        Misconception(
            "magnitude for power",
            "This is the absolute value of each pitch; the power is its square.",
            magnitude_for_power,
        ),
        Misconception(
            "cosines alone",
            "Only the sums with cosines are squared; a wave that begins elsewhere shows in those with "
            "sines.",
            real_part_alone,
        ),
        Misconception(
            "no logarithm",
            "These are powers; the question asks for their logarithms.",
            power_without_logarithm,
        ),
        Misconception(
            "logarithm of base 10",
            "The logarithm has base 10; the question asks for the natural one.",
            logarithm_of_base_ten,
        ),
        Misconception(
            "silence has no logarithm",
            "Nothing is added before the logarithm, so that silence becomes minus infinity.",
            floor_left_out,
        ),
        Misconception(
            "floor for sum",
            "Powers below the small number are raised to it; add it to all of them.",
            floor_as_a_least_power,
        ),
        Misconception(
            "both halves",
            "There is a column for each sample of a frame; of real numbers the second half repeats the "
            "first, and `rfft` leaves it out.",
            both_halves,
        ),
        Misconception(
            "highest pitch cut",
            "The highest pitch is missing: there are `window // 2 + 1`, from 0 on.",
            last_pitch_cut,
        ),
        Misconception(
            "hop unused",
            "The frames stand side by side; each begins `hop` samples after the one before, and they may "
            "overlap.",
            frames_side_by_side,
        ),
        Misconception(
            "last frame filled up",
            "What is left at the end is filled up with zeros to another frame; only whole frames count.",
            last_frame_filled_up,
        ),
        Misconception(
            "last frame lost",
            "Right but for a frame that ends with the last sample, which is left out.",
            last_frame_lost,
        ),
        Misconception(
            "pitch by time",
            "The picture lies on its side: frames are rows, pitches are columns.",
            pitch_by_time,
        ),
        Misconception(
            "Fourier over the frames",
            "The Fourier transform runs down the columns, from frame to frame; it runs along each frame.",
            fourier_down_the_columns,
        ),
    ),
)
