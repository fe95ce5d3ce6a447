"""A sound as a picture: how loud each band of pitches is, moment by moment."""

import numpy as np

from attnlib._arrays import require_count

#: The samples of a moment, and how far one moment is from the next: 32 and 20 milliseconds at 8 kHz.
WINDOW, HOP = 256, 160
N_BANDS = 32
#: What is added to the power of a band before its logarithm: what is softer counts as silence.
FLOOR = 1e-3


def frames(wave, *, window=WINDOW, hop=HOP):
    """Return overlapping pieces of a sound, each fading in and out.

    Parameters
    ----------
    wave : array_like of float, shape (n_samples,)
        The sound; if it is shorter than a piece, silence follows it.
    window : int, default WINDOW
        The samples in a piece.
    hop : int, default HOP
        The samples from the beginning of a piece to that of the next.

    Returns
    -------
    ndarray of float, shape (n_frames, window)
        The pieces; what doesn't fill one at the end is left out.

    Raises
    ------
    ValueError
        If a size is less than 1.

    Examples
    --------
    >>> frames(np.ones(7), window=3, hop=2)
    array([[0., 1., 0.],
           [0., 1., 0.],
           [0., 1., 0.]])
    """
    require_count("window", window, 1)
    require_count("hop", hop, 1)
    wave = np.asarray(wave)
    wave = np.pad(wave, (0, max(0, window - len(wave))))
    pieces = np.lib.stride_tricks.sliding_window_view(wave, window)[::hop]
    return pieces * np.hanning(window).astype(wave.dtype)


def mel_filters(n_bands, n_pitches, sampling_rate, *, lowest=80.0):
    r"""Return bands of pitches that an ear hears as equally wide: triangles, even on the mel scale.

    .. math:: m(f) = 2595 \log_{10}(1 + f / 700)

    Parameters
    ----------
    n_bands : int
        The number of bands.
    n_pitches : int
        The number of pitches of a frame's spectrum, from 0 to half the sampling rate.
    sampling_rate : float
        The number of samples in a second.
    lowest : float, default 80.0
        Where the first band begins, in hertz.

    Returns
    -------
    ndarray of float64, shape (n_pitches, n_bands)
        How much each band takes of each pitch, from 0 to 1.

    References
    ----------
    Davis and Mermelstein, "Comparison of parametric representations for monosyllabic word recognition in
    continuously spoken sentences", 1980.

    Examples
    --------
    >>> mel_filters(3, 129, 8000).argmax(axis=0) * 4000 / 128
    array([ 531.25, 1218.75, 2312.5 ])
    """
    ends = _mel(np.array([lowest, sampling_rate / 2]))
    edges = np.linspace(*ends, n_bands + 2)
    at = _mel(np.linspace(0, sampling_rate / 2, n_pitches))[:, None]
    low, middle, high = edges[:-2], edges[1:-1], edges[2:]
    return np.clip(np.minimum((at - low) / (middle - low), (high - at) / (high - middle)), 0, None)


def spectrogram(wave, *, sampling_rate=8000, n_bands=N_BANDS):
    r"""Return how loud each band is at each moment, on a scale where the mean is 0 and the spread 1.

    .. math:: S_{tb} = \ln\!\left(\epsilon + \sum_f M_{fb} \, \left| \sum_n h_n x_{tn} e^{-2 \pi i f n / N}
        \right|^2 \right)

    Parameters
    ----------
    wave : array_like of float, shape (n_samples,)
        The sound.
    sampling_rate : float, default 8000
        The number of samples in a second.
    n_bands : int, default N_BANDS
        The number of bands.

    Returns
    -------
    ndarray of float32, shape (n_frames, n_bands)
        The picture.

    Examples
    --------
    >>> time = np.arange(4000) / 8000
    >>> picture = spectrogram(np.sin(2 * np.pi * 1000 * time))
    >>> picture.shape, picture.argmax(axis=1)[:3]
    ((24, 32), array([13, 13, 13]))
    """
    spectrum = np.abs(np.fft.rfft(frames(wave), axis=1)) ** 2
    picture = np.log(FLOOR + spectrum @ mel_filters(n_bands, spectrum.shape[1], sampling_rate))
    spread = max(picture.std(), 1e-6)
    return ((picture - picture.mean()) / spread).astype(np.float32)


def _mel(pitch):
    return 2595 * np.log10(1 + pitch / 700)
