// The steps of the worked example in exact fractions, and what makes an entry of each.

import { plus, ratio, times } from "../kit/fractions.js";
import { transpose } from "../kit/maths.js";

// What can be worked out, in order. A product has two factors; another matrix comes from one, entry by entry.
export const MATRICES = {
  q: { left: "x", above: "w_q", meaning: (asks, j) => `What ${asks} looks for, place ${j + 1}` },
  k: { left: "x", above: "w_k", meaning: (token, j) => `What ${token} can be found by, place ${j + 1}` },
  v: { left: "x", above: "w_v", meaning: (token, j) => `What ${token} has to tell, place ${j + 1}` },
  scores: {
    left: "q",
    above: "k",
    turned: true,
    meaning: (asks, _, key) => `How well ${key} can answer ${asks}`,
  },
  scaled_scores: {
    text: "scaled",
    from: "scores",
    meaning: (asks, _, key) => `The score of ${asks} and ${key}, halved and rounded down`,
  },
  powers: { from: "scaled_scores", meaning: (asks, _, key) => `The part of ${key} in the sum of ${asks}` },
  weights: {
    from: "powers",
    meaning: (asks, _, key) => `How much of the attention of ${asks} falls on ${key}`,
  },
  context: { left: "weights", above: "v", meaning: (asks, j) => `What ${asks} has heard, place ${j + 1}` },
};

const total = (fractions) => fractions.reduce(plus);
export const products = (left, above) => left.map((x, i) => times(x, above[i]));
const multiplied = (a, b) => a.map((row) => transpose(b).map((column) => total(products(row, column))));
export const each = (matrix, change) => matrix.map((row) => row.map(change));

export function worked({ x, w_q, w_k, w_v }) {
  const given = Object.fromEntries(
    Object.entries({ x, w_q, w_k, w_v })
      .map(([name, matrix]) => [name, each(matrix, (n) => ratio(n))]),
  );
  const [q, k, v] = ["w_q", "w_k", "w_v"].map((name) => multiplied(given.x, given[name]));
  const scores = multiplied(q, transpose(k));
  const scaled_scores = each(scores, ([n]) => ratio(Math.floor(n / 2)));
  const powers = each(scaled_scores, ([n]) => (n < 0 ? ratio(1, 3 ** -n) : ratio(3 ** n)));
  const totals = powers.map((row) => [total(row)]);
  const weights = powers.map((row, i) =>
    row.map((power) => times(power, ratio(totals[i][0][1], totals[i][0][0])))
  );
  return {
    ...given,
    q,
    k,
    v,
    scores,
    scaled_scores,
    powers,
    totals,
    weights,
    context: multiplied(weights, v),
  };
}

export const picked = (
  { row, column, shown },
  steps,
) => [row, Math.min(column, steps[shown][0].length - 1)];

export function factors({ shown, row, column }, steps) {
  const { left, above, turned } = MATRICES[shown];
  const [i, j] = picked({ shown, row, column }, steps);
  return [steps[left][i], turned ? steps[above][j] : transpose(steps[above])[j]];
}
