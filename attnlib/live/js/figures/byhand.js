// The sheet: a matrix of the worked example, what it is made from, and the arithmetic of one entry.

import { each, factors, MATRICES, picked, products, worked } from "./byhand-steps.js";
import { choice } from "../kit/controls.js";
import { assign, frame, html } from "../kit/elements.js";
import { fraction, times } from "../kit/fractions.js";
import { grid } from "../kit/grid.js";
import { transpose } from "../kit/maths.js";
import { change, watch } from "../kit/state.js";
import { number, report } from "../kit/text.js";

const NAMES = ["tokens", "names", "features", "x", "w_q", "w_k", "w_v", "shown", "row", "column"];
const SUBSCRIPTS = { w_q: "Q", w_k: "K", w_v: "V" };

const inLine = ([above, below]) => fraction(above, below);

export function compute(state) {
  const steps = worked(state);
  const [i, j] = picked(state, steps);
  const value = ([above, below]) => above / below;
  return {
    ...Object.fromEntries(Object.entries(steps).map(([name, matrix]) => [name, each(matrix, value)])),
    terms: (MATRICES[state.shown].left ? products(...factors(state, steps)) : [steps[state.shown][i][j]])
      .map(value),
    numerators: each(steps[state.shown], ([above]) => above),
    denominators: each(steps[state.shown], ([, below]) => below),
  };
}

function stacked([above, below]) {
  if (below === 1) return number(above, 0);
  return html(
    "span",
    { class: "hand-fraction" },
    html("span", {}, number(above, 0)),
    html("span", { class: "live-hidden" }, "/"),
    html("span", {}, String(below)),
  );
}

const title = (name) => name.replace("_", " ");
const symbol = (name) =>
  html("b", {}, ...(name in SUBSCRIPTS ? ["W", html("sub", {}, SUBSCRIPTS[name])] : [title(name)]));

// The arithmetic of the picked entry, twice: as nodes to be looked at, and as text to be read out.
function arithmetic(state, steps) {
  const [i, j] = picked(state, steps);
  const { left, from } = MATRICES[state.shown];
  const nodes = [];
  const texts = [];
  const put = (className, written, text) => {
    nodes.push(className === "" ? written : html("span", { class: className }, written));
    texts.push(text ?? written);
  };
  const show = (className, x) => put(className, stacked(x), inLine(x));
  const result = steps[state.shown][i][j];
  if (left) {
    const [row, column] = factors(state, steps);
    row.forEach((x, n) => {
      const nought = times(x, column[n])[0] === 0 ? " hand-nought" : "";
      if (n > 0) put("", " + ");
      show(`hand-from${nought}`, x);
      put("", " · ");
      show(`hand-other${nought}`, column[n]);
      nodes.push(html("span", { class: "hand-term" }, ...nodes.splice(n > 0 ? -4 : -3)));
    });
  } else if (state.shown === "scaled_scores") {
    put("", "⌊ ", "");
    show("hand-from", steps[from][i][j]);
    put("", " / 2 ⌋", " / 2, rounded down");
  } else if (state.shown === "powers") {
    const exponent = inLine(steps[from][i][j]);
    put("hand-power", "3", `3 to the power ${exponent}`);
    nodes[0].append(html("sup", { class: "hand-from" }, exponent));
  } else {
    show("hand-from", steps[from][i][j]);
    put("", " / (");
    steps[from][i].forEach((x, n) => {
      if (n > 0) put("", " + ");
      show("hand-other", x);
    });
    put("", ")");
  }
  put("", " = ");
  show("hand-result", result);
  nodes.push(html("span", { class: "hand-term" }, ...nodes.splice(-2)));
  return { nodes, text: texts.join("") };
}

// A matrix to look at. One that has been worked out itself leads back: a click asks for what makes the entry.
function table(caption, entries, { rows = [], columns = [], ontrace }) {
  const cells = entries.map((row, i) =>
    row.map((entry, j) => html("td", ontrace ? { onclick: () => ontrace(i, j) } : {}, stacked(entry)))
  );
  const label = (text) => html("th", { scope: "row" }, text);
  const head = html(
    "thead",
    {},
    html(
      "tr",
      {},
      ...(rows.length > 0 ? [html("td")] : []),
      ...columns.map((text) => html("th", { scope: "col" }, text)),
    ),
  );
  const body = cells.map((row, i) => html("tr", {}, ...rows.slice(i, i + 1).map(label), ...row));
  const node = html(
    "table",
    { class: `hand-matrix ${ontrace ? "hand-made" : "hand-given"}` },
    html("caption", {}, ...caption),
    ...(columns.length > 0 ? [head] : []),
    html("tbody", {}, ...body),
  );
  return { node, cells };
}

