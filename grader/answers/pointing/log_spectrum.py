"""Right answers to log_spectrum."""

import numpy as np


def spectrum_by_views(wave, window, hop):
    pieces = np.lib.stride_tricks.sliding_window_view(wave, window)[::hop]
    return np.log(1e-3 + np.abs(np.fft.rfft(pieces * np.hanning(window))) ** 2)


def spectrum_frame_by_frame(wave, window, hop):
    rows = []
    for start in range(0, len(wave), hop):
        piece = wave[start : start + window]
        if len(piece) == window:
            spectrum = np.fft.rfft(piece * np.hanning(window))
            rows.append(np.log(spectrum.real**2 + spectrum.imag**2 + 0.001))
    return np.array(rows)


def spectrum_by_indices(wave, window, hop):
    n_frames = 1 + (len(wave) - window) // hop
    at = hop * np.arange(n_frames)[:, None] + np.arange(window)
    spectrum = np.fft.rfft(np.hanning(window) * wave[at], axis=1)
    return np.log(np.real(spectrum * spectrum.conj()) + 1e-3)


def spectrum_by_two_products(wave, window, hop):
    starts = np.arange(0, len(wave) - window + 1, hop)
    faded = np.stack([wave[s : s + window] for s in starts]) * np.hanning(window)
    angles = 2 * np.pi * np.outer(np.arange(window), np.arange(window // 2 + 1)) / window
    return np.log((faded @ np.cos(angles)) ** 2 + (faded @ np.sin(angles)) ** 2 + 1e-3)


def spectrum_of_the_whole_transform(wave, window, hop):
    fade = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(window) / (window - 1))
    whole = [np.fft.fft(fade * wave[s : s + window]) for s in range(0, len(wave) - window + 1, hop)]
    return np.log(1e-3 + np.abs(np.array(whole)[:, : window // 2 + 1]) ** 2)


def spectrum_by_hypot(wave, window, hop):
    pieces = np.array([wave[end - window : end] for end in range(window, len(wave) + 1, hop)])
    spectrum = np.fft.rfft(pieces * np.hanning(window))
    return np.log1p(np.hypot(spectrum.real, spectrum.imag) ** 2 - 0.999)


ANSWERS = (
    spectrum_by_views,
    spectrum_frame_by_frame,
    spectrum_by_indices,
    spectrum_by_two_products,
    spectrum_of_the_whole_transform,
    spectrum_by_hypot,
)
