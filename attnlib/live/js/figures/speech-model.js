// The listener of attnlib.models.speech: what it hears in a word, how it spells it, and where it looks.

import { chance, speak, spectrogram } from "./speech-voice.js";
import { generator } from "../kit/chance.js";
import {
  causal,
  embedding,
  linear,
  matrix,
  plus,
  relu,
  rowOf,
  rowsOf,
  softmaxRows,
} from "../kit/inference.js";
import { paramsOf } from "../kit/params.js";
import { attentionLayer, feedForward, normed, relativeBias, sinusoids } from "../kit/transformer.js";

const [START, END] = [1, 2];
const MOST = 7; // letters, the end among them

// The last few answers of a function of the word, the voice and the noise are kept.
function keeping(find) {
  const kept = new Map();
  return (state) => {
    const question = JSON.stringify([state.text, state.seed, state.noise]);
    if (!kept.has(question)) {
      kept.set(question, find(state));
      if (kept.size > 8) kept.delete(kept.keys().next().value);
    }
    return kept.get(question);
  };
}

export const sounds = keeping(({ text, seed, noise, voice }) => {
  const rng = chance(generator(seed));
  const { wave, spans } = speak(rng, text, voice);
  const louder = rng.normals(wave.length);
  const heard = wave.map((x, i) => x + noise * louder[i]);
  return { wave: heard, spans, sound: spectrogram(heard, voice) };
});

function listen(params, sound, { n_heads, stride }) {
  const n_bands = sound[0].length;
  const tokens = matrix(Math.ceil(sound.length / stride), stride * n_bands);
  sound.forEach((bands, i) => tokens.data.set(bands, i * n_bands));
  const ear = relu(linear(tokens, params["ear.w_1"], params["ear.b_1"]));
  let x = linear(ear, params["ear.w_2"], params["ear.b_2"]);
  const bias = relativeBias(params["encoder.relative"], x.rows);
  x = plus(x, attentionLayer(params, "encoder.block0.self", x, { n_heads, bias }).added);
  x = plus(x, feedForward(params, "encoder.block0.feed", x));
  return plus(normed(params, "encoder.norm", x), sinusoids(x.rows, x.columns));
}

// how likely each letter is after each of these, and the weights of the heads on the sound
function spell(params, ids, memory, { n_heads }) {
  let x = embedding(params["decoder.tokens"], ids);
  const bias = relativeBias(params["decoder.relative"], x.rows);
  const own = { n_heads, bias, mask: causal };
  x = plus(x, attentionLayer(params, "decoder.block0.self", x, own).added);
  const { added, weights } = attentionLayer(params, "decoder.block0.cross", x, { n_heads }, memory);
  x = plus(x, added);
  x = plus(x, feedForward(params, "decoder.block0.feed", x));
  const logits = linear(
    normed(params, "decoder.norm", x),
    params["decoder.out.w"],
    params["decoder.out.b"],
  );
  return { likely: softmaxRows(logits), weights };
}

// The letters that are heard, the end last, how likely each was, and where it looked for each.
export const run = keeping((state) => {
  const params = paramsOf(state);
  const { sound, spans, wave } = sounds(state);
  const memory = listen(params, sound, state);
  const ids = [START];
  let heard = null;
  while (ids.at(-1) !== END && ids.length <= MOST) {
    heard = spell(params, ids, memory, state);
    const row = rowOf(heard.likely, ids.length - 1);
    ids.push(row.indexOf(Math.max(...row)));
  }
  const heads = heard.weights.map(rowsOf);
  const weights = heads[0].map((row, i) =>
    row.map((_, j) => heads.reduce((total, head) => total + head[i][j], 0) / heads.length)
  );
  return { sound, spans, wave, ids: ids.slice(1), likely: rowsOf(heard.likely), weights };
});
