// Two digits and a frame among nine places: what a Vision Transformer reads, and where its class token looks.

import { bar } from "../kit/bars.js";
import { drawAwake } from "../kit/beside.js";
import { choice } from "../kit/controls.js";
import { assign, columns, frame, html, put, svg } from "../kit/elements.js";
import { grid } from "../kit/grid.js";
import { matrix, rowOf, softmaxRows } from "../kit/inference.js";
import { paramsOf } from "../kit/params.js";
import { change, read } from "../kit/state.js";
import { percent, report } from "../kit/text.js";
import { vit } from "../kit/transformer.js";

const NAMES = ["first", "second", "places", "frame", "held", "samples", "n_heads", "shapes", "numbers"];
const SIDE = 8; // of a digit, in pixels
const FULL = 16; // the most ink of a pixel
const CELL = SIDE + 2; // of a place
const ACROSS = 3; // places
const SIZE = 5; // of a patch
const PATCHES = (ACROSS * CELL) / SIZE; // on a side
const WHERE = [
  ["top left", "top", "top right"],
  ["left", "middle", "right"],
  ["bottom left", "bottom", "bottom right"],
];
const HELD = { frame: "frame", first: "first digit", second: "second digit" };

const { document } = globalThis;

const at = (place) => {
  const where = WHERE[Math.floor(place / ACROSS)][place % ACROSS];
  return where === "middle" ? "in the middle" : `at the ${where}`;
};

// the picture, row by row
function pixelsOf({ first, second, places, frame: framed }) {
  const width = ACROSS * CELL;
  const pixels = new Float64Array(width * width);
  const mark = (place, row, column, ink) => {
    const y = Math.floor(place / ACROSS) * CELL + row;
    pixels[y * width + (place % ACROSS) * CELL + column] = ink;
  };
  for (let i = 0; i < CELL; i += 1) {
    for (const edge of [0, CELL - 1]) {
      mark(framed, i, edge, 1);
      mark(framed, edge, i, 1);
    }
  }
  [first, second].forEach((ink, which) =>
    ink.forEach((each, i) => {
      mark(places[which], 1 + Math.floor(i / SIDE), 1 + (i % SIDE), each / FULL);
    })
  );
  return pixels;
}

function patchesOf(pixels) {
  const width = PATCHES * SIZE;
  const patches = matrix(PATCHES ** 2, SIZE ** 2, new Float64Array(pixels.length));
  pixels.forEach((ink, i) => {
    const [y, x] = [Math.floor(i / width), i % width];
    const patch = Math.floor(y / SIZE) * PATCHES + Math.floor(x / SIZE);
    patches.data[patch * SIZE ** 2 + (y % SIZE) * SIZE + (x % SIZE)] = ink;
  });
  return patches;
}

// what the class token is mixed from after all blocks, half of each token going past the attention
function rolloutOf(weights) {
  const n_tokens = weights[0][0].rows;
  let shares = Float64Array.from({ length: n_tokens }, (_, i) => (i === 0 ? 1 : 0));
  for (const heads of [...weights].reverse()) {
    const mixed = shares.map((share) => share / 2);
    shares.forEach((share, i) => {
      for (const head of heads) {
        rowOf(head, i).forEach((weight, j) => (mixed[j] += (share * weight) / (2 * heads.length)));
      }
    });
    shares = mixed;
  }
  return shares;
}

export function compute(state) {
  const { logits, weights } = vit(paramsOf(state), patchesOf(pixelsOf(state)), state);
  return {
    likely: Array.from(softmaxRows(logits).data),
    weights: weights.map((heads) => heads.map((head) => Array.from(rowOf(head, 0)))),
    rolled: Array.from(rolloutOf(weights)),
  };
}

// where things stand after what is held has been put at a place: two digits change places
export function moved({ held, places, frame: framed }, place) {
  if (held === "frame") return { places, frame: place };
  const which = held === "first" ? 0 : 1;
  const next = [...places];
  if (next[1 - which] === place) next[1 - which] = places[which];
  next[which] = place;
  return { places: next, frame: framed };
}

