// Which ten mistakes belong to a day, and what is kept of the rounds that were played.

const KEPT = "spotlight-find-the-bug";
export const LENGTH = 10;

// The same for everyone on a day: a whole number below `n`, from another one.
function draw(seed, n) {
  let x = (seed + 0x9e3779b9) | 0;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return ((x ^ (x >>> 16)) >>> 0) % n;
}

// Exhibits are ordered from plain to hard: one of each tenth, and of no exercise twice if that can be.
export function roundOf(exhibits, seed) {
  const used = new Set();
  return Array.from({ length: LENGTH }, (_, tenth) => {
    const start = Math.floor((tenth * exhibits.length) / LENGTH);
    const n = Math.floor(((tenth + 1) * exhibits.length) / LENGTH) - start;
    const drawn = draw(seed * LENGTH + tenth, n);
    const inTurn = Array.from({ length: n }, (_, step) => start + ((drawn + step) % n));
    const at = inTurn.find((i) => !used.has(exhibits[i].exercise)) ?? start + drawn;
    used.add(exhibits[at].exercise);
    return at;
  });
}

export const today = (date = new Date()) =>
  10000 * date.getFullYear() + 100 * (date.getMonth() + 1) + date.getDate();

export function written(day) {
  const date = new Date(Math.floor(day / 10000), (Math.floor(day / 100) % 100) - 1, day % 100);
  return date.toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric" });
}

// Scores stay in this browser, if it keeps anything.
export function kept() {
  try {
    return JSON.parse(globalThis.localStorage.getItem(KEPT)) ?? {};
  } catch {
    return {};
  }
}

export function keep(day, score) {
  const days = kept();
  if (day in days) return; // the first time counts
  try {
    globalThis.localStorage.setItem(KEPT, JSON.stringify({ ...days, [day]: score }));
  } catch {
    // then nothing is kept
  }
}
