// Shapes to move, what each query finds among them, and where one of them looks.

import { bar } from "../kit/bars.js";
import { drawAwake } from "../kit/beside.js";
import { choice, radios } from "../kit/controls.js";
import { frame, html, put, svg } from "../kit/elements.js";
import { handle } from "../kit/handle.js";
import { rowOf, rowsOf } from "../kit/inference.js";
import { change, read } from "../kit/state.js";
import { list, number, percent, report, short } from "../kit/text.js";
import { detect, drawn } from "./detector-model.js";

const NAMES = [
  "kinds",
  "boxes",
  "shades",
  "way",
  "query",
  "scenes",
  "names",
  "side",
  "patch",
  "n_heads",
  "shapes",
  "numbers",
];
const WAYS = [["together", "as trained"], ["off", "switched off"], ["alone", "trained without"]];
const STEP = 0.25; // pixels of the scene

export function compute(state) {
  const { likely, boxes, looks } = detect(state);
  return {
    image: rowsOf(drawn(state)),
    likely: rowsOf(likely),
    boxes: rowsOf(boxes),
    looks: rowsOf(looks),
  };
}

export function render({ model, el }) {
  const first = read(model, NAMES);
  const { side } = first;
  const n_queries = first.shapes["matched.queries"][0];
  const most = Math.max(...Object.values(first.scenes).map(([kinds]) => kinds.length));
  let width = 0;

  // put the centre of a shape where it is asked for, or as near as it fits in
  const move = (which, x, y) => {
    const boxes = model.get("boxes").map((box, i) => {
      if (i !== which) return box;
      const [, , wide, high] = box;
      const inside = (at, size) =>
        Math.min(side - size / 2, Math.max(size / 2, Math.round(at / STEP) * STEP));
      return [inside(x, wide), inside(y, high), wide, high];
    });
    change(model, { boxes });
  };
  const drawing = html("div", { class: "live-square", "aria-hidden": "true" });
  const handles = Array.from({ length: most }, (_, i) =>
    handle(`Shape ${i + 1}`, {
      min: 0,
      max: side,
      ondrag: (x, y) => {
        const box = drawing.getBoundingClientRect();
        move(i, ((x - box.left) / width) * side, ((y - box.top) / width) * side);
      },
      onstep: (dx, dy, fine) => {
        const by = fine ? STEP : 4 * STEP;
        const [x, y] = model.get("boxes")[i] ?? [];
        if (x !== undefined) move(i, x + dx * by, y - dy * by);
      },
    }));
  const scenes = choice(
    "scene",
    Object.keys(first.scenes).map((name) => [name, name]),
    (name) => {
      const [kinds, boxes, shades] = first.scenes[name];
      change(model, { kinds, boxes, shades });
    },
  );
  const ways = choice("attention between queries", WAYS, (way) => change(model, { way }));
  const asks = radios(
    Array.from({ length: n_queries }, (_, i) => [i, `query ${i}`]),
    (query) => change(model, { query }),
  );
  const rows = asks.inputs.map((input, i) => {
    const says = html("span", { class: "detector-says" });
    const p = bar();
    const number = html("span", { class: "detector-number" }, String(i));
    return {
      says,
      show: p.show,
      node: html("label", { class: "detector-row" }, input, number, says, p.node, p.share),
    };
  });
  const { node: text, say } = report();
  frame(
    el,
    "Move the shapes: eight queries find them",
    scenes.node,
    html(
      "div",
      { class: "live-split detector-split" },
      html(
        "div",
        { class: "live-plane live-edged detector-plane" },
        drawing,
        ...handles.map(({ node }) => node),
      ),
      html(
        "fieldset",
        { class: "detector-queries" },
        html("legend", {}, "what each query says; press one to see where it looks"),
        ...rows.map(({ node }) => node),
      ),
    ),
    ways.node,
    text,
  );

  const show = (state, awake, measured) => {
    width = measured;
    const now = JSON.stringify([state.kinds, state.boxes, state.shades]);
    scenes.show(Object.keys(state.scenes).find((name) => JSON.stringify(state.scenes[name]) === now));
    ways.show(state.way);
    asks.show(state.query);
    handles.forEach(({ node, show, place }, i) => {
      node.hidden = i >= state.kinds.length;
      if (node.hidden) return;
      const [x, y] = state.boxes[i];
      show(x, `${state.names[state.kinds[i]]} at ${short(x)} across, ${short(y)} down`);
      if (width > 0) place((x / side) * width, (y / side) * width);
    });
    const found = awake ? detect(state) : null;
    if (width > 0) drawing.replaceChildren(scene(state, found, width));
    if (found === null) return;
    rows.forEach(({ node, says, show }, i) => {
      const { kind, p } = sayingOf(state, found, i);
      put(says, kind === null ? "nothing" : state.names[kind]);
      show(p);
      node.classList.toggle("detector-found", kind !== null);
      node.classList.toggle("detector-asked", i === state.query);
    });
    say(inWords(state, found));
  };
  return drawAwake(el, model, NAMES, show, { say, on: drawing });
}

