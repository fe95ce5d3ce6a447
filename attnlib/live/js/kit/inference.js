// What a trained model is made of: the counterpart of attnlib.layers. A matrix holds its numbers row by row in
// a Float32Array; tokens are its rows, and a vector is a matrix of one row.

export const matrix = (rows, columns, data = new Float32Array(rows * columns)) => ({ rows, columns, data });
export const rowOf = ({ columns, data }, i) => data.subarray(i * columns, (i + 1) * columns);
export const rowsOf = (x) => Array.from({ length: x.rows }, (_, i) => Array.from(rowOf(x, i)));

export function embedding(table, ids) {
  const x = matrix(ids.length, table.columns);
  ids.forEach((id, i) => rowOf(x, i).set(rowOf(table, id)));
  return x;
}

// y may have more rows than x, as positions have
export const plus = (x, y) => matrix(x.rows, x.columns, x.data.map((number, i) => number + y.data[i]));

export const relu = (x) => matrix(x.rows, x.columns, x.data.map((number) => Math.max(number, 0)));

export const tanh = (x) => matrix(x.rows, x.columns, x.data.map(Math.tanh));

// the rows of several matrices side by side, in double precision
export function concat(...parts) {
  const columns = parts.reduce((total, part) => total + part.columns, 0);
  const x = matrix(parts[0].rows, columns, new Float64Array(parts[0].rows * columns));
  for (let i = 0, at = 0; i < x.rows; i += 1) {
    for (const part of parts) {
      x.data.set(rowOf(part, i), at);
      at += part.columns;
    }
  }
  return x;
}

// x w + b, in the precision of x
export function linear(x, w, b = null) {
  const y = matrix(x.rows, w.columns, new x.data.constructor(x.rows * w.columns));
  const sums = new Float64Array(w.columns);
  for (let i = 0; i < x.rows; i += 1) {
    if (b === null) sums.fill(0);
    else sums.set(b.data);
    for (let k = 0; k < x.columns; k += 1) {
      const number = x.data[i * x.columns + k];
      for (let j = 0, at = k * w.columns; j < w.columns; j += 1, at += 1) sums[j] += number * w.data[at];
    }
    y.data.set(sums, i * w.columns);
  }
  return y;
}

export function layerNorm(x, gain, shift) {
  const y = matrix(x.rows, x.columns);
  for (let i = 0; i < x.rows; i += 1) {
    const token = rowOf(x, i);
    const mean = token.reduce((total, number) => total + number, 0) / x.columns;
    const variance = token.reduce((total, number) => total + (number - mean) ** 2, 0) / x.columns;
    const rate = 1 / Math.sqrt(variance + 1e-5);
    rowOf(y, i).set(token.map((number, j) => gain.data[j] * (number - mean) * rate + shift.data[j]));
  }
  return y;
}

// The weights of each row of scores at a temperature, in the precision of the scores; scores may be -Infinity, but not a whole row of them.
export function softmaxRows(scores, temperature = 1) {
  const weights = matrix(scores.rows, scores.columns, new scores.data.constructor(scores.data.length));
  for (let i = 0; i < scores.rows; i += 1) {
    const row = rowOf(scores, i);
    const largest = row.reduce((most, score) => Math.max(most, score), -Infinity);
    const powers = Float64Array.from(row, (score) => Math.exp((score - largest) / temperature));
    const total = powers.reduce((sum, power) => sum + power, 0);
    rowOf(weights, i).set(powers.map((power) => power / total));
  }
  return weights;
}

// query i may attend to key j
export const causal = (i, j) => j <= i;

// Attention with heads side by side, as attnlib.layers.attend, in the precision of the queries: the context, and
// the weights of each head. What mask(i, j) is false for is hidden; bias(h, i, j) is added to a score of head h.
export function attend(q, k, v, { n_heads = 1, mask = () => true, bias = () => 0 } = {}) {
  const empty = (rows, columns) => matrix(rows, columns, new q.data.constructor(rows * columns));
  const context = empty(q.rows, v.columns);
  const size = q.columns / n_heads;
  const width = v.columns / n_heads;
  const weights = Array.from({ length: n_heads }, (_, h) => {
    const scores = empty(q.rows, k.rows);
    for (let i = 0; i < q.rows; i += 1) {
      for (let j = 0; j < k.rows; j += 1) {
        let score = mask(i, j) ? 0 : -Infinity;
        for (let n = h * size; n < (h + 1) * size && score > -Infinity; n += 1) {
          score += q.data[i * q.columns + n] * k.data[j * k.columns + n];
        }
        scores.data[i * k.rows + j] = score / Math.sqrt(size) + bias(h, i, j);
      }
    }
    const shares = softmaxRows(scores);
    for (let i = 0; i < q.rows; i += 1) {
      for (let n = h * width; n < (h + 1) * width; n += 1) {
        let gathered = 0;
        for (let j = 0; j < k.rows; j += 1) {
          gathered += shares.data[i * k.rows + j] * v.data[j * v.columns + n];
        }
        context.data[i * v.columns + n] = gathered;
      }
    }
    return shares;
  });
  return { context, weights };
}

// One step of an LSTM, as attnlib.layers.lstm_step: the next output and the next memory, side by side.
export function lstmStep(x, state, w_x, w_h, b) {
  const size = w_h.rows;
  const gates = plus(
    linear(x, w_x, b),
    linear(matrix(1, size, state.data.subarray(0, size)), w_h),
  );
  const open = (gate, j) => 0.5 * (Math.tanh(0.5 * gates.data[gate * size + j]) + 1);
  const next = matrix(1, 2 * size, new Float64Array(2 * size));
  for (let j = 0; j < size; j += 1) {
    const memory = open(1, j) * state.data[size + j] + open(0, j) * Math.tanh(gates.data[2 * size + j]);
    next.data[size + j] = memory;
    next.data[j] = open(3, j) * Math.tanh(memory);
  }
  return next;
}

// What one query gathers by additive scores, as attnlib.layers.additive_attend, and its weights.
export function additiveAttend(q, k, v, w_score) {
  const scores = matrix(1, k.rows, new Float64Array(k.rows));
  for (let j = 0; j < k.rows; j += 1) {
    rowOf(k, j).forEach((key, n) => (scores.data[j] += w_score.data[n] * Math.tanh(q.data[n] + key)));
  }
  const weights = softmaxRows(scores);
  return { context: linear(weights, v), weights };
}
