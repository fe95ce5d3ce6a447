// A scene to edit, the sentence that a model says of it, and where it looks for each word.

import { drawAwake } from "../kit/beside.js";
import { chips } from "../kit/chips.js";
import { choice } from "../kit/controls.js";
import { assign, columns, frame, html, put, svg } from "../kit/elements.js";
import { grid } from "../kit/grid.js";
import { change, read } from "../kit/state.js";
import { percent, report } from "../kit/text.js";
import { describe } from "./captions-model.js";

const NAMES = [
  "cells",
  "way",
  "brush",
  "asked",
  "scenes",
  "colours",
  "outlines",
  "words",
  "start",
  "end",
  "most",
  "shapes",
  "numbers",
];
const SIDE = 4; // cells along each side
const PIXELS = 8; // and pixels along each side of a cell
const SCENES = { three: "three things", alike: "two in a row", four: "four things", none: "nothing" };
const WAYS = { soft: "softly, at all cells", hard: "hard, at one cell" };
const FINISH = "end";

export const compute = (state) => describe(state);

// the right caption, by the rule of attnlib.data.scenes
function right(cells) {
  const told = [];
  let row = null;
  cells.forEach((kind, i) => {
    if (kind === "") return;
    const its = Math.floor(i / SIDE);
    if (row !== null) told.push(row === its ? "beside" : "above");
    told.push("a", kind);
    row = its;
  });
  return told.join(" ");
}

const placeOf = (i) => `row ${Math.floor(i / SIDE) + 1}, column ${i % SIDE + 1}`;

export function render({ model, el }) {
  const first = read(model, NAMES);

  const scenes = choice(
    "A scene to begin with",
    Object.entries(SCENES),
    (name) => change(model, { cells: [...first.scenes[name]], asked: 1 }),
  );
  const paint = (at) => (value) => {
    const brush = model.get("brush").split(" ");
    brush[at] = value;
    change(model, { brush: brush.join(" ") });
  };
  const pairs = (names) => names.map((name) => [name, name]);
  const colours = choice("Colour", pairs(Object.keys(first.colours)), paint(0));
  const kinds = choice("Shape", pairs(Object.keys(first.outlines)), paint(1));
  const ways = choice("The model looks", Object.entries(WAYS), (way) => change(model, { way }));
  const numbered = Array.from({ length: SIDE }, (_, i) => String(i + 1));
  const board = grid("The scene: press a cell to put a thing there, or to take it away", {
    rows: numbered,
    columns: numbered,
    onpress(i, j) {
      const cells = [...model.get("cells")];
      const brush = model.get("brush");
      cells[SIDE * i + j] = cells[SIDE * i + j] === brush ? "" : brush;
      change(model, { cells });
    },
  });
  board.node.classList.add("live-table", "captions-scene");
  const hint = html("p", { class: "captions-hint" });
  const tiles = board.cells.flat().map(tile);
  const line = chips(
    "Press a word to see where the model looks for it",
    (i) => change(model, { asked: i }),
  );
  line.node.classList.add("captions-sentence");
  const { node: text, say } = report();
  frame(
    el,
    "Edit a scene: a model describes it anew",
    html("div", { class: "live-controls" }, scenes.node, ways.node),
    html("div", { class: "live-controls" }, colours.node, kinds.node),
    columns("captions-columns", [hint, board.node], [line.node, text]),
  );

  const draw = (state, awake) => {
    const same = Object.keys(SCENES).find((name) => state.scenes[name].join() === state.cells.join());
    scenes.show(same);
    ways.show(state.way);
    const [colour, shape] = state.brush.split(" ");
    colours.show(colour);
    kinds.show(shape);
    put(hint, `Press a cell to put a ${state.brush} there, or to take it away.`);
    tiles.forEach((one, i) => one.fill(state, state.cells[i]));
    if (!awake) return;
    const { said, weights } = describe(state);
    const words = said.map((id) => state.words[id]);
    const shown = weights.length > words.length ? [...words, FINISH] : words;
    const asked = Math.min(state.asked, shown.length - 1);
    line.show(shown.length).forEach((chip, i) => {
      put(chip, shown[i]);
      chip.classList.toggle("captions-finish", i === words.length);
      assign(chip, { "aria-pressed": i === asked ? "true" : "false" });
    });
    const row = weights[asked];
    tiles.forEach((one, i) => one.look(state.cells[i], row[i], placeOf(i)));
    say(inWords(state, words, shown[asked], row));
  };
  return drawAwake(el, model, NAMES, draw, { say });
}

// what a cell shows: its pixels, and how much it is looked at
function tile(cell) {
  const shape = svg("path");
  const weight = html("span", { class: "captions-weight", "aria-hidden": "true" });
  const picture = svg("svg", { viewBox: `0 0 ${PIXELS} ${PIXELS}`, "aria-hidden": "true" }, shape);
  cell.append(html("div", { class: "captions-cell" }, picture, weight));
  let last = null;
  const fill = (state, kind) => {
    if (kind === last) return;
    last = kind;
    const [colour, outline] = kind.split(" ");
    assign(shape, {
      d: kind === "" ? "" : squares(state.outlines[outline]),
      fill: kind === ""
        ? "none"
        : `rgb(${state.colours[colour].map((x) => Math.round(255 * x)).join(" ")})`,
    });
    assign(cell, { "aria-label": kind === "" ? "empty" : kind });
  };
  const look = (kind, share, place) => {
    cell.style.setProperty("--weight", share.toFixed(3));
    put(weight, share < 0.05 ? "" : share.toFixed(2).replace(/^0/, ""));
    assign(cell, { "aria-label": `${place}: ${kind || "empty"}, weight ${share.toFixed(2)}` });
  };
  return { fill, look };
}

const squares = (outline) =>
  [...outline].map((filled, i) => filled === "1" ? `M${i % PIXELS} ${Math.floor(i / PIXELS)}h1v1h-1z` : "")
    .join("");

function inWords({ cells, way }, words, word, row) {
  const caption = right(cells);
  const sentence = words.join(" ");
  const verdict = caption === ""
    ? "There is nothing to describe; it has never seen that."
    : sentence === caption
    ? "That is right."
    : `Right would be “${caption}”.`;
  const cell = row.indexOf(Math.max(...row));
  const at = cells[cell] === "" ? "which is empty" : `the ${cells[cell]}`;
  const looks = way === "soft"
    ? `it looks most at ${placeOf(cell)}, ${at}: ${percent(row[cell])} of its look`
    : `it looks at ${placeOf(cell)}, ${at}, where its weight is ${percent(row[cell])}`;
  return `“${sentence}”. ${verdict} For “${word}” ${looks}.`;
}
