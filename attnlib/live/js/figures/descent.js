// A valley in the plane of two entries of W_Q, and the steps that lead down: the worked head learns.

import { assign, frame, html, svg } from "../kit/elements.js";
import { button, choice, slider } from "../kit/controls.js";
import { handle } from "../kit/handle.js";
import { dot, matmul, softmax, sum } from "../kit/maths.js";
import { change, drawOn } from "../kit/state.js";
import { number, report, short } from "../kit/text.js";

const NAMES = [
  "start",
  "method",
  "rate",
  "taken",
  "x",
  "w_q",
  "w_k",
  "wishes",
  "tokens",
  "names",
  "label",
  "feature",
  "columns",
  "limit",
];
const MOST_STEPS = 200;
const BETAS = [0.9, 0.99];
const EPSILON = 1e-8;

// the scores are halved and the powers are those of 3, as in the head worked by hand
function head({ x, w_q, w_k, wishes, feature, columns }) {
  const keys = matmul(x, w_k);
  const queries = matmul(x, w_q);
  const own = w_q[feature];
  return wishes.map(([asks, wanted]) => ({
    wanted,
    has: x[asks][feature],
    base: keys.map((key) =>
      dot(queries[asks], key) - x[asks][feature] * sum(columns.map((c) => own[c] * key[c]))
    ),
    slopes: keys.map((key) => columns.map((c) => x[asks][feature] * key[c])),
  }));
}

function look(wishes, point) {
  const n = wishes.length;
  const gradient = point.map(() => 0);
  let loss = 0;
  const weights = wishes.map(({ wanted, base, slopes }) => {
    const halves = base.map((score, j) => (score + dot(slopes[j], point)) / 2);
    const shares = softmax(halves, { base: 3 });
    const most = Math.max(...halves);
    loss += (most - halves[wanted] + Math.log(sum(halves.map((s) => 3 ** (s - most)))) / Math.log(3)) / n;
    shares.forEach((share, j) => {
      const up = (share - (j === wanted ? 1 : 0)) / 2 / n;
      slopes[j].forEach((slope, c) => (gradient[c] += up * slope));
    });
    return shares;
  });
  return { loss, gradient, weights };
}

export function compute(state) {
  const wishes = head(state);
  let point = state.start;
  let seen = look(wishes, point);
  const path = [point];
  const losses = [seen.loss];
  let m = [0, 0];
  let v = [0, 0];
  state.taken.forEach((rate, before) => {
    const g = seen.gradient;
    m = m.map((mean, i) => BETAS[0] * mean + (1 - BETAS[0]) * g[i]);
    v = v.map((size, i) => BETAS[1] * size + (1 - BETAS[1]) * g[i] * g[i]);
    const [unbiasM, unbiasV] = BETAS.map((beta) => 1 - beta ** (before + 1));
    point = point.map((entry, i) =>
      entry -
      rate * (state.method === "Adam" ? m[i] / unbiasM / (Math.sqrt(v[i] / unbiasV) + EPSILON) : g[i])
    );
    seen = look(wishes, point);
    path.push(point);
    losses.push(seen.loss);
  });
  return { path, losses, gradient: seen.gradient, weights: seen.weights };
}

