// The counterpart of attnlib.models.transformer: the same names of parameters, the norm before each step.

import { attend, causal, embedding, layerNorm, linear, matrix, plus, relu, rowOf } from "./inference.js";

export const normed = (params, name, x) => layerNorm(x, params[`${name}.gain`], params[`${name}.shift`]);

// what attention to a memory, or to the tokens themselves, adds to each token, and its weights
export function attentionLayer(params, name, x, options, memory = null) {
  const y = normed(params, `${name}.norm`, x);
  const q = linear(y, params[`${name}.w_q`]);
  const [k, v] = ["w_k", "w_v"].map((w) => linear(memory ?? y, params[`${name}.${w}`]));
  const { context, weights } = attend(q, k, v, options);
  return { added: linear(context, params[`${name}.w_o`]), weights };
}

export function feedForward(params, name, x) {
  const y = normed(params, `${name}.norm`, x);
  const hidden = relu(linear(y, params[`${name}.w_1`], params[`${name}.b_1`]));
  return linear(hidden, params[`${name}.w_2`], params[`${name}.b_2`]);
}

// The tokens after all blocks and the last norm, and the weights: for each block, those of its heads.
function throughBlocks(params, tokens, options) {
  let x = tokens;
  const weights = [];
  for (let block = 0; `block${block}.self.w_o` in params; block += 1) {
    const self = attentionLayer(params, `block${block}.self`, x, options);
    weights.push(self.weights);
    x = plus(x, self.added);
    x = plus(x, feedForward(params, `block${block}.feed`, x));
  }
  return { x: normed(params, "norm", x), weights };
}

// A score for each word that may come after each token, and the weights: for each block, those of its heads. With
// another mask it is BERT, whose scores are for the word that stands there.
export function gpt(params, ids, { n_heads, mask = causal }) {
  const tokens = plus(embedding(params.tokens, ids), params.positions);
  const { x, weights } = throughBlocks(params, tokens, { n_heads, mask });
  return { logits: linear(x, params["out.w"], params["out.b"]), weights };
}

// A score for each kind of picture, read off the class token, and the weights, as attnlib.models.vision.vit: patches
// are rows, in whose precision all is computed.
export function vit(params, patches, { n_heads }) {
  const x = linear(patches, params["patch.w"], params["patch.b"]);
  const tokens = matrix(x.rows + 1, x.columns, new x.data.constructor((x.rows + 1) * x.columns));
  tokens.data.set(params.class.data);
  tokens.data.set(x.data, x.columns);
  const { x: seen, weights } = throughBlocks(params, plus(tokens, params.positions), { n_heads });
  const asked = matrix(1, seen.columns, rowOf(seen, 0));
  return { logits: linear(asked, params["out.w"], params["out.b"]), weights };
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

// a bias for each distance between query and key, clipped to the reach of the table, for each head
export function relativeBias(table, n_queries, n_keys = n_queries) {
  const reach = (table.rows - 1) / 2;
  return (h, i, j) => {
    const distance = j - (i + n_keys - n_queries);
    return rowOf(table, Math.max(-reach, Math.min(reach, distance)) + reach)[h];
  };
}

// a vector of waves for each position
export function sinusoids(t, d_model, base = 10000) {
  const waves = matrix(t, d_model);
  for (let i = 0; i < t * d_model; i += 1) {
    const feature = i % d_model;
    const angle = Math.floor(i / d_model) / base ** ((feature - (feature % 2)) / d_model);
    waves.data[i] = feature % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
  }
  return waves;
}