// the likeliest kind that a query says, null for nothing, and how sure it is
function sayingOf({ names }, { likely }, query) {
  const row = rowOf(likely, query);
  const p = Math.max(...row);
  const kind = row.indexOf(p);
  return { kind: kind === names.length ? null : kind, p };
}

function inWords(state, found) {
  const { side, patch, query, kinds, names } = state;
  const said = Array.from({ length: found.likely.rows }, (_, i) => ({ i, ...sayingOf(state, found, i) }))
    .filter(({ kind }) => kind !== null)
    .sort((a, b) => b.p - a.p)
    .map(({ i, kind }) => {
      const [x, y] = rowOf(found.boxes, i);
      return `${names[kind]} at ${number(x * side, 2)}, ${number(y * side, 2)}`;
    });
  const looks = Array.from(rowOf(found.looks, query));
  const at = looks.indexOf(Math.max(...looks));
  const across = side / patch;
  const n = kinds.length;
  return `${n} shape${n === 1 ? "" : "s"}, ${said.length} found: ${
    said.length ? list(said) : "nothing"
  }. ` +
    `Query ${query} gives ${percent(looks[at])} to the patch in row ${Math.floor(at / across) + 1}, ` +
    `column ${(at % across) + 1}.`;
}

// the shapes in greys, where the query looks in blue, and a frame for each query that finds something
function scene(state, found, width) {
  const { side, patch, query } = state;
  const unit = width / side;
  const square = (x, y, size, attributes) =>
    svg("rect", { x: x * unit, y: y * unit, width: size * unit, height: size * unit, ...attributes });
  const greys = drawn(state);
  const parts = [];
  greys.data.forEach((grey, i) => {
    if (grey === 0) return;
    const look = { class: "detector-pixel", "fill-opacity": grey.toFixed(2) };
    parts.push(square(i % side, Math.floor(i / side), 1, look));
  });
  if (found !== null) {
    const looks = Array.from(rowOf(found.looks, query));
    const [largest, across] = [Math.max(...looks), side / patch];
    looks.forEach((weight, i) => {
      const look = { class: "detector-look", "fill-opacity": (0.6 * weight / largest).toFixed(3) };
      parts.push(square((i % across) * patch, Math.floor(i / across) * patch, patch, look));
    });
    for (let i = 0; i < found.likely.rows; i += 1) {
      if (sayingOf(state, found, i).kind === null) continue;
      const [x, y, wide, high] = Array.from(rowOf(found.boxes, i), (share) => share * width);
      const own = i === query ? " detector-own" : "";
      const [left, top] = [x - wide / 2, y - high / 2];
      parts.push(
        svg("rect", { class: `detector-frame${own}`, x: left, y: top, width: wide, height: high }),
        svg("text", { class: "detector-name", x: left + 4, y: top + 15 }, String(i)),
      );
    }
  }
  return svg(
    "svg",
    { viewBox: `0 0 ${width} ${width}`, width, height: width },
    ...parts,
  );
}
