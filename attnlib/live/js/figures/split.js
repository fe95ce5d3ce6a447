// Numbered blocks: the same numbers as tokens, cut, as heads, and as two mistakes leave them.

import { choice, radios } from "../kit/controls.js";
import { frame, html } from "../kit/elements.js";
import { change, drawOn } from "../kit/state.js";
import { number, report } from "../kit/text.js";

const { requestAnimationFrame } = globalThis;

const NAMES = ["x", "n_heads", "view", "followed"];
const VIEWS = [
  ["tokens", "x"],
  ["reshaped", "reshape"],
  ["heads", "swap"],
  ["unswapped", "swap forgotten"],
  ["unswapped_back", "swap back forgotten"],
];
// what stands there when nothing is forgotten
const RIGHT = { unswapped: "heads", unswapped_back: "tokens" };

// The order in which a view holds the numbers of x, counted row by row, with its shape and its axes.
function arranged({ x, n_heads, view }) {
  const [t, d_model] = [x.length, x[0].length];
  const d_head = d_model / n_heads;
  const inPlace = Array.from({ length: t * d_model }, (_, i) => i);
  const swapped = inPlace.map((p) => {
    const [head, token, feature] = unravel(p, [n_heads, t, d_head]);
    return token * d_model + head * d_head + feature;
  });
  return {
    tokens: { order: inPlace, shape: [t, d_model], axes: ["token", "feature"] },
    reshaped: { order: inPlace, shape: [t, n_heads, d_head], axes: ["token", "head", "feature"] },
    heads: { order: swapped, shape: [n_heads, t, d_head], axes: ["head", "token", "feature"] },
    unswapped: { order: inPlace, shape: [n_heads, t, d_head], axes: ["head", "token", "feature"] },
    unswapped_back: { order: swapped, shape: [t, d_model], axes: ["token", "feature"] },
  }[view];
}

function unravel(place, shape) {
  const index = [];
  for (const size of [...shape].reverse()) {
    index.unshift(place % size);
    place = Math.floor(place / size);
  }
  return index;
}

function nested(flat, shape) {
  if (shape.length === 1) return flat;
  const size = flat.length / shape[0];
  return Array.from(
    { length: shape[0] },
    (_, i) => nested(flat.slice(i * size, (i + 1) * size), shape.slice(1)),
  );
}

export function compute(state) {
  const { order, shape } = arranged(state);
  const right = arranged({ ...state, view: RIGHT[state.view] ?? state.view }).order;
  const flat = state.x.flat();
  const place = order.indexOf(state.followed);
  return {
    array: nested(order.map((i) => flat[i]), shape),
    index: unravel(place, shape),
    belongs: flat[right[place]],
    n_strayed: order.filter((i, p) => i !== right[p]).length,
  };
}

const plain = (x) => number(x, Number.isInteger(x) ? 0 : 2);

function code({ x, n_heads, view }) {
  const [t, d_model] = [x.length, x[0].length];
  const d_head = d_model / n_heads;
  return {
    tokens: "x",
    reshaped: `x.reshape(${t}, ${n_heads}, ${d_head})`,
    heads: `x.reshape(${t}, ${n_heads}, ${d_head}).swapaxes(-3, -2)`,
    unswapped: `x.reshape(${n_heads}, ${t}, ${d_head})`,
    unswapped_back: `heads.reshape(${t}, ${d_model})`,
  }[view];
}