export function render({ model, el }) {
  const limit = model.get("limit");
  const names = model.get("names");
  const tokens = model.get("tokens");
  const wished = model.get("wishes");
  const lines = contours(head(Object.fromEntries(NAMES.map((name) => [name, model.get(name)]))), limit);
  let width = 0;
  const unit = () => width / (2 * limit);
  const inside = (x, step) =>
    Number(Math.min(limit, Math.max(-limit, Math.round(x / step) * step)).toFixed(2));
  const begin = (start) => change(model, { start, taken: [] });
  const take = (n) => () =>
    change(model, {
      taken: [...model.get("taken"), ...Array(n).fill(model.get("rate"))].slice(0, MOST_STEPS),
    });

  const drawing = html("div", { class: "live-square", "aria-hidden": "true" });
  const tip = handle("Start of the path", {
    min: -limit,
    max: limit,
    ondrag: (x, y) => {
      const box = drawing.getBoundingClientRect();
      begin([
        inside((x - box.left - width / 2) / unit(), 0.05),
        inside((box.top + width / 2 - y) / unit(), 0.05),
      ]);
    },
    onstep: (dx, dy, fine) => {
      const by = fine ? 0.05 : 0.25;
      const [x, y] = model.get("start");
      begin([inside(x + dx * by, 0.05), inside(y + dy * by, 0.05)]);
    },
  });
  const rate = slider("learning rate", {
    min: -5,
    max: 5,
    step: 0.5,
    text: (exponent) => written(2 ** exponent),
    oninput: (exponent) => change(model, { rate: 2 ** exponent }),
  });
  const methods = choice(
    "by",
    [["descent", "plain descent"], ["Adam", "Adam"]],
    (method) => change(model, { method, taken: [] }),
  );
  const buttons = html(
    "div",
    { class: "live-controls descent-buttons" },
    button("One step", take(1)),
    button("Ten steps", take(10)),
    button("Start again", () => begin(model.get("start"))),
    button("From the worked head", () => begin(worked(model))),
  );
  const bars = wished.map(([asks, wanted]) => {
    const rows = names.map((name, j) => {
      const bar = html("i");
      const value = html("span", { class: "descent-value" });
      const row = html(
        "div",
        { class: j === wanted ? "descent-row descent-wanted" : "descent-row" },
        html("span", {}, name),
        html("span", { class: "descent-track" }, bar),
        value,
      );
      return { row, bar, value };
    });
    const title = html(
      "p",
      { class: "descent-title" },
      `${tokens[asks]} should look at `,
      html("b", {}, tokens[wanted]),
    );
    return { node: html("div", {}, title, ...rows.map(({ row }) => row)), rows };
  });
  const curve = html("div", { class: "descent-curve", "aria-hidden": "true" });
  const { node: words, say } = report();
  frame(
    el,
    "The worked head goes down, step by step",
    html(
      "div",
      { class: "live-split descent-split" },
      html(
        "div",
        {},
        html("div", { class: "live-plane live-edged descent-plane" }, drawing, tip.node),
        html(
          "p",
          { class: "descent-axis" },
          `across: first entry of “${model.get("label")}”, up: the third`,
        ),
      ),
      html("div", { class: "descent-side" }, ...bars.map(({ node }) => node), curve),
    ),
    html("div", { class: "live-controls" }, rate.node, methods.node),
    buttons,
    words,
  );

  const draw = (state, measured) => {
    width = measured;
    const result = compute(state);
    rate.show(Math.log2(state.rate));
    methods.show(state.method);
    bars.forEach(({ rows }, place) =>
      rows.forEach(({ bar, value }, j) => {
        const weight = result.weights[place][j];
        bar.style.inlineSize = `${100 * weight}%`;
        value.textContent = number(weight, 2);
      })
    );
    say(inWords(state, result));
    tip.show(state.start[0], `${short(state.start[0])}, ${short(state.start[1])}`);
    if (width === 0) return;
    tip.place(width / 2 + state.start[0] * unit(), width / 2 - state.start[1] * unit());
    drawing.replaceChildren(plane(width, limit, lines, worked(model), result.path));
    curve.replaceChildren(losses(result.losses));
  };
  return drawOn(drawing, model, NAMES, draw);
}

const worked = (model) =>
  model.get("columns").map((column) => model.get("w_q")[model.get("feature")][column]);

const written = (
  rate,
) => (rate < 1 ? number(rate, 3).replace(/0+$/, "") : number(rate, 1).replace(/\.0$/, ""));

function inWords({ tokens, wishes, method, taken, limit }, { path, losses, weights }) {
  const [last, before] = [losses.at(-1), losses.at(-2)];
  const by = method === "Adam" ? "Adam" : "plain descent";
  const when = taken.length === 0
    ? `Before the first step of ${by}`
    : `After ${taken.length} step${taken.length === 1 ? "" : "s"} of ${by}`;
  const given = wishes.map(([asks, wanted], i) =>
    `${tokens[asks]} gives ${tokens[wanted]} ${number(weights[i][wanted], 2)}`
  );
  const parts = [
    `${when} the loss is ${number(last, 3)}: ${given.join(", ")}.`,
  ];
  if (before !== undefined && last > before + 5e-4) parts.push("The last step went up: it was too long.");
  if (path.at(-1).some((entry) => Math.abs(entry) > limit)) parts.push("The path has left the picture.");
  if (taken.length === MOST_STEPS) parts.push(`${MOST_STEPS} steps are enough: start again.`);
  return parts.join(" ");
}

