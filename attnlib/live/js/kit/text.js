// Numbers as they are written, and the state in words.

import { html } from "./elements.js";

// -0 is 0, and a minus is a minus
export function number(x, digits = 3) {
  const text = Math.abs(x).toFixed(digits);
  return x < 0 && Number(text) !== 0 ? `−${text}` : text;
}

// at most two decimals
export const short = (x) => number(x, 2).replace(/\.?0+$/, "");

export function list(texts) {
  return texts.length < 2 ? texts.join("") : `${texts.slice(0, -1).join(", ")} and ${texts.at(-1)}`;
}

// The state in words: seen at once, and read out when it has settled, but not when the page opens. What is heard
// may say more than what is seen, such as a formula that stands beside it.
export function report() {
  const seen = html("p", { class: "live-text" });
  const spoken = html("p", { class: "live-hidden", "aria-live": "polite" });
  let waiting = 0;
  const say = (text, heard = text) => {
    if (seen.textContent === text) return;
    if (seen.textContent !== "") {
      clearTimeout(waiting);
      waiting = setTimeout(() => (spoken.textContent = heard), 400);
    }
    seen.textContent = text;
  };
  return { node: html("div", { class: "live-report" }, seen, spoken), say };
}

const SPACE = "\u202f"; // narrow, and no line breaks at it

// what is neither certain nor impossible isn't rounded to it
export function percent(share) {
  if (share > 0 && share < 0.0005) return `<${SPACE}0.1${SPACE}%`;
  if (share > 0.9995 && share < 1) return `>${SPACE}99.9${SPACE}%`;
  return `${number(100 * share, share === 1 ? 0 : 1)}${SPACE}%`;
}

export const quoted = (texts) => list(texts.map((text) => `“${text}”`));