export function render({ model, el }) {
  const flat = model.get("x").flat();
  const d_model = model.get("x")[0].length;
  const views = choice("Show", VIEWS, (view) => change(model, { view }));
  const divisors = Array.from({ length: d_model - 1 }, (_, i) => i + 2).filter((n) => d_model % n === 0);
  const counts = choice(
    "Heads",
    divisors.map((n) => [n, String(n)]),
    (n_heads) => change(model, { n_heads }),
  );
  const follow = radios(flat.map((_, i) => [i]), (followed) => change(model, { followed }));
  const blocks = flat.map((value, i) =>
    html(
      "label",
      {
        class: `split-block split-token-${Math.floor(i / d_model) % 4}`,
        style: `--split-token: ${Math.floor(i / d_model)}`,
      },
      follow.inputs[i],
      html("span", {}, plain(value)),
    )
  );
  const labels = html("div", { class: "split-labels", "aria-hidden": "true" });
  const stage = html(
    "fieldset",
    { class: "split-stage" },
    html("legend", { class: "live-hidden" }, "Follow a number"),
    labels,
    ...blocks,
  );
  const line = html("code", { class: "split-code" });
  const shape = html("span", { class: "split-shape" });
  const { node: words, say } = report();
  frame(
    el,
    "Split and merge: which number goes where",
    html("div", { class: "live-controls" }, views.node, ...(divisors.length > 1 ? [counts.node] : [])),
    html("div", { class: "split-line" }, line, shape),
    stage,
    words,
  );

  let width = 0;
  const draw = (state, measured) => {
    if (measured !== width) {
      // blocks move to another view, but not to another width
      stage.classList.remove("split-moves");
      requestAnimationFrame(() => requestAnimationFrame(() => stage.classList.add("split-moves")));
    }
    width = measured;
    const result = compute(state);
    views.show(state.view);
    counts.show(state.n_heads);
    follow.show(state.followed);
    line.textContent = code(state);
    shape.textContent = `shape (${arranged(state).shape.join(", ")})`;
    say(inWords(state, result));
    if (width > 0) place(state, { width, stage, labels, blocks });
  };
  return drawOn(stage, model, NAMES, draw);
}

// A matrix for each entry of the first of three axes; the size of a block is that of the widest view.
function place(state, { width, stage, labels, blocks }) {
  const [t, d_model] = [state.x.length, state.x[0].length];
  const [head, side, gap] = [26, 66, 18];
  const widest = Math.max(d_model, (t * d_model) / state.n_heads);
  const size = Math.min(44, (width - side - 6 - (Math.max(t, state.n_heads) - 1) * gap) / widest);
  const { order, shape, axes } = arranged(state);
  const right = arranged({ ...state, view: RIGHT[state.view] ?? state.view }).order;
  const [n, rows, columns] = shape.length === 2 ? [1, ...shape] : shape;
  const [outer, inner] = axes.length === 2 ? [null, axes[0]] : axes;
  const left = side + (width - side - 6 - n * columns * size - (n - 1) * gap) / 2;
  const top = head + ((Math.max(t, state.n_heads) - rows) * size) / 2;
  const corner = (i) => left + i * (columns * size + gap);
  order.forEach((which, p) => {
    const [i, row, column] = unravel(p, [n, rows, columns]);
    const block = blocks[which];
    block.style.transform = `translate(${corner(i) + column * size}px, ${top + row * size}px)`;
    block.classList.toggle("split-strayed", which !== right[p]);
  });
  stage.style.setProperty("--split-size", `${size}px`);
  stage.style.blockSize = `${head + Math.max(t, state.n_heads) * size + 6}px`;
  const at = (x, y) => `transform: translate(${x}px, ${y}px)`;
  const around = `inline-size: ${columns * size + 8}px; block-size: ${rows * size + 8}px`;
  labels.replaceChildren(
    ...Array.from(
      { length: n },
      (_, i) => html("i", { style: `${at(corner(i) - 4, top - 4)}; ${around}` }),
    ),
    ...(outer === null ? [] : Array.from({ length: n }, (_, i) =>
      html("b", {
        style: `${at(corner(i) - gap / 2, top - head)}; inline-size: ${columns * size + gap}px`,
      }, columns * size + gap < 66 ? (i === 0 ? `${outer} 0` : String(i)) : `${outer} ${i}`))),
    ...Array.from({ length: rows }, (_, i) =>
      html("span", {
        style: `${at(left - side - 6, top + (i + 0.5) * size)}; inline-size: ${side}px`,
      }, `${inner} ${i}`)),
  );
}

function inWords(state, { index, belongs, n_strayed }) {
  const { axes } = arranged(state);
  const where = axes.map((axis, i) => `${axis} ${index[i]}`).join(", ");
  const value = plain(state.x.flat()[state.followed]);
  const about = {
    tokens: "Each row is a token.",
    reshaped: "The features of each token are cut; every number stays with its token.",
    heads: "Each head has its own features of every token.",
  };
  if (state.view in about) return `${value} is ${where}. ${about[state.view]}`;
  const own = plain(belongs) === value ? "where it belongs" : `where ${plain(belongs)} belongs`;
  return `${value} stands as ${where}, ${own}. The shape is right, and ${n_strayed} of ${state.x.flat().length} numbers are astray.`;
}
