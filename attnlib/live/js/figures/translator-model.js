// The two translators of attnlib.models.recurrent, one sentence at a time.

import {
  additiveAttend,
  concat,
  embedding,
  linear,
  lstmStep,
  matrix,
  rowOf,
  tanh,
} from "../kit/inference.js";
import { modelsOf } from "../kit/params.js";

export const wordsOf = (text) => text.split(" ").filter((word) => word !== "");

const step = (params, name, x, state) =>
  lstmStep(x, state, params[`${name}.w_x`], params[`${name}.w_h`], params[`${name}.b`]);
const outputOf = (state) => matrix(1, state.columns / 2, state.data.subarray(0, state.columns / 2));

// the state after each word that is read, in the order of reading
function read(params, name, ids) {
  const size = 2 * params[`${name}.w_h`].rows;
  let state = matrix(1, size, new Float64Array(size));
  return ids.map((id) => {
    state = step(params, name, concat(embedding(params.source, [id])), state);
    return state;
  });
}

function encode(params, ids, looks) {
  const onward = read(params, "forward", ids);
  if (!looks) return { state: onward.at(-1) };
  const back = read(params, "backward", [...ids].reverse()).reverse();
  const rows = onward.map((state, t) => concat(outputOf(state), outputOf(back[t])));
  const memory = matrix(ids.length, rows[0].columns, new Float64Array(ids.length * rows[0].columns));
  rows.forEach((row, t) => rowOf(memory, t).set(row.data));
  const ends = concat(outputOf(onward.at(-1)), outputOf(back[0]));
  const state = tanh(linear(ends, params["first.w"], params["first.b"]));
  return { state, memory, keys: linear(memory, params.w_k) };
}

// The words that are said, up to the end or as many as `most`, and for each of them and the end the weights.
export function translate(state) {
  const { text, english, french, attention, start, end, most } = state;
  const ids = wordsOf(text).map((word) => english.indexOf(word));
  if (ids.length === 0) return { said: [], weights: [] };
  const looks = attention !== "none";
  const params = modelsOf(state)[state.attention];
  const source = encode(params, ids, looks);
  let decoder = source.state;
  let last = french.indexOf(start);
  const said = [];
  const weights = [];
  while (said.length < most) {
    const word = concat(embedding(params.target, [last]));
    let features = null;
    if (looks) {
      const query = linear(outputOf(decoder), params.w_q);
      const seen = additiveAttend(query, source.keys, source.memory, params.w_score);
      weights.push(Array.from(seen.weights.data));
      decoder = step(params, "decoder", concat(word, seen.context), decoder);
      features = concat(outputOf(decoder), seen.context);
    } else {
      decoder = step(params, "decoder", word, decoder);
      features = outputOf(decoder);
    }
    const { data } = linear(features, params["out.w"], params["out.b"]);
    last = data.indexOf(Math.max(...data));
    if (last === french.indexOf(end)) break;
    said.push(last);
  }
  return { said, weights };
}
