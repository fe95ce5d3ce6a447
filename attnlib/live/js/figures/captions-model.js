// The model of attnlib.models.captions, one scene at a time.

import {
  attend,
  concat,
  embedding,
  linear,
  lstmStep,
  matrix,
  plus,
  relu,
  rowOf,
  tanh,
} from "../kit/inference.js";
import { modelsOf } from "../kit/params.js";

// The pixels of each cell, red, green and blue after one another.
function pixelsOf({ cells, colours, outlines }) {
  const size = 3 * Object.values(outlines)[0].length;
  const picture = matrix(cells.length, size, new Float64Array(cells.length * size));
  cells.forEach((kind, i) => {
    if (kind === "") return;
    const [colour, shape] = kind.split(" ");
    [...outlines[shape]].forEach((filled, pixel) => {
      if (filled === "1") rowOf(picture, i).set(colours[colour], 3 * pixel);
    });
  });
  return picture;
}

function meanOf(x) {
  const mean = matrix(1, x.columns, new Float64Array(x.columns));
  for (let i = 0; i < x.rows; i += 1) {
    rowOf(x, i).forEach((number, j) => (mean.data[j] += number / x.rows));
  }
  return mean;
}

const dense = (params, name, x) =>
  linear(x, params[name.replace(".", ".w")], params[name.replace(".", ".b")]);
const firstOf = (x, n) => matrix(1, n, x.data.subarray(0, n));

// The words that are said, up to the end or as many as `most`, and for each of them and the end the weights.
export function describe(state) {
  const { words, start, end, most, way } = state;
  const params = modelsOf(state)[state.way];
  const what = relu(dense(params, "eye.2", relu(dense(params, "eye.1", pixelsOf(state)))));
  const both = plus(what, params.places);
  const keys = linear(both, params.w_k);
  const values = concat(what, params.places);
  const [d_hidden, d_model] = [params.w_q.rows, params.w_q.columns];
  let decoder = tanh(dense(params, "first.1", meanOf(both)));
  let last = words.indexOf(start);
  const said = [];
  const weights = [];
  while (said.length < most) {
    const look = attend(linear(firstOf(decoder, d_hidden), params.w_q), keys, values);
    const row = Array.from(look.weights[0].data);
    weights.push(row);
    const chosen = row.indexOf(Math.max(...row));
    const seen = way === "soft" ? look.context : matrix(1, values.columns, rowOf(values, chosen));
    const where = matrix(1, d_model, seen.data.subarray(d_model));
    const told = concat(embedding(params.words, [last]), where);
    decoder = lstmStep(told, decoder, params["decoder.w_x"], params["decoder.w_h"], params["decoder.b"]);
    const features = relu(dense(params, "out.1", concat(firstOf(decoder, d_hidden), seen)));
    const { data } = dense(params, "out.2", features);
    last = data.indexOf(Math.max(...data));
    if (last === words.indexOf(end)) break;
    said.push(last);
  }
  return { said, weights };
}
