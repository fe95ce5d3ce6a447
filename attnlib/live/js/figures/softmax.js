// Scores that can be dragged, above the weights they become.

import { button, slider } from "../kit/controls.js";
import { assign, frame, html, svg } from "../kit/elements.js";
import { handle } from "../kit/handle.js";
import { entropy, nearest, softmax } from "../kit/maths.js";
import { glide } from "../kit/motion.js";
import { change, drawOn, read } from "../kit/state.js";
import { list, number, report, short } from "../kit/text.js";

const NAMES = ["scores", "temperature", "listeners", "limit"];

// at temperature 0 stands the limit: those with the highest score share everything
export function compute({ scores, temperature }) {
  const largest = Math.max(...scores);
  const limit = softmax(scores.map((score) => (score === largest ? 0 : -Infinity)));
  const weights = temperature === 0 ? limit : softmax(scores, { temperature });
  const spread = entropy(weights);
  return { weights, limit, entropy: spread, keys: Math.exp(spread) };
}

// from the cold to the heat: the limit, and then four temperatures to each doubling from 1/8 to 16
const TEMPERATURES = [0, ...Array.from({ length: 29 }, (_, i) => 2 ** (i / 4 - 3))];

const degrees = (temperature) => (temperature === 0 ? "0: arg max" : short(temperature));

// where things stand in the drawing: scores above, names between, weights below
const [TOP, ZERO, BOTTOM] = [40, 140, 240];
const [CEILING, FLOOR] = [298, 428];

export function render({ model, el }) {
  const limit = model.get("limit");
  const listeners = model.get("listeners");
  let width = 0;
  const column = () => (width - 30) / listeners.length;
  const place = (i) => 30 + (i + 0.5) * column();
  const height = (score) => ZERO - (score / limit) * (ZERO - TOP);

  const inside = (score, step) =>
    Math.min(limit, Math.max(-limit, Number((Math.round(score / step) * step).toFixed(1))));
  const put = (scores) => change(model, { scores });
  const one = (i, score) =>
    put(model.get("scores").map((other, j) => (j === i ? inside(score, 0.1) : other)));
  const drawing = html("div", { class: "soft-drawing", "aria-hidden": "true" });
  const tips = listeners.map((name, i) =>
    handle(`Score of ${name}`, {
      min: -limit,
      max: limit,
      ondrag: (_, y) => one(i, ((ZERO - y + drawing.getBoundingClientRect().top) * limit) / (ZERO - TOP)),
      onstep: (dx, dy, fine) => one(i, model.get("scores")[i] + (dx + dy) * (fine ? 0.1 : 0.5)),
    })
  );
  tips.forEach(({ node }) => assign(node, { "aria-orientation": "vertical" }));

  const heat = slider("temperature", {
    min: 0,
    max: TEMPERATURES.length - 1,
    text: () => degrees(model.get("temperature")),
    oninput: (i) => change(model, { temperature: TEMPERATURES[i] }),
  });
  const values = Object.fromEntries(["entropy", "keys"].map((name) => [name, html("dd")]));
  const bar = html("i");
  const numbers = html(
    "dl",
    { class: "live-numbers soft-numbers" },
    html("dt", {}, "entropy"),
    values.entropy,
    html("dt", {}, "listeners attended to"),
    values.keys,
  );
  const meter = html(
    "div",
    { class: "soft-meter", "aria-hidden": "true" },
    bar,
    html("span", {}, "sharp"),
    html("span", {}, "flat"),
  );
  const all = (f) => () => {
    const moved = model.get("scores").map((score) => Number(f(score).toFixed(4)));
    if (Math.max(...moved.map(Math.abs)) <= limit) put(moved);
  };
  const moves = [["all + 1", (x) => x + 1], ["all − 1", (x) => x - 1], ["all × 2", (x) => x * 2], [
    "all / 2",
    (x) => x / 2,
  ]];
  const buttons = moves.map(([text, f]) => button(text, all(f)));
  const { node: words, say } = report();
  frame(
    el,
    "Softmax: scores become weights",
    html(
      "div",
      { class: "live-split soft-split" },
      html("div", { class: "live-plane soft-stage" }, drawing, ...tips.map(({ node }) => node)),
      html(
        "div",
        { class: "soft-side" },
        html("div", { class: "live-controls soft-buttons" }, ...buttons),
        heat.node,
        html("div", {}, numbers, meter),
      ),
    ),
    words,
  );

  let weights = null;
  const paint = () =>
    width > 0 && weights !== null &&
    drawing.replaceChildren(scene(width, place, column(), height, read(model, NAMES), weights));
  const glideTo = glide((now) => {
    weights = now;
    paint();
  }, 200);
  const draw = (state, measured) => {
    width = measured;
    const result = compute(state);
    heat.show(nearest(TEMPERATURES, state.temperature));
    values.entropy.textContent = `${number(result.entropy, 3)} of ${number(Math.log(listeners.length), 3)}`;
    values.keys.textContent = `${number(result.keys, 2)} of ${listeners.length}`;
    bar.style.inlineSize = `${(100 * result.entropy) / Math.log(listeners.length)}%`;
    buttons.forEach((node, i) =>
      assign(node, {
        "aria-disabled": Math.max(...state.scores.map((score) => Math.abs(moves[i][1](score)))) > limit
          ? "true"
          : null,
      })
    );
    state.scores.forEach((score, i) => {
      tips[i].show(score, `${short(score)}, weight ${number(result.weights[i], 2)}`);
      tips[i].place(place(i), height(score));
    });
    say(inWords(state, result));
    glideTo(result.weights);
    paint();
  };
  return drawOn(drawing, model, NAMES, draw);
}

