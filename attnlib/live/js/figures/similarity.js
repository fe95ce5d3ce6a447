// Two arrows in the plane, whose tips can be dragged, and what comparing them gives.

import { button } from "../kit/controls.js";
import { assign, frame, html, svg } from "../kit/elements.js";
import { handle } from "../kit/handle.js";
import { cosineSimilarity, dot, norm } from "../kit/maths.js";
import { change, drawOn } from "../kit/state.js";
import { number, report, short } from "../kit/text.js";

const NAMES = ["a", "b", "limit"];
const COLORS = { a: "blue", b: "orange" };

export function compute({ a, b }) {
  const cosine = cosineSimilarity(a, b);
  return {
    products: a.map((x, i) => x * b[i]),
    dot: dot(a, b),
    lengths: [norm(a), norm(b)],
    cosine,
    angle: (Math.acos(cosine) * 180) / Math.PI,
  };
}

const factor = (x) => (x < 0 ? `(${short(x)})` : short(x));

export function render({ model, el }) {
  const limit = model.get("limit");
  const onGrid = (x, step) => Math.min(limit, Math.max(-limit, Math.round(x / step) * step));
  let width = 0;
  const unit = () => width / (2 * limit + 1.4);

  const put = (name, vector) => {
    const rounded = vector.map((x) => onGrid(x, 0.1)).map((x) => Number(x.toFixed(1)));
    if (rounded.some((x) => x !== 0)) change(model, { [name]: rounded });
  };
  const plane = html("div", { class: "live-square", "aria-hidden": "true" });
  const tips = Object.fromEntries(["a", "b"].map((name) => [
    name,
    handle(`Tip of ${name}`, {
      min: -limit,
      max: limit,
      ondrag: (x, y) => {
        const box = plane.getBoundingClientRect();
        put(name, [(x - box.left - width / 2) / unit(), (box.top + width / 2 - y) / unit()]);
      },
      onstep: (dx, dy, fine) => {
        const step = fine ? 0.1 : 0.5;
        const [x, y] = model.get(name);
        const to = [x + dx * step, y + dy * step];
        put(name, Math.hypot(...to) < 0.05 ? [to[0] + dx * step, to[1] + dy * step] : to);
      },
    }),
  ]));
  for (const name of ["a", "b"]) tips[name].node.classList.add(`sim-tip-${name}`);

  const values = Object.fromEntries(["dot", "a", "b", "cosine", "angle"].map((name) => [name, html("dd")]));
  const working = html("dd", { class: "sim-working" });
  const needle = html("i");
  const gauge = html(
    "div",
    { class: "sim-gauge", "aria-hidden": "true" },
    needle,
    ...["−1", "0", "1"].map((text) => html("span", {}, text)),
  );
  const numbers = html(
    "dl",
    { class: "live-numbers sim-numbers simple" },
    html("dt", {}, "dot product"),
    values.dot,
    working,
    html("dt", {}, "length of a"),
    values.a,
    html("dt", {}, "length of b"),
    values.b,
    html("dt", {}, "angle"),
    values.angle,
    html("dt", {}, "cosine"),
    values.cosine,
  );
  const turned = (turn) => () => put("b", turn(model.get("a"), model.get("b")));
  const buttons = html(
    "div",
    { class: "live-controls sim-buttons" },
    button("b = a", turned((a) => a)),
    assign(button("at 90°", turned(([x, y]) => [-y, x])), { "aria-label": "b at 90° to a" }),
    button("b = −a", turned(([x, y]) => [-x, -y])),
    button("b / 2", turned((_, b) => b.map((x) => x / 2))),
  );
  const { node: words, say } = report();
  frame(
    el,
    "Similarity of two vectors",
    html(
      "div",
      { class: "live-split sim-split" },
      html("div", { class: "live-plane" }, plane, tips.a.node, tips.b.node),
      html("div", {}, numbers, gauge, buttons),
    ),
    words,
  );

  const draw = (state, measured) => {
    width = measured;
    const result = compute(state);
    const { a, b } = state;
    values.dot.textContent = short(result.dot);
    working.textContent = `a · b = ${factor(a[0])} · ${factor(b[0])} + ${factor(a[1])} · ${factor(b[1])}`;
    values.a.textContent = `√${short(dot(a, a))} = ${number(result.lengths[0], 2)}`;
    values.b.textContent = `√${short(dot(b, b))} = ${number(result.lengths[1], 2)}`;
    values.angle.textContent = `${number(result.angle, 0)}°`;
    values.cosine.textContent = number(result.cosine, 2);
    needle.style.insetInlineStart = `${50 + 50 * result.cosine}%`;
    say(inWords(state, result));
    for (const name of ["a", "b"]) {
      tips[name].show(state[name][0], `${short(state[name][0])}, ${short(state[name][1])}`);
      tips[name].place(width / 2 + state[name][0] * unit(), width / 2 - state[name][1] * unit());
    }
    if (width > 0) plane.replaceChildren(drawing(width, unit(), state));
  };
  return drawOn(plane, model, NAMES, draw);
}

