// The sheet: a matrix of the worked example, what it is made from, and the arithmetic of one entry.

import { choice } from "../kit/controls.js";
import { assign, frame, html } from "../kit/elements.js";
import { grid } from "../kit/grid.js";
import { fraction, gcd, transpose } from "../kit/maths.js";
import { change, watch } from "../kit/state.js";
import { number, report } from "../kit/text.js";

const NAMES = ["tokens", "names", "features", "x", "w_q", "w_k", "w_v", "shown", "row", "column"];

// What can be worked out, in order. A product has two factors; another matrix comes from one, entry by entry.
const MATRICES = {
  q: { left: "x", above: "w_q", meaning: (asks, j) => `What ${asks} looks for, place ${j + 1}` },
  k: { left: "x", above: "w_k", meaning: (token, j) => `What ${token} can be found by, place ${j + 1}` },
  v: { left: "x", above: "w_v", meaning: (token, j) => `What ${token} has to tell, place ${j + 1}` },
  scores: {
    left: "q",
    above: "k",
    turned: true,
    meaning: (asks, _, key) => `How well ${key} can answer ${asks}`,
  },
  scaled_scores: {
    text: "scaled",
    from: "scores",
    meaning: (asks, _, key) => `The score of ${asks} and ${key}, halved and rounded down`,
  },
  powers: { from: "scaled_scores", meaning: (asks, _, key) => `The part of ${key} in the sum of ${asks}` },
  weights: {
    from: "powers",
    meaning: (asks, _, key) => `How much of the attention of ${asks} falls on ${key}`,
  },
  context: { left: "weights", above: "v", meaning: (asks, j) => `What ${asks} has heard, place ${j + 1}` },
};
const SUBSCRIPTS = { w_q: "Q", w_k: "K", w_v: "V" };

// Fractions are pairs in lowest terms, so that every number is exact.
function ratio(above, below = 1) {
  const shared = gcd(above, below) * Math.sign(below);
  return [above / shared, below / shared];
}
const times = ([a, b], [c, d]) => ratio(a * c, b * d);
const plus = ([a, b], [c, d]) => ratio(a * d + b * c, b * d);
const total = (fractions) => fractions.reduce(plus);
const inLine = ([above, below]) => fraction(above, below);

const products = (left, above) => left.map((x, i) => times(x, above[i]));
const multiplied = (a, b) => a.map((row) => transpose(b).map((column) => total(products(row, column))));
const each = (matrix, change) => matrix.map((row) => row.map(change));

function worked({ x, w_q, w_k, w_v }) {
  const given = Object.fromEntries(
    Object.entries({ x, w_q, w_k, w_v })
      .map(([name, matrix]) => [name, each(matrix, (n) => ratio(n))]),
  );
  const [q, k, v] = ["w_q", "w_k", "w_v"].map((name) => multiplied(given.x, given[name]));
  const scores = multiplied(q, transpose(k));
  const scaled_scores = each(scores, ([n]) => ratio(Math.floor(n / 2)));
  const powers = each(scaled_scores, ([n]) => (n < 0 ? ratio(1, 3 ** -n) : ratio(3 ** n)));
  const totals = powers.map((row) => [total(row)]);
  const weights = powers.map((row, i) =>
    row.map((power) => times(power, ratio(totals[i][0][1], totals[i][0][0])))
  );
  return {
    ...given,
    q,
    k,
    v,
    scores,
    scaled_scores,
    powers,
    totals,
    weights,
    context: multiplied(weights, v),
  };
}

const picked = ({ row, column, shown }, steps) => [row, Math.min(column, steps[shown][0].length - 1)];

function factors({ shown, row, column }, steps) {
  const { left, above, turned } = MATRICES[shown];
  const [i, j] = picked({ shown, row, column }, steps);
  return [steps[left][i], turned ? steps[above][j] : transpose(steps[above])[j]];
}

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
    html("div", { class: "hand-room" }, sheet),
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
