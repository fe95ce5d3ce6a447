// Two words on a line of places, a clock for each pair of their features, and the score that comes of it.

import { button, choice, slider } from "../kit/controls.js";
import { frame, html, svg } from "../kit/elements.js";
import { dot, sum } from "../kit/maths.js";
import { glide } from "../kit/motion.js";
import { change, drawOn } from "../kit/state.js";
import { number, report } from "../kit/text.js";

const NAMES = ["query", "key", "query_at", "key_at", "kind", "places", "base"];

const pairsOf = (x) => Array.from({ length: x.length / 2 }, (_, i) => x.slice(2 * i, 2 * i + 2));

function placed(x, at, kind, base) {
  return pairsOf(x).flatMap(([a, b], i) => {
    const angle = at / base ** ((2 * i) / x.length);
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    if (kind === "rotary") return [a * cos - b * sin, a * sin + b * cos];
    return kind === "sinusoidal" ? [a + sin, b + cos] : [a, b];
  });
}

export function compute({ query, key, query_at, key_at, kind, places, base }) {
  const q = placed(query, query_at, kind, base);
  const k = placed(key, key_at, kind, base);
  const parts = pairsOf(q).map((pair, i) => dot(pair, pairsOf(k)[i]));
  const curve = Array.from({ length: places }, (_, at) => dot(q, placed(key, at, kind, base)));
  return { q, k, parts, score: sum(parts), curve };
}

export function render({ model, el }) {
  const places = model.get("places");
  const both = (step) => () => {
    const [query_at, key_at] = [model.get("query_at") + step, model.get("key_at") + step];
    if (Math.min(query_at, key_at) >= 0 && Math.max(query_at, key_at) < places) {
      change(model, { query_at, key_at });
    }
  };
  const slide = (label, name) =>
    slider(label, { min: 0, max: places - 1, oninput: (at) => change(model, { [name]: at }) });
  const query = slide("query at", "query_at");
  const key = slide("key at", "key_at");
  query.node.classList.add("order-query");
  key.node.classList.add("order-key");
  const back = button("◀ both", both(-1));
  const on = button("both ▶", both(1));
  back.setAttribute("aria-label", "both one place back");
  on.setAttribute("aria-label", "both one place on");
  const kinds = choice(
    "What says where a word stands",
    [["rotary", "RoPE"], ["sinusoidal", "waves added"], ["none", "nothing"]],
    (kind) => change(model, { kind }),
  );
  const clocks = html("div", { class: "order-clocks", "aria-hidden": "true" });
  const curve = html("div", { class: "order-curve", "aria-hidden": "true" });
  const reading = html("p", { class: "order-score" });
  const { node: words, say } = report();
  frame(
    el,
    "Order: two words, and a score that depends on their places",
    kinds.node,
    html("div", { class: "live-controls" }, query.node, key.node),
    html("div", { class: "live-controls order-both" }, back, on, reading),
    clocks,
    curve,
    words,
  );

  let state = null;
  let width = 0;
  const paint = (numbers) => {
    if (width === 0) return;
    const size = state.query.length;
    const [q, k] = [numbers.slice(0, size), numbers.slice(size, 2 * size)];
    const face = Math.min(140, Math.floor((width - 24) / (size / 2)));
    clocks.replaceChildren(...pairsOf(q).map((pair, i) => clock(state, face, i, pair, pairsOf(k)[i])));
    curve.replaceChildren(
      scores(state, width, numbers.slice(2 * size, -2), numbers.at(-2), numbers.at(-1)),
    );
  };
  const glideTo = glide(paint, 250);
  const draw = (next, measured) => {
    [state, width] = [next, measured];
    const { q, k, parts, score, curve: line } = compute(state);
    kinds.show(state.kind);
    query.show(state.query_at);
    key.show(state.key_at);
    const lowest = Math.min(state.query_at, state.key_at);
    const highest = Math.max(state.query_at, state.key_at);
    back.disabled = lowest === 0;
    on.disabled = highest === places - 1;
    const terms = parts.map((part) => number(part, 2)).join(" + ").replaceAll("+ −", "− ");
    reading.replaceChildren("score ", html("b", {}, number(score)), ` = ${terms}`);
    say(inWords(state, score));
    glideTo([...q, ...k, ...line, state.query_at, state.key_at]);
  };
  return drawOn(curve, model, NAMES, draw);
}