export function render({ model, el }) {
  const first = read(model, NAMES);
  const n_blocks = Object.keys(first.shapes).filter((name) => name.endsWith(".self.w_o")).length;

  const held = choice(
    "what moves",
    Object.entries(HELD),
    (value) => change(model, { held: value }),
  );
  const stage = sceneOf((place) => {
    const now = read(model, NAMES);
    const next = moved(now, place);
    if (next.frame !== now.frame || next.places.join() !== now.places.join()) change(model, next);
  });
  const bars = barsTable();
  const maps = [
    mapOf("rollout"),
    ...Array.from(
      { length: n_blocks * first.n_heads },
      (_, i) => mapOf(`block ${Math.floor(i / first.n_heads)}, head ${i % first.n_heads}`),
    ),
  ];
  const pads = ["first", "second"].map((name) =>
    padOf(`${name} digit`, first.samples, (ink) => change(model, { [name]: ink }))
  );
  const { node: text, say } = report();
  frame(
    el,
    "Two digits, one in a frame: which is it?",
    columns("framed-columns", [held.node, stage.node], [bars.node]),
    text,
    html("div", { class: "framed-maps" }, ...maps.map(({ node }) => node)),
    html("div", { class: "framed-pads" }, ...pads.map(({ node }) => node)),
  );

  const draw = (state, awake) => {
    held.show(state.held);
    stage.show(state);
    [state.first, state.second].forEach((ink, i) => pads[i].show(ink));
    if (!awake) return;
    const { likely, weights, rolled } = compute(state);
    bars.show(likely);
    const inside = insideOf(state.frame);
    maps[0].show(rolled, inside);
    weights.flat().forEach((row, i) => maps[i + 1].show(row, inside));
    say(inWords(state, likely));
  };
  return drawAwake(el, model, NAMES, draw, { say });
}

// the patches of a place
function insideOf(place) {
  const each = CELL / SIZE;
  return Array.from({ length: PATCHES ** 2 }, (_, i) => {
    const [row, column] = [Math.floor(i / PATCHES), i % PATCHES];
    return Math.floor(row / each) * ACROSS + Math.floor(column / each) === place;
  });
}

function inWords(state, likely) {
  const named = (ink) => {
    const digit = state.samples.findIndex((sample) => sample.join() === ink.join());
    return digit < 0 ? "drawn" : `a ${digit}`;
  };
  const stands = ["first", "second"].map((name, i) =>
    `the ${name} digit (${named(state[name])}) ${at(state.places[i])}`
  );
  const which = state.places.indexOf(state.frame);
  const around = which < 0 ? "nothing" : `the ${["first", "second"][which]} digit`;
  const best = likely.indexOf(Math.max(...likely));
  return `There is ${stands.join(" and ")}. The frame is around ${around}, ${at(state.frame)}. ` +
    `The model reads a ${best}, ${percent(likely[best])}.`;
}

// the picture, and over it a table of its places: press one, or draw over them, and what is held goes there
function sceneOf(onmove) {
  const width = ACROSS * CELL;
  const pixels = Array.from(
    { length: width * width },
    (_, i) => svg("rect", { x: i % width, y: Math.floor(i / width), width: 1.02, height: 1.02 }),
  );
  const drawing = svg(
    "svg",
    { viewBox: `0 0 ${width} ${width}`, class: "framed-scene", "aria-hidden": "true" },
    ...pixels,
  );
  const status = html("p", { class: "framed-status" });
  let [hint, chosen] = ["", ""];
  const tell = () => put(status, chosen ? `${hint} You are ${chosen}.` : hint);
  const labels = ["1", "2", "3"];
  const places = grid("places", {
    rows: labels,
    columns: labels,
    onselect: (i, j) => {
      chosen = at(i * ACROSS + j);
      tell();
    },
    onpress: (i, j) => onmove(i * ACROSS + j),
  });
  const cells = places.cells.flat();
  stroke(places.node, cells, (i) => onmove(i));
  const show = (state) => {
    hint = `Press a place, and the ${HELD[state.held]} goes there.`;
    tell();
    pixelsOf(state).forEach((ink, i) => pixels[i].style.setProperty("--ink", ink.toFixed(3)));
    cells.forEach((cell, place) => {
      const there = ["first", "second"].filter((_, i) => state.places[i] === place).map((name) =>
        `${name} digit`
      );
      if (state.frame === place) there.push("the frame");
      assign(cell, { "aria-label": `${at(place)}: ${there.join(", ") || "empty"}` });
    });
  };
  const board = html("div", { class: "framed-board" }, drawing, places.node);
  return { node: html("div", { class: "framed-stage" }, board, status), show };
}

