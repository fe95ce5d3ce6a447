// Covered words, and two models that guess them: one sees both sides, the other what came before.

import { bar } from "../kit/bars.js";
import { drawAwake } from "../kit/beside.js";
import { chips } from "../kit/chips.js";
import { choice } from "../kit/controls.js";
import { assign, columns, frame, html, put } from "../kit/elements.js";
import { causal, rowOf, rowsOf, softmaxRows } from "../kit/inference.js";
import { modelsOf } from "../kit/params.js";
import { change, read } from "../kit/state.js";
import { percent, quoted, report } from "../kit/text.js";
import { gpt } from "../kit/transformer.js";

const NAMES = ["text", "covered", "side", "sentences", "words", "mask", "n_heads", "shapes", "numbers"];
const SIDES = { both: "both sides", left: "from the left" };
const SHOWN = 6;
const MASKS = { both: () => true, left: causal };
const COVER = "▢";

const wordsOf = (text) => text.split(" ").filter((word) => word !== "");

// what each model makes of the sentence
function run(state) {
  const ids = wordsOf(state.text).map((word, i) =>
    state.words.indexOf(state.covered.includes(i) ? state.mask : word)
  );
  return Object.fromEntries(
    Object.entries(modelsOf(state)).map(([side, params]) => {
      const { logits, weights } = gpt(params, ids, { n_heads: state.n_heads, mask: MASKS[side] });
      return [side, { likely: softmaxRows(logits), weights }];
    }),
  );
}

export function compute(state) {
  const models = run(state);
  return {
    both: rowsOf(models.both.likely),
    left: rowsOf(models.left.likely),
    weights: models[state.side].weights.map((heads) => heads.map(rowsOf)),
  };
}

export function render({ model, el }) {
  const first = read(model, NAMES);
  const n_places = first.shapes["both.positions"][0];

  const press = (place) => {
    const others = model.get("covered").filter((other) => other !== place);
    const wasCovered = others.length < model.get("covered").length;
    change(model, { covered: wasCovered ? others : [...others, place] });
  };
  const sentences = choice(
    "sentence",
    Object.entries(first.sentences).map(([name, text]) => [text, name]),
    (text) => change(model, { text, covered: [wordsOf(text).indexOf(animalOf(text))] }),
  );
  const line = chips("Press a word to cover it", press);
  line.node.classList.add("masked-sentence");
  const bars = barsTable();
  const sides = choice("heads of the model that sees", Object.entries(SIDES), (side) => {
    change(model, { side });
  });
  const n_blocks = Object.keys(first.shapes).filter((name) => /^both\..*\.self\.w_o$/.test(name)).length;
  const looks = looksTable(n_places, n_blocks, first.n_heads);
  const { node: text, say } = report();
  frame(
    el,
    "Cover a word: two models guess it",
    sentences.node,
    line.node,
    columns("masked-columns", [bars.node, text], [sides.node, looks.node]),
  );

  const draw = (state, awake) => {
    const words = wordsOf(state.text);
    const asked = state.covered.at(-1);
    line.show(words.length).forEach((chip, i) => {
      const isCovered = state.covered.includes(i);
      put(chip, isCovered ? COVER : words[i]);
      chip.classList.toggle("masked-asked", i === asked);
      assign(chip, {
        "aria-pressed": isCovered ? "true" : "false",
        "aria-label": `${words[i]}, word ${i + 1}${i === asked ? ", asked for" : ""}`,
      });
    });
    sentences.show(state.text);
    sides.show(state.side);
    if (!awake) return;
    if (asked === undefined) {
      bars.clear();
      looks.clear();
      say("No word is covered. Press one, and both models are asked for it.");
      return;
    }
    const models = run(state);
    const [both, left] = ["both", "left"].map((side) => rowOf(models[side].likely, asked));
    const shown = likeliest(both, left);
    bars.show(shown.map((id) => ({
      word: state.words[id],
      shares: [both[id], left[id]],
      right: state.words[id] === words[asked],
    })));
    const tokens = words.map((word, i) => (state.covered.includes(i) ? COVER : word));
    const weights = models[state.side].weights.flat().map((head) => rowOf(head, asked));
    looks.show(tokens, asked, weights);
    say(inWords(state, tokens, [both, left], weights));
  };
  return drawAwake(el, model, NAMES, draw, { say });
}