function inWords({ scores, temperature }, { weights }) {
  const written = weights.map((weight) => number(weight, 2));
  const become = `scores ${list(scores.map(short))} become the weights ${list(written)}`;
  if (temperature === 0) {
    return `In the limit, the ${become}: the highest score takes all, and equal ones share.`;
  }
  const ratio = Math.exp(1 / temperature);
  return `At temperature ${short(temperature)} the ${become}. ` +
    `One point more of score is ${number(ratio, ratio < 9.5 ? 2 : 0)} times the weight.`;
}

function scene(width, place, column, height, { scores, listeners, limit }, weights) {
  const { limit: ghost } = compute({ scores, temperature: 0 });
  const line = (className, y) => svg("path", { class: className, d: `M30 ${y}H${width}` });
  const text = (className, x, y, words, anchor = "middle") =>
    svg("text", { class: className, x, y, "text-anchor": anchor }, words);
  const block = (className, x, height) =>
    svg("rect", { class: className, x: x - bar / 2, y: FLOOR - height, width: bar, height });
  const long = FLOOR - CEILING;
  const bar = Math.min(72, column - 16);
  const marks = [-limit, 0, limit];
  return svg(
    "svg",
    { viewBox: `0 0 ${width} ${FLOOR + 4}`, width, height: FLOOR + 4 },
    ...marks.flatMap((mark) => [
      line(mark === 0 ? "soft-axis" : "soft-rule", height(mark)),
      text("soft-tick", 22, height(mark) + 5, number(mark, 0), "end"),
    ]),
    ...[0, 0.5, 1].flatMap((share) => [
      line(share === 0 ? "soft-axis" : "soft-rule", FLOOR - share * long),
      text("soft-tick", 22, FLOOR - share * long + 5, String(share).replace("0.5", "½"), "end"),
    ]),
    ...listeners.flatMap((name, i) => {
      const x = place(i);
      return [
        svg("path", { class: "soft-track", d: `M${x} ${TOP}V${BOTTOM}` }),
        svg("path", { class: "soft-stem", d: `M${x} ${ZERO}V${height(scores[i])}` }),
        text("soft-score", x, TOP - 26, short(scores[i])),
        text("soft-name", x, BOTTOM + 25, name),
        block("soft-ghost", x, ghost[i] * long),
        block("soft-bar", x, weights[i] * long),
        text("soft-weight", x, FLOOR - weights[i] * long - 7, number(weights[i], 2)),
      ];
    }),
  );
}
