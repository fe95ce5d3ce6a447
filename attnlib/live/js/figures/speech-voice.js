// The made-up voice, and the picture of its sound: attnlib.data.voice and attnlib.data.spectrogram, draw by draw.

const TURN = 2 * Math.PI;
const hanning = (n) =>
  Float64Array.from({ length: n }, (_, i) => 0.5 - 0.5 * Math.cos((TURN * i) / (n - 1)));
const largest = (numbers) => numbers.reduce((most, x) => Math.max(most, Math.abs(x)), 0);

// numbers as a NumPy generator gives them, from one that gives numbers from 0 up to 1
export function chance(next) {
  const uniform = ([low, high]) => low + (high - low) * next();
  const normal = () => {
    const size = Math.sqrt(-2 * Math.log(1 - next()));
    return size * Math.cos(TURN * next());
  };
  return {
    uniform,
    uniforms: (range, n) => Array.from({ length: n }, () => uniform(range)),
    normals: (n) => Float64Array.from({ length: n }, normal),
  };
}

export function speak(rng, text, voice) {
  const { sampling_rate: rate, formants, hum, hiss } = voice;
  const pitch = rng.uniform(voice.pitches);
  const size = rng.uniform(voice.sizes);
  const pace = rate * rng.uniform(voice.paces);
  const lengths = rng.uniforms(voice.uneven, text.length).map((share) => Math.trunc(pace * share));
  const pauses = rng.uniforms([0.04, 0.08], 2).map((seconds) => Math.trunc(rate * seconds));
  const mouths = [...text].map((l) => [...formants[l], hum[l], hum[l] === 0 ? hiss : 0]);
  const silent = [text[0], text.at(-1)].map((l) => [...formants[l], 0, 0]);
  const shapes = [silent[0], ...mouths, silent[1]];
  const durations = [pauses[0], ...lengths, pauses[1]];
  const n = durations.reduce((total, length) => total + length, 0);
  const tracks = [0, 1, 2, 3].map((which) =>
    glided(shapes.map((shape) => shape[which]), durations, n, Math.trunc(rate * voice.glide / 2))
  );
  const [first, second, humming, hissing] = tracks;
  const speed = rng.uniform([2, 4]);
  const start = rng.uniform([0, 1]);
  const melody = first.map((_, i) => pitch * (1 + 0.06 * Math.sin(TURN * (speed * (i / rate) + start))));
  const third = first.map(() => size * voice.third);
  const places = [first.map((f) => size * f), second.map((f) => size * f), third];
  let wave = overtones(melody, places, voice).map((x, i) => humming[i] * x);
  const air = rng.normals(n + 1);
  wave = wave.map((x, i) => x + hissing[i] * (air[i + 1] - air[i]));
  const loudest = largest(wave);
  const behind = rng.normals(n);
  wave = wave.map((x, i) => x / loudest + voice.noise * behind[i]);
  const most = largest(wave);
  let end = pauses[0];
  const spans = lengths.map((length) => [end, end += length]);
  return { wave: Float32Array.from(wave, (x) => x / most), spans };
}

// steps of which every one takes the time of a glide, and has its middle where it was
function glided(levels, durations, n, half) {
  const smooth = hanning(2 * half + 3).subarray(1, -1);
  const total = smooth.reduce((sum, x) => sum + x, 0);
  const track = new Float64Array(n).fill(levels[0]);
  let border = 0;
  durations.slice(0, -1).forEach((length, i) => {
    border += length;
    const rise = levels[i + 1] - levels[i];
    let share = 0;
    for (let at = border - half, j = smooth.length - 1; at < n; at += 1, j -= 1) {
      share = j >= 0 ? share + smooth[j] / total : 1;
      if (at >= 0) track[at] += rise * share;
    }
  });
  return track;
}

function overtones(melody, places, { sampling_rate, widths, loudness }) {
  let turned = 0;
  const phase = melody.map((hertz) => turned += (TURN * hertz) / sampling_rate);
  const n = Math.trunc((0.45 * sampling_rate) / largest(melody));
  return melody.map((hertz, at) => {
    const twice = 2 * Math.cos(phase[at]);
    let [before, sine, sound] = [0, Math.sin(phase[at]), 0];
    for (let i = 1; i <= n; i += 1) {
      let passes = 0;
      for (let f = 0; f < places.length; f += 1) {
        const away = (i * hertz - places[f][at]) / widths[f];
        passes += loudness[f] / (1 + away * away);
      }
      sound += passes * sine;
      [before, sine] = [sine, twice * sine - before]; // of the next overtone
    }
    return sound;
  });
}

const mel = (hertz) => 2595 * Math.log10(1 + hertz / 700);

// for each pitch, how much each band takes of it
function melFilters(n_bands, n_pitches, sampling_rate, lowest) {
  const [low, high] = [mel(lowest), mel(sampling_rate / 2)];
  const edge = (i) => low + ((high - low) * i) / (n_bands + 1);
  return Array.from({ length: n_pitches }, (_, i) => {
    const at = mel((sampling_rate / 2 / (n_pitches - 1)) * i);
    return Array.from({ length: n_bands }, (_, band) => {
      const [a, b, c] = [edge(band), edge(band + 1), edge(band + 2)];
      return Math.max(0, Math.min((at - a) / (b - a), (c - at) / (c - b)));
    });
  });
}

// How loud each band is in each frame: rows of numbers whose mean is 0 and whose spread is 1.
export function spectrogram(wave, { sampling_rate, window, hop, n_bands, floor, lowest }) {
  const n_pitches = window / 2 + 1;
  const fade = hanning(window);
  const filters = melFilters(n_bands, n_pitches, sampling_rate, lowest);
  const cosines = Float64Array.from({ length: window }, (_, i) => Math.cos((TURN * i) / window));
  const sines = Float64Array.from({ length: window }, (_, i) => Math.sin((TURN * i) / window));
  const picture = [];
  for (let start = 0; start + window <= wave.length; start += hop) {
    const samples = fade.map((share, i) => share * wave[start + i]);
    const bands = new Array(n_bands).fill(0);
    for (let pitch = 0; pitch < n_pitches; pitch += 1) {
      let [along, across] = [0, 0];
      for (let i = 0, turn = 0; i < window; i += 1) {
        along += samples[i] * cosines[turn];
        across += samples[i] * sines[turn];
        turn = (turn + pitch) % window;
      }
      const power = along * along + across * across;
      for (let band = 0; band < n_bands; band += 1) bands[band] += filters[pitch][band] * power;
    }
    picture.push(bands.map((power) => Math.log(floor + power)));
  }
  const all = picture.flat();
  const mean = all.reduce((sum, x) => sum + x, 0) / all.length;
  const spread = Math.sqrt(all.reduce((sum, x) => sum + (x - mean) ** 2, 0) / all.length);
  return picture.map((bands) => bands.map((x) => (x - mean) / Math.max(spread, 1e-6)));
}