// the first noun: in the sentences to choose from, the word before the first verb
function animalOf(text) {
  const words = wordsOf(text);
  const from = words[0] === "in" ? 4 : 0;
  return words[from + 2];
}

function likeliest(both, left) {
  const most = (id) => Math.max(both[id], left[id]);
  return Array.from(both, (_, id) => id).sort((a, b) => most(b) - most(a)).slice(0, SHOWN)
    .sort((a, b) => both[b] - both[a]);
}

function inWords(state, tokens, guesses, weights) {
  const asked = state.covered.at(-1);
  const told = Object.values(SIDES).map((name, i) => {
    const best = guesses[i].indexOf(Math.max(...guesses[i]));
    return `${name} “${state.words[best]}”, ${percent(guesses[i][best])}`;
  });
  const looked = new Set(weights.map((row) => tokens[row.indexOf(Math.max(...row))]));
  const whose = state.side === "both" ? "sees both sides" : "sees the left";
  return `Word ${asked + 1} is “${wordsOf(state.text)[asked]}”. Likeliest are ${told.join("; ")}. ` +
    `The heads of the model that ${whose} look most at ${quoted([...looked])}.`;
}

// what both models expect: a row for each word, with a bar for each model
function barsTable() {
  const rows = Array.from({ length: SHOWN }, () => {
    const word = html("th", { scope: "row" });
    const cells = Object.keys(SIDES).map((side) => {
      const { node, share, show } = bar();
      return { show, node: html("td", { class: `masked-${side}` }, node, share) };
    });
    return { word, cells, node: html("tr", {}, word, ...cells.map(({ node }) => node)) };
  });
  const node = html(
    "table",
    { class: "live-table live-bars masked-bars", "aria-label": "What each model expects" },
    html(
      "thead",
      {},
      html("tr", {}, html("td"), ...Object.values(SIDES).map((name) => html("th", { scope: "col" }, name))),
    ),
    html("tbody", {}, ...rows.map((row) => row.node)),
  );
  const show = (shown) => {
    node.classList.remove("masked-empty");
    shown.forEach(({ word, shares, right }, i) => {
      put(rows[i].word, right ? `${word} ✓` : word);
      shares.forEach((share, side) => rows[i].cells[side].show(share));
    });
  };
  const clear = () => node.classList.add("masked-empty");
  clear();
  return { node, show, clear };
}

// where the covered place looks: a row for each word, a column for each head
function looksTable(n_places, n_blocks, n_heads) {
  const rows = Array.from({ length: n_places }, () => {
    const word = html("th", { scope: "row" });
    const cells = Array.from({ length: n_blocks * n_heads }, () => html("td"));
    return { word, cells, node: html("tr", {}, word, ...cells) };
  });
  const blocks = Array.from(
    { length: n_blocks },
    (_, block) => html("th", { scope: "colgroup", colspan: n_heads }, `block ${block}`),
  );
  const heads = Array.from(
    { length: n_blocks * n_heads },
    (_, column) => html("th", { scope: "col" }, String(column % n_heads)),
  );
  const node = html(
    "table",
    { class: "live-table masked-looks", "aria-label": "Where the covered place looks" },
    html("thead", {}, html("tr", {}, html("td"), ...blocks), html("tr", {}, html("td"), ...heads)),
    html("tbody", {}, ...rows.map((row) => row.node)),
  );
  const show = (tokens, asked, weights) => {
    node.classList.remove("masked-empty");
    rows.forEach((row, i) => {
      row.node.hidden = i >= tokens.length;
      row.node.classList.toggle("masked-asker", i === asked);
      put(row.word, tokens[i] ?? "");
      row.cells.forEach((cell, head) => {
        const weight = weights[head][i] ?? 0;
        cell.style.setProperty("--weight", weight.toFixed(3));
        put(cell, weight < 0.05 ? "" : weight.toFixed(2).replace(/^0/, ""));
      });
    });
  };
  const clear = () => node.classList.add("masked-empty");
  clear();
  return { node, show, clear };
}