// One pair of features of both words, as two hands.
function clock({ base, query, kind }, size, i, q, k) {
  const middle = size / 2;
  const unit = (middle - 8) / (kind === "sinusoidal" ? 2.1 : 1.1);
  const hand = ([x, y], className, r) => {
    const [tip_x, tip_y] = [middle + x * unit, middle - y * unit];
    return svg(
      "g",
      { class: className },
      svg("line", { x1: middle, y1: middle, x2: tip_x, y2: tip_y }),
      svg("circle", { cx: tip_x, cy: tip_y, r }),
    );
  };
  const round = 2 * Math.PI * base ** ((2 * i) / query.length);
  const drawing = svg(
    "svg",
    { viewBox: `0 0 ${size} ${size}`, width: size, height: size },
    svg("circle", { class: "order-face", cx: middle, cy: middle, r: unit }),
    hand(q, "order-query", 8),
    hand(k, "order-key", 5),
  );
  const caption = kind === "none" ? "stands still" : `round in ${number(round, 0)}`;
  return html("div", {}, drawing, html("span", {}, caption));
}

// The score of the key wherever it may stand; the query where it is.
function scores({ places }, width, line, query_at, key_at) {
  const height = 170;
  const [left, right, top, bottom] = [34, 12, 26, 34];
  const high = Math.max(3, ...line);
  const low = Math.min(-3, ...line);
  const x = (at) => left + (at / (places - 1)) * (width - left - right);
  const y = (score) => top + ((high - score) / (high - low)) * (height - top - bottom);
  const here = Math.min(places - 2, Math.floor(key_at));
  const score = line[here] + (key_at - here) * (line[here + 1] - line[here]);
  const text = (at_x, at_y, words, anchor = "middle", className = "order-label") =>
    svg("text", { x: at_x, y: at_y, "text-anchor": anchor, class: className }, words);
  return svg(
    "svg",
    { viewBox: `0 0 ${width} ${height}`, width, height },
    svg("line", { class: "order-axis", x1: left, x2: width - right, y1: y(0), y2: y(0) }),
    text(left - 8, y(0) + 5, "0", "end"),
    svg("line", {
      class: "order-here",
      x1: x(query_at),
      x2: x(query_at),
      y1: top - 4,
      y2: height - bottom + 4,
    }),
    text(
      Math.min(Math.max(x(query_at), left + 20), width - right - 20),
      top - 10,
      "query",
      "middle",
      "order-query-label",
    ),
    svg("polyline", { class: "order-line", points: line.map((s, at) => `${x(at)},${y(s)}`).join(" ") }),
    svg("circle", { class: "order-point", cx: x(key_at), cy: y(score), r: 7 }),
    text(left, height - 8, "0", "start"),
    text(width - right, height - 8, `${places - 1}`, "end"),
    text((left + width - right) / 2, height - 8, "score, by the place of the key"),
  );
}

function inWords({ query_at, key_at, kind }, score) {
  const away = query_at - key_at;
  const where = away === 0 ? "the same place" : `${Math.abs(away)} ${away > 0 ? "before" : "after"} it`;
  const says = {
    rotary: `Every pair with this distance has the score ${number(score)}, wherever it stands.`,
    sinusoidal: `With waves added the score is ${number(score)} here; move both, and it changes.`,
    none: `Nothing says where they stand: the score is ${number(score)} everywhere.`,
  };
  return `The query stands at ${query_at} and the key at ${key_at}, ${where}. ${says[kind]}`;
}
