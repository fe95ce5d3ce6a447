// Fractions of integers: pairs in lowest terms, so that every number is exact.

const gcd = (a, b) => (b === 0 ? Math.abs(a) : gcd(b, a % b));

export function ratio(above, below = 1) {
  const shared = gcd(above, below) * Math.sign(below);
  return [above / shared, below / shared];
}

export const times = ([a, b], [c, d]) => ratio(a * c, b * d);
export const plus = ([a, b], [c, d]) => ratio(a * d + b * c, b * d);

// as text: 9/16, 3, −1/2
export function fraction(numerator, denominator) {
  const [above, below] = ratio(numerator, denominator);
  const sign = above < 0 ? "−" : "";
  return sign + (below === 1 ? `${Math.abs(above)}` : `${Math.abs(above)}/${below}`);
}
