// A hundred scores of random queries and keys, raw and scaled, with the weights that softmax makes of them.

import { choice, slider } from "../kit/controls.js";
import { frame, html, svg } from "../kit/elements.js";
import { attentionScores, entropy, nearest, softmax, sum } from "../kit/maths.js";
import { change, fit, read, watch } from "../kit/state.js";
import { number, report, short } from "../kit/text.js";

const NAMES = ["q", "k", "d_k", "divisor"];
const DIVISORS = [["root", "√dₖ"], ["d_k", "dₖ"]];

// four to a hexadecimal digit, 1 for +1
const signs = (digits) =>
  [...digits].flatMap((digit) => [8, 4, 2, 1].map((bit) => (parseInt(digit, 16) & bit ? 1 : -1)));

const mean = (numbers) => sum(numbers) / numbers.length;

function spread(matrix) {
  const scores = matrix.flat();
  const middle = mean(scores);
  return Math.sqrt(mean(scores.map((score) => (score - middle) ** 2)));
}

// the largest entry of the Jacobian of a softmax stands on its diagonal
const largestDerivative = (weights) => Math.max(...weights.map((weight) => weight * (1 - weight)));

export function compute({ q, k, d_k: size, divisor }) {
  const [queries, keys] = [q, k].map((rows) => rows.map((digits) => signs(digits).slice(0, size)));
  const by = divisor === "root" ? Math.sqrt(size) : size;
  const scores = [1, 1 / by].map((scale) => attentionScores(queries, keys, scale));
  const weights = scores.map((matrix) => matrix.map((row) => softmax(row)));
  const means = (measure) => weights.map((matrix) => mean(matrix.map(measure)));
  return {
    scores,
    weights,
    spreads: scores.map(spread),
    largest_weights: means((row) => Math.max(...row)),
    keys: means((row) => Math.exp(entropy(row))),
    derivatives: means(largestDerivative),
  };
}

// one, and then eight sizes to each doubling, as far as they are whole numbers
const SIZES = [...new Set(Array.from({ length: 81 }, (_, i) => Math.round(2 ** (i / 8))))];

const SIDES = ["raw", "scaled"];
// one axis for both, or the wider one would look narrower: even up to about 1, then by factors of ten
const END = 250;
const TICKS = [-100, -10, -1, 0, 1, 10, 100];
const along = (score) => Math.asinh(score) / Math.asinh(END);
// each row of numbers: what it is called, its name in the result, the most it can be, and its digits
const ROWS = [
  ["spread of the scores", "spreads", null, 2],
  ["largest weight", "largest_weights", 1, 2],
  ["keys attended to, of 10", "keys", 10, 1],
  ["largest derivative", "derivatives", 0.25, 3],
];

export function render({ model, el }) {
  const size = slider("number of features, dₖ", {
    min: 0,
    max: SIZES.length - 1,
    text: () => String(model.get("d_k")),
    oninput: (i) => change(model, { d_k: SIZES[i] }),
  });
  const divisor = choice("divide the right by", DIVISORS, (chosen) => change(model, { divisor: chosen }));
  const heads = SIDES.map((name) => html("th", { scope: "col", class: `scal-${name}` }));
  const titles = SIDES.map(() => html("b"));
  const cells = ROWS.map(([, , most]) =>
    SIDES.map((name) => {
      const [value, bar] = [html("span"), html("i")];
      const track = html("span", { class: "scal-meter", "aria-hidden": "true" }, bar);
      const cell = html("td", { class: `scal-${name}` }, value, ...(most === null ? [] : [track]));
      return {
        cell,
        show: (x, digits) => {
          value.textContent = number(x, digits);
          if (most !== null) bar.style.inlineSize = `${(100 * x) / most}%`;
        },
      };
    })
  );
  const numbers = html(
    "table",
    { class: "scal-numbers" },
    html("thead", {}, html("tr", {}, html("td"), ...heads)),
    html(
      "tbody",
      {},
      ...ROWS.map(([name], i) =>
        html(
          "tr",
          {},
          html("th", { scope: "row" }, name),
          ...cells[i].map(({ cell }) => cell),
        )
      ),
    ),
  );
  const drawings = SIDES.map(() => html("div", { class: "scal-drawing" }));
  const { node: words, say } = report();
  frame(
    el,
    "Scaling: how far scores spread",
    html("div", { class: "live-controls" }, size.node, divisor.node),
    html(
      "div",
      { class: "scal-sides", "aria-hidden": "true" },
      ...SIDES.map((name, side) => html("div", { class: `scal-${name}` }, titles[side], drawings[side])),
    ),
    numbers,
    words,
  );

  const scenes = SIDES.map(() => null);
  const draw = (state) => {
    const result = compute(state);
    const { d_k: features } = state;
    const root = state.divisor === "root";
    const by = root ? Math.sqrt(features) : features;
    titles[0].textContent = heads[0].textContent = "raw";
    titles[1].textContent = `divided by ${short(by)}`;
    heads[1].textContent = `÷ ${short(by)}`;
    size.show(nearest(SIZES, features));
    divisor.show(state.divisor);
    ROWS.forEach(([, name, , digits], i) =>
      cells[i].forEach((cell, side) => cell.show(result[name][side], digits))
    );
    [1, by].forEach((divisor_, side) =>
      scenes[side]?.show(result.scores[side], result.weights[side], Math.sqrt(features) / divisor_)
    );
    say(inWords(state, by, result));
  };
  const unfit = drawings.map((node, side) =>
    fit(node, (width) => {
      scenes[side] = scene(width);
      node.replaceChildren(scenes[side].node);
      draw(read(model, NAMES));
    })
  );
  const unwatch = watch(model, NAMES, draw);
  return () => {
    unfit.forEach((stop) => stop());
    unwatch();
  };
}

