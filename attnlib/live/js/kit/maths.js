// The numbers of the figures: the counterpart of attnlib, on plain arrays.

export const sum = (numbers) => numbers.reduce((total, x) => total + x, 0);
export const dot = (a, b) => sum(a.map((x, i) => x * b[i]));
export const norm = (a) => Math.hypot(...a);
export const transpose = (a) => a[0].map((_, j) => a.map((row) => row[j]));
export const matmul = (a, b) => {
  const columns = transpose(b);
  return a.map((row) => columns.map((column) => dot(row, column)));
};

// 0 where a vector has no direction
export function cosineSimilarity(a, b) {
  const lengths = norm(a) * norm(b);
  return lengths === 0 ? 0 : Math.min(1, Math.max(-1, dot(a, b) / lengths));
}

// scores may be -Infinity; where all are, so that nothing may be attended to, every weight is 0
export function softmax(scores, { base = Math.E, temperature = 1 } = {}) {
  const largest = Math.max(...scores);
  if (largest === -Infinity) return scores.map(() => 0);
  const powers = scores.map((score) => Math.exp((Math.log(base) * (score - largest)) / temperature));
  const total = sum(powers);
  return powers.map((power) => power / total);
}

// in nats; 0 log 0 is 0
export const entropy = (weights) => -sum(weights.map((w) => (w > 0 ? w * Math.log(w) : 0)));

// row convention; mask[i][j] is true where query i may attend to key j
export function attentionScores(q, k, scale = 1 / Math.sqrt(k[0].length)) {
  return matmul(q, transpose(k)).map((row) => row.map((score) => score * scale));
}

export function attentionWeights(q, k, { mask = null, scale } = {}) {
  return attentionScores(q, k, scale).map((row, i) =>
    softmax(row.map((score, j) => (mask === null || mask[i][j] ? score : -Infinity)))
  );
}

// where the number that is nearest to x stands
export const nearest = (numbers, x) =>
  numbers.reduce((best, other, i) => (Math.abs(other - x) < Math.abs(numbers[best] - x) ? i : best), 0);
