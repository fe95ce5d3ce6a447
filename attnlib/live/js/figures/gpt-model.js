// What the GPT makes of a sentence: the numbers of the figure, without a page.

import { drawn } from "../kit/chance.js";
import { rowOf, softmaxRows } from "../kit/inference.js";
import { paramsOf } from "../kit/params.js";
import { gpt, withoutHeads } from "../kit/transformer.js";

export const N_BARS = 8;
export const STOP = ".";

export const spoken = (word) => (word === STOP ? "full stop" : word);
export const wordsOf = (text) => text.split(" ").filter((word) => word !== "");
export const finished = (text) => wordsOf(text).at(-1) === STOP;
export const wordsRead = (text) => wordsOf(text).slice(0, finished(text) ? -1 : undefined);
export const tokensOf = ({ text, start }) => [start, ...wordsRead(text)];
export const room = ({ shapes }) => shapes.positions[0];
export const speakable = ({ words, start }) => words.slice(words.indexOf(start) + 1);
export const askerOf = (state) => state.query ?? wordsRead(state.text).length;

// What the model makes of a text with some heads off; the last few answers are kept.
const answers = new Map();
function answer(state, off) {
  const { text, words, n_heads } = state;
  const params = paramsOf(state);
  const question = JSON.stringify([text, off]);
  const kept = answers.get(question);
  if (kept?.params === params) return kept;
  const ids = tokensOf(state).map((token) => words.indexOf(token));
  const given = { params, ...gpt(withoutHeads(params, off, { n_heads }), ids, { n_heads }) };
  answers.set(question, given);
  if (answers.size > 8) answers.delete(answers.keys().next().value);
  return given;
}

// How likely each word is after each token, with the heads that are on and with all, and where the heads look.
export function run(state) {
  const left = answer(state, state.off);
  const whole = answer(state, []);
  return {
    likely: softmaxRows(left.logits, state.temperature),
    likely_with_all: softmaxRows(whole.logits, state.temperature),
    weights: left.weights,
  };
}

// The text with one word more, drawn; null where the sentence is over, or longer than the model can read.
export function oneWordMore(state, draw) {
  const { words, start, text } = state;
  if (finished(text)) return null;
  const { likely } = run(state);
  const shares = rowOf(likely, likely.rows - 1).map((share, id) => (id > words.indexOf(start) ? share : 0));
  const word = words[drawn(shares, draw())];
  return word !== STOP && likely.rows === room(state) ? null : `${text} ${word}`.trim();
}

// The words to show after the token that asks: the likeliest with or without the heads that are off, and the one
// that stands there; `next` is its number, or -1.
export function candidates(state, { likely, likely_with_all }, next) {
  const now = rowOf(likely, askerOf(state));
  const whole = rowOf(likely_with_all, askerOf(state));
  const ids = state.words.map((_, id) => id).slice(state.words.indexOf(state.start) + 1);
  const rank = (id) => (id === next ? 2 : Math.max(now[id], whole[id]));
  return ids.sort((a, b) => rank(b) - rank(a)).slice(0, N_BARS).sort((a, b) => now[b] - now[a])
    .map((id) => ({ word: state.words[id], now: now[id], whole: whole[id], here: id === next }));
}