// Lay the matrices of a step on the sheet: a product with its second factor above the result, so that an entry
// stands where its row and column cross. Returns what marks an entry and all that makes it.
function lay(sheet, { names, features, shown }, steps, { select, trace }) {
  const { left, above, turned, from } = MATRICES[shown];
  const leadBack = (name, lying) =>
    name in MATRICES ? (i, j) => trace(name, ...(lying ? [j, i] : [i, j])) : undefined;
  const betweenTokens = from !== undefined || turned;
  const columns = betweenTokens ? names : steps[shown][0].map((_, j) => `place ${j + 1}`);
  const result = grid(title(shown), { rows: names, columns, onselect: select });
  result.node.prepend(html("caption", {}, symbol(shown)));
  result.node.classList.add("hand-matrix", "hand-bare");
  result.cells.forEach((row, i) => row.forEach((cell, j) => cell.append(stacked(steps[shown][i][j]))));

  const parts = [];
  let source = null;
  let factor = null;
  if (left) {
    source = table([symbol(left)], steps[left], { rows: names, ontrace: leadBack(left) });
    factor = table([symbol(above), turned ? "ᵀ" : ""], turned ? transpose(steps[above]) : steps[above], {
      rows: { x: features, weights: names }[left],
      columns: turned ? names : [],
      ontrace: leadBack(above, turned),
    });
    factor.node.classList.add("hand-above");
    result.node.classList.add("hand-headless");
    parts.push(factor.node, source.node);
  } else {
    const sums = shown === "weights" ? steps.totals : null;
    source = table([symbol(from)], sums ? steps[from].map((row, i) => [...row, ...sums[i]]) : steps[from], {
      rows: names,
      columns: sums ? [...names, "sum"] : names,
      ontrace: (i, j) => j < names.length && trace(from, i, j),
    });
    parts.push(source.node);
  }
  const formula = left ? [symbol(left), " ", symbol(above), turned ? "ᵀ" : ""] : {
    scaled_scores: ["⌊", symbol(from), " / 2⌋"],
    powers: ["3", html("sup", {}, symbol(from))],
    weights: [symbol(from), " / their sum"],
  }[shown];
  sheet.replaceChildren(
    html("p", { class: "hand-formula" }, symbol(shown), " = ", ...formula),
    ...parts,
    result.node,
  );

  const marks = new Set();
  const mark = (className, ...cells) =>
    cells.forEach((cell) => {
      cell.classList.add(className);
      marks.add(cell);
    });
  return (i, j) => {
    marks.forEach((cell) => cell.classList.remove("hand-from", "hand-other", "hand-picked", "hand-way"));
    marks.clear();
    if (factor !== null) {
      mark("hand-from", ...source.cells[i]);
      mark("hand-other", ...factor.cells.map((row) => row[j]));
      mark("hand-way", ...result.cells[i].slice(0, j), ...result.cells.slice(0, i).map((row) => row[j]));
    } else {
      mark("hand-from", source.cells[i][j]);
      if (shown === "weights") mark("hand-other", ...source.cells[i].filter((_, n) => n !== j));
    }
    mark("hand-picked", result.cells[i][j]);
    result.cells.flat().forEach((cell) => assign(cell, { tabindex: -1, "aria-selected": "false" }));
    assign(result.cells[i][j], { tabindex: 0, "aria-selected": "true" });
  };
}

export function render({ model, el }) {
  const chooser = choice(
    "Work out",
    Object.keys(MATRICES).map((name) => [name, MATRICES[name].text ?? name]),
    (shown) => change(model, { shown }),
  );
  const sheet = html("div", { class: "hand-sheet" });
  const line = html("p", { class: "hand-line", "aria-hidden": "true" });
  const { node: words, say } = report();
  frame(
    el,
    "Attention by hand: what makes each number",
    chooser.node,
    html("div", { class: "live-room" }, sheet),
    line,
    words,
  );

  const moves = {
    select: (row, column) => change(model, { row, column }),
    trace(shown, row, column) {
      change(model, { shown, row, column });
      queueMicrotask(() => sheet.querySelector("[role=gridcell][tabindex='0']").focus());
    },
  };
  let laid = null;
  let mark = null;
  return watch(model, NAMES, (state) => {
    const steps = worked(state);
    if (laid !== state.shown) mark = lay(sheet, state, steps, moves);
    laid = state.shown;
    mark(...picked(state, steps));
    chooser.show(state.shown);
    const [i, j] = picked(state, steps);
    const { nodes, text } = arithmetic(state, steps);
    line.replaceChildren(...nodes);
    const meaning = MATRICES[state.shown].meaning(state.tokens[i], j, state.tokens[j]);
    say(`${meaning}.`, `${meaning}: ${text}.`);
  });
}