// hear of each cell that a pointer is pressed on or drawn over; a finger's events all come from where it began
function stroke(node, cells, onreach) {
  let last = -1;
  const reach = ({ clientX, clientY }, begins) => {
    const i = cells.indexOf(document.elementFromPoint(clientX, clientY));
    if (i < 0 || (i === last && !begins)) return;
    last = i;
    onreach(i, begins);
  };
  assign(node, {
    onpointerdown: (event) => reach(event, true),
    onpointermove: (event) => event.buttons === 1 && reach(event, false),
  });
}

// a digit to draw on: press a pixel, or draw over several; the first decides whether ink comes or goes
function padOf(name, samples, onchange) {
  let ink = [];
  let filling = true;
  const labels = Array.from({ length: SIDE }, (_, i) => String(i + 1));
  const status = html("p", { class: "framed-status" });
  const tell = (i) => {
    const where = `row ${1 + Math.floor(i / SIDE)}, column ${1 + (i % SIDE)}`;
    put(status, `${where}: ${ink[i] === 0 ? "no ink" : `ink ${ink[i]} of ${FULL}`}`);
  };
  const set = (i, value) => {
    onchange(ink.map((each, j) => (j === i ? value : each)));
    ink[i] = value;
    tell(i);
  };
  const turn = (i) => set(i, ink[i] < FULL / 2 ? FULL : 0);
  const pad = grid(`${name}: draw`, {
    rows: labels,
    columns: labels,
    onselect: (i, j) => tell(i * SIDE + j),
    // a pointer's click has been heard as a stroke
    onpress: (i, j, event) => event.detail === 0 && turn(i * SIDE + j),
  });
  const cells = pad.cells.flat();
  stroke(pad.node, cells, (i, begins) => {
    if (begins) filling = ink[i] < FULL / 2;
    if ((ink[i] >= FULL / 2) !== filling) set(i, filling ? FULL : 0);
  });
  const picked = choice(
    name,
    samples.map((_, digit) => [String(digit), String(digit)]),
    (digit) => onchange(samples[Number(digit)]),
  );
  const show = (now) => {
    ink = [...now];
    cells.forEach((cell, i) => {
      cell.style.setProperty("--ink", (ink[i] / FULL).toFixed(3));
      const where = `row ${1 + Math.floor(i / SIDE)}, column ${1 + (i % SIDE)}`;
      assign(cell, { "aria-label": `${where}, ink ${ink[i]}` });
    });
    picked.show(String(samples.findIndex((sample) => sample.join() === ink.join())));
  };
  return { node: html("div", { class: "framed-pad" }, picked.node, pad.node, status), show };
}

// what the model reads: a row for each digit
function barsTable() {
  const rows = Array.from({ length: 10 }, (_, digit) => {
    const { node, share, show } = bar("td");
    const row = html("tr", {}, html("th", { scope: "row" }, String(digit)), html("td", {}, node), share);
    return { node: row, show };
  });
  const node = html(
    "table",
    { class: "live-table live-bars framed-bars", "aria-label": "What the model reads" },
    html("tbody", {}, ...rows.map((row) => row.node)),
  );
  const show = (likely) => rows.forEach((row, digit) => row.show(likely[digit]));
  return { node, show };
}

// where the class token looks, and how much of it is in the frame
function mapOf(name) {
  const squares = Array.from({ length: PATCHES ** 2 }, (_, i) =>
    svg("rect", {
      x: i % PATCHES,
      y: Math.floor(i / PATCHES),
      width: 0.94,
      height: 0.94,
    }));
  const viewBox = `0 0 ${PATCHES} ${PATCHES}`;
  const drawing = svg("svg", { viewBox, role: "img", "aria-label": name }, ...squares);
  const share = html("span", {});
  const node = html("div", { class: "framed-map" }, html("span", {}, name), drawing, share);
  const show = (row, inside) => {
    const most = Math.max(0.25, ...row.slice(1));
    let within = 0;
    squares.forEach((square, i) => {
      square.style.setProperty("--ink", (row[i + 1] / most).toFixed(3));
      square.classList.toggle("framed-inside", inside[i]);
      if (inside[i]) within += row[i + 1];
    });
    put(share, `${percent(within)} in it`);
    assign(drawing, { "aria-label": `${name}: ${percent(within)} in the frame` });
  };
  return { node, show };
}