// Lines of equal loss by marching squares, in the coordinates of the plane: [{ level, d(at) }]
function contours(wishes, limit, n = 48) {
  const ticks = Array.from({ length: n + 1 }, (_, i) => limit * ((2 * i) / n - 1));
  const heights = ticks.map((b) => ticks.map((a) => look(wishes, [a, b]).loss));
  const lowest = Math.min(...heights.flat());
  return Array.from({ length: 10 }, (_, k) => {
    const level = lowest + 0.01 * 2 ** k;
    const segments = [];
    for (let i = 0; i < n; i += 1) {
      for (let j = 0; j < n; j += 1) segments.push(...crossings(ticks, heights, i, j, level));
    }
    return { level, segments };
  });
}

// where a line of one height passes through one square of the grid
function crossings(ticks, heights, i, j, level) {
  const corners = [[i, j], [i, j + 1], [i + 1, j + 1], [i + 1, j]];
  const points = corners.flatMap(([r, c], side) => {
    const [r2, c2] = corners[(side + 1) % 4];
    const [from, to] = [heights[r][c], heights[r2][c2]];
    if (from < level === to < level) return [];
    const share = (level - from) / (to - from);
    return [[ticks[c] + share * (ticks[c2] - ticks[c]), ticks[r] + share * (ticks[r2] - ticks[r])]];
  });
  return points.length < 2 ? [] : points.length === 2 ? [points] : [points.slice(0, 2), points.slice(2)];
}

function plane(width, limit, lines, home, path) {
  const unit = width / (2 * limit);
  const at = ([x, y]) => [(width / 2 + x * unit).toFixed(1), (width / 2 - y * unit).toFixed(1)];
  // far outside, where no drawing is, all is at the border of the far
  const near = (point) => point.map((entry) => Math.min(20 * limit, Math.max(-20 * limit, entry)));
  const points = path.map((point) => at(near(point)));
  const [x, y] = at(home).map(Number);
  const root = svg(
    "svg",
    { viewBox: `0 0 ${width} ${width}`, width, height: width },
    ...lines.map(({ segments }, k) =>
      svg("path", {
        class: "descent-line",
        d: segments.map(([from, to]) => `M${at(from)}L${at(to)}`).join(""),
        style: `opacity: ${(0.95 - 0.07 * k).toFixed(2)}`,
      })
    ),
    ...axis(width, limit, unit),
    svg("path", { class: "descent-home", d: `M${x - 6} ${y - 6}l12 12m0 -12l-12 12` }),
    svg("polyline", { class: "descent-path", points: points.join(" ") }),
    ...points.slice(1).map(([cx, cy]) => svg("circle", { class: "descent-stop", cx, cy, r: 3.5 })),
  );
  const [cx, cy] = points.at(-1);
  if (points.length > 1) root.append(svg("circle", { class: "descent-here", cx, cy, r: 6.5 }));
  return root;
}

function axis(width, limit, unit) {
  const whole = Array.from({ length: 2 * limit - 1 }, (_, i) => i + 1 - limit);
  return whole.flatMap((t) => [
    svg(
      "text",
      { class: "descent-tick", x: width / 2 + t * unit, y: width - 5, "text-anchor": "middle" },
      short(t),
    ),
    svg("text", { class: "descent-tick", x: 5, y: width / 2 - t * unit + 4 }, short(t)),
  ]);
}

// the loss by step, from the highest that there was down to 0
function losses(values) {
  const [width, height, left] = [280, 92, 34];
  const most = Math.max(...values);
  const across = (width - left - 8) / Math.max(1, values.length - 1);
  const points = values.map((value, i) => [left + i * across, 10 + (height - 28) * (1 - value / most)]);
  const floor = height - 18;
  return svg(
    "svg",
    { viewBox: `0 0 ${width} ${height}` },
    svg("line", { class: "descent-floor", x1: left, y1: floor, x2: width, y2: floor }),
    svg(
      "text",
      { class: "descent-tick", x: left - 5, y: 14, "text-anchor": "end" },
      short(Math.min(most, 999)),
    ),
    svg("text", { class: "descent-tick", x: left - 5, y: floor + 4, "text-anchor": "end" }, "0"),
    svg("text", { class: "descent-tick", x: left, y: height - 2 }, "loss, step by step"),
    svg("polyline", {
      class: "descent-path",
      points: points.map((p) => p.map((x) => x.toFixed(1))).join(" "),
    }),
    assign(svg("circle", { class: "descent-here", r: 4.5 }), {
      cx: points.at(-1)[0],
      cy: points.at(-1)[1],
    }),
  );
}
