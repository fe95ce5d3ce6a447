// The counterpart of attnlib.data.shapes and attnlib.models.detection, one scene at a time.

import { layerNorm, linear, matrix, plus, relu, rowOf, softmaxRows } from "../kit/inference.js";
import { modelsOf } from "../kit/params.js";
import { attentionLayer, feedForward } from "../kit/transformer.js";

const [ELLIPSE, TRIANGLE] = [1, 2];
const WEIGHTS = { together: "matched", off: "matched", alone: "alone" };
const onlyItself = (i, j) => i === j;

// The greys of a scene, row by row; boxes are in pixels, and a pixel belongs to a shape if its middle does.
export function drawn({ kinds, boxes, shades, side }) {
  const image = matrix(side, side, new Float64Array(side * side));
  kinds.forEach((kind, which) => {
    const [across, down, width, height] = boxes[which].map((share) => (share / side) * side);
    for (let row = 0; row < side; row += 1) {
      for (let column = 0; column < side; column += 1) {
        const x = (column + 0.5 - across) / (width / 2);
        const y = (row + 0.5 - down) / (height / 2);
        let inside = Math.abs(x) <= 1 && Math.abs(y) <= 1;
        if (kind === ELLIPSE) inside = x * x + y * y <= 1;
        if (kind === TRIANGLE) inside = inside && 2 * Math.abs(x) - 1 <= y;
        if (inside) image.data[row * side + column] = shades[which];
      }
    }
  });
  return image;
}

function inPatches(image, patch) {
  const across = image.columns / patch;
  const patches = matrix(across * (image.rows / patch), patch * patch);
  for (let row = 0; row < image.rows; row += 1) {
    for (let column = 0; column < image.columns; column += 1) {
      const which = Math.floor(row / patch) * across + Math.floor(column / patch);
      rowOf(patches, which)[(row % patch) * patch + (column % patch)] =
        image.data[row * image.columns + column];
    }
  }
  return patches;
}

// What each query says in the end: how likely each kind is, the last being nothing, and its box. With it, where
// it looks in the last block, the mean of the heads.
export function detect(state) {
  const params = modelsOf(state)[WEIGHTS[state.way]];
  const { n_heads } = state;
  const mask = state.way === "together" ? () => true : onlyItself;
  const normed = (x, half) => layerNorm(x, params[`${half}.norm.gain`], params[`${half}.norm.shift`]);
  const patches = inPatches(drawn(state), state.patch);
  let x = plus(linear(patches, params["patch.w"], params["patch.b"]), params.positions);
  for (let block = 0; `encoder.block${block}.self.w_o` in params; block += 1) {
    const name = `encoder.block${block}`;
    x = plus(x, attentionLayer(params, `${name}.self`, x, { n_heads }).added);
    x = plus(x, feedForward(params, `${name}.feed`, x));
  }
  const memory = normed(x, "encoder");
  let y = params.queries;
  let seen = [];
  for (let block = 0; `decoder.block${block}.self.w_o` in params; block += 1) {
    const name = `decoder.block${block}`;
    y = plus(y, attentionLayer(params, `${name}.self`, y, { n_heads, mask }).added);
    const cross = attentionLayer(params, `${name}.cross`, y, { n_heads }, memory);
    seen = cross.weights;
    y = plus(y, cross.added);
    y = plus(y, feedForward(params, `${name}.feed`, y));
  }
  const told = normed(y, "decoder");
  const hidden = relu(linear(told, params["box.w_1"], params["box.b_1"]));
  const boxes = linear(hidden, params["box.w_2"], params["box.b_2"]);
  boxes.data.forEach((z, i) => (boxes.data[i] = 1 / (1 + Math.exp(-z))));
  const looks = matrix(told.rows, memory.rows);
  for (const head of seen) head.data.forEach((weight, i) => (looks.data[i] += weight / seen.length));
  return { likely: softmaxRows(linear(told, params["kind.w"], params["kind.b"])), boxes, looks };
}