function inWords({ d_k: features, divisor }, by, { spreads, keys, derivatives }) {
  const attends = (
    side,
  ) => (keys[side] < 1.5
    ? "hardly more than one key"
    : keys[side] > 9.5
    ? "all ten keys alike"
    : `about ${number(keys[side], 0)} of ten keys`);
  const told = (side) => `spread by ${number(spreads[side], 2)}, and a query attends to ${attends(side)}`;
  const what = divisor === "root" ? `√${features} = ${short(by)}` : `${features}`;
  const times = derivatives[1] / derivatives[0];
  const moves = times < 1.5
    ? "about as far as raw"
    : `${number(times, times < 9.5 ? 1 : 0)} times as far as raw`;
  return `With ${features} feature${features === 1 ? "" : "s"}, raw scores ${told(0)}. ` +
    `Divided by ${what}, they ${told(1)}: a nudge to a score moves its weight ${moves}.`;
}

// One side: a row of dots for each query's scores, and below its weights as a matrix. `band` is one deviation.
function scene(width) {
  const [n, pitch, cell] = [10, 12, 15];
  const [ceiling, floor] = [24, 24 + n * pitch + 8];
  const top = floor + 56;
  const x = (score) => width / 2 + along(score) * (width / 2);
  const shade = svg("rect", { class: "scal-band", y: ceiling, height: floor - ceiling, width: 2, x: -1 });
  const grid_ = (draw) =>
    Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => draw(i, j)));
  const dots = grid_(() => svg("circle", { r: 3.5 }));
  const squares = grid_((i, j) =>
    svg("rect", {
      x: (j * width) / n + 1,
      y: top + i * cell + 1,
      width: width / n - 2,
      height: cell - 2,
      rx: 2,
    })
  );
  const height = top + n * cell;
  const numbered = width < 240 ? [-10, 0, 10] : TICKS;
  const node = svg(
    "svg",
    { viewBox: `0 0 ${width} ${height}`, width, height },
    shade,
    svg("path", {
      class: "scal-axis",
      d: `M0 ${floor}H${width}M${x(0)} ${ceiling}V${floor}${
        TICKS.map((tick) => `M${x(tick)} ${floor}v4`).join("")
      }`,
    }),
    ...numbered.map((tick) =>
      svg(
        "text",
        { class: "scal-tick", x: x(tick), y: floor + 17, "text-anchor": "middle" },
        number(tick, 0),
      )
    ),
    svg(
      "text",
      { class: "scal-tick", x: 0, y: 14 },
      width < 230 ? "scores" : "scores, a row for each query",
    ),
    svg("text", { class: "scal-tick", x: 0, y: top - 8 }, "weights"),
    svg("g", { class: "scal-dots" }, ...dots.flat()),
    svg("rect", { class: "scal-ground", x: 0, y: top, width, height: n * cell, rx: 3 }),
    svg("g", { class: "scal-weights" }, ...squares.flat()),
  );
  const show = (scores, weights, band) => {
    shade.style.transform = `translate(${width / 2}px) scaleX(${x(band) - width / 2})`;
    dots.forEach((row, i) =>
      row.forEach((dot_, j) => {
        dot_.style.transform = `translate(${x(scores[i][j])}px, ${ceiling + (i + 0.75) * pitch}px)`;
      })
    );
    squares.forEach((row, i) => row.forEach((square, j) => (square.style.fillOpacity = weights[i][j])));
  };
  return { node, show };
}
