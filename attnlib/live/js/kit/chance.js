// Draws that a seed repeats.

// Mulberry32 by Tommy Ettinger: a function that gives the next number from 0 up to 1.
export function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}

// the place that a number from 0 up to 1 falls to, as attnlib.models.generating.choose draws
export function drawn(weights, number) {
  let left = number * weights.reduce((total, weight) => total + weight, 0);
  return Math.max(0, weights.findIndex((weight) => (left -= weight) < 0));
}
