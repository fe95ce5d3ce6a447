// The counterpart of attnlib.models.transformer: the same names of parameters, the norm before each step.

import { attend, causal, embedding, layerNorm, linear, matrix, plus, relu, rowOf } from "./inference.js";

const normed = (params, name, x) => layerNorm(x, params[`${name}.gain`], params[`${name}.shift`]);

// what attention adds to each token, and its weights
export function attentionLayer(params, name, x, options) {
  const y = normed(params, `${name}.norm`, x);
  const [q, k, v] = ["w_q", "w_k", "w_v"].map((w) => linear(y, params[`${name}.${w}`]));
  const { context, weights } = attend(q, k, v, options);
  return { added: linear(context, params[`${name}.w_o`]), weights };
}

export function feedForward(params, name, x) {
  const y = normed(params, `${name}.norm`, x);
  const hidden = relu(linear(y, params[`${name}.w_1`], params[`${name}.b_1`]));
  return linear(hidden, params[`${name}.w_2`], params[`${name}.b_2`]);
}

// A score for each word that may come after each token, and the weights: for each block, those of its heads. With
// another mask it is BERT, whose scores are for the word that stands there.
export function gpt(params, ids, { n_heads, mask = causal }) {
  let x = plus(embedding(params.tokens, ids), params.positions);
  const weights = [];
  for (let block = 0; `block${block}.self.w_o` in params; block += 1) {
    const self = attentionLayer(params, `block${block}.self`, x, { n_heads, mask });
    weights.push(self.weights);
    x = plus(x, self.added);
    x = plus(x, feedForward(params, `block${block}.feed`, x));
  }
  return { logits: linear(normed(params, "norm", x), params["out.w"], params["out.b"]), weights };
}

// The same parameters with some heads switched off: [block, head] of each, whose rows of W_O become 0.
export function withoutHeads(params, heads, { n_heads }) {
  const left = { ...params };
  for (const [block, head] of heads) {
    const name = `block${block}.self.w_o`;
    const { rows, columns, data } = left[name];
    left[name] = matrix(rows, columns, data.slice());
    const size = rows / n_heads;
    for (let i = head * size; i < (head + 1) * size; i += 1) rowOf(left[name], i).fill(0);
  }
  return left;
}