// from a cosine upwards, what the arrows do
const ALIKE = [
  [0.995, "point the same way"],
  [0.5, "point much the same way"],
  [0.05, "agree a little"],
  [-0.05, "have nothing in common"],
  [-0.995, "point away from each other"],
  [-1, "are opposite"],
];

function inWords({ a, b }, { dot: product, cosine }) {
  const where = (vector) => `(${vector.map(short).join(", ")})`;
  const [, alike] = ALIKE.find(([least]) => cosine >= least);
  const measures = `dot product ${short(product)}, cosine ${number(cosine, 2)}`;
  return `a = ${where(a)} and b = ${where(b)} ${alike}: ${measures}.`;
}

function drawing(width, unit, { a, b, limit }) {
  const at = ([x, y]) => [width / 2 + x * unit, width / 2 - y * unit];
  const line = (from, to, className) => {
    const [[x1, y1], [x2, y2]] = [at(from), at(to)];
    return svg("line", { x1, y1, x2, y2, class: className });
  };
  const ticks = Array.from({ length: 2 * limit + 1 }, (_, i) => i - limit);
  const arrow = (name, vector) => {
    const length = norm(vector);
    const along = vector.map((x) => x / length);
    const across = [-along[1], along[0]];
    const head = Math.min(0.5, length / 2);
    const back = vector.map((x, i) => x - along[i] * head);
    const corners = [1, -1].map((side) => at(back.map((x, i) => x + (side * across[i] * head) / 2.4)));
    const beyond = at(vector.map((x, i) => x + along[i] * 0.7));
    return svg(
      "g",
      { class: `sim-${COLORS[name]}` },
      line([0, 0], back, "sim-shaft"),
      svg("polygon", { points: [at(vector), ...corners].join(" ") }),
      svg("text", { x: beyond[0], y: beyond[1] + 5, "text-anchor": "middle" }, name),
    );
  };
  const shadow = a.map((x) => (x * dot(a, b)) / dot(a, a));
  const [from, to] = [a, b].map((vector) => Math.atan2(vector[1], vector[0]));
  let turn = to - from;
  if (turn > Math.PI) turn -= 2 * Math.PI;
  if (turn < -Math.PI) turn += 2 * Math.PI;
  const radius = 0.8 * Math.min(1, norm(a), norm(b));
  const [start, end] = [from, from + turn].map((t) => at([radius * Math.cos(t), radius * Math.sin(t)]));
  const arc = `M${start}A${radius * unit} ${radius * unit} 0 0 ${turn > 0 ? 0 : 1} ${end}`;
  return svg(
    "svg",
    { viewBox: `0 0 ${width} ${width}`, width, height: width },
    ...ticks.flatMap((t) => [
      line([t, -limit], [t, limit], t === 0 ? "sim-axis" : "sim-rule"),
      line([-limit, t], [limit, t], t === 0 ? "sim-axis" : "sim-rule"),
    ]),
    line(b, shadow, "sim-drop"),
    line([0, 0], shadow, "sim-shadow"),
    svg("path", { d: arc, class: "sim-arc" }),
    arrow("a", a),
    arrow("b", b),
  );
}
