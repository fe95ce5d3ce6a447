// Weights before a mask and after it; cells of the second matrix hide a key from a query, or show it.

import { button, choice } from "../kit/controls.js";
import { assign, frame, html } from "../kit/elements.js";
import { fraction } from "../kit/fractions.js";
import { grid } from "../kit/grid.js";
import { softmax, sum } from "../kit/maths.js";
import { change, read, watch } from "../kit/state.js";
import { list, number, report } from "../kit/text.js";

const NAMES = ["kinds", "kind", "mask"];
const KINDS = [["none", "none"], ["padding", "padding"], ["causal", "causal"], ["cross", "cross"]];

// a mask that belongs to another kind may still be there for a moment
function maskFor({ kinds, kind, mask }) {
  const own = kinds[kind].mask;
  return mask.length === own.length ? mask : own;
}

export function compute(state) {
  const { scores } = state.kinds[state.kind];
  const mask = maskFor(state);
  const before = scores.map((row) => softmax(row, { base: 3 }));
  const after = scores.map((row, i) =>
    softmax(row.map((score, j) => (mask[i][j] ? score : -Infinity)), { base: 3 })
  );
  return { before, after, sums: after.map(sum) };
}

// powers of 3 over their sum, as text
function fractions(scores, mayAttend) {
  const powers = scores.map((score, j) => (mayAttend[j] ? 3 ** (score - Math.min(...scores)) : 0));
  return powers.map((power) => (power === 0 ? "0" : fraction(power, sum(powers))));
}

export function render({ model, el }) {
  let row = 1;
  let drawn = null;
  const setRow = (mask, i, mayAttend) => mask.map((other, at) => (at === i ? mayAttend : other));
  const start = choice(
    "start from",
    KINDS,
    (kind) => change(model, { kind, mask: model.get("kinds")[kind].mask }),
  );
  const fill = button("", () => {
    const mask = maskFor(read(model, NAMES));
    const empty = mask[row].every((may) => !may);
    change(model, { mask: setRow(mask, row, mask[row].map(() => empty)) });
  });
  const reset = button(
    "start again",
    () => change(model, { mask: model.get("kinds")[model.get("kind")].mask }),
  );
  const tables = html("div", { class: "mask-tables" });
  const { node: words, say } = report();
  frame(
    el,
    "Masks: weights before and after",
    html("div", { class: "live-controls" }, start.node),
    tables,
    html("div", { class: "live-controls mask-buttons" }, fill, reset),
    words,
  );

  const build = ({ kinds, kind }) => {
    const { queries, keys } = kinds[kind];
    const before = plainTable(queries, keys);
    const after = grid("Weights after the mask: choose a cell to hide it or to show it", {
      rows: queries,
      columns: keys,
      onselect: (i) => {
        row = i;
        draw(read(model, NAMES));
      },
      onpress: (i, j) => {
        const mask = maskFor(read(model, NAMES));
        change(model, { mask: setRow(mask, i, mask[i].map((may, at) => (at === j ? !may : may))) });
      },
    });
    const [head, ...body] = after.node.rows;
    head.append(html("th", { role: "columnheader", scope: "col" }, "sum"));
    const sums = body.map((line) => {
      const cell = html("td", { role: "gridcell", class: "mask-sum" });
      line.append(cell);
      return cell;
    });
    tables.replaceChildren(
      html("div", {}, html("p", { class: "mask-name" }, "before the mask"), before.node),
      html("div", {}, html("p", { class: "mask-name" }, "after it: press a cell"), after.node),
    );
    return {
      kind,
      before: before.cells,
      after: after.cells,
      heads: body.map((line) => line.cells[0]),
      sums,
    };
  };

  const draw = (state) => {
    if (drawn?.kind !== state.kind) drawn = build(state);
    const { queries, keys, scores, mask: own } = state.kinds[state.kind];
    const mask = maskFor(state);
    const result = compute(state);
    row = Math.min(row, queries.length - 1);
    start.show(state.kind);
    const all = keys.map(() => true);
    const written = scores.map((line, i) => fractions(line, mask[i]));
    scores.forEach((line, i) => {
      const unmasked = fractions(line, all);
      line.forEach((_, j) => {
        paint(drawn.before[i][j], result.before[i][j], unmasked[j]);
        paint(drawn.after[i][j], result.after[i][j], written[i][j]);
        assign(drawn.after[i][j], {
          "data-hidden": !mask[i][j],
          "aria-label": `${queries[i]} to ${keys[j]}: ${mask[i][j] ? `weight ${written[i][j]}` : "hidden"}`,
        });
      });
      drawn.sums[i].textContent = number(result.sums[i], 0);
      drawn.sums[i].classList.toggle("mask-empty", result.sums[i] === 0);
      drawn.heads[i].classList.toggle("mask-row", i === row);
    });
    const empty = mask[row].every((may) => !may);
    fill.textContent = empty ? `show all to ${queries[row]}` : `hide all from ${queries[row]}`;
    assign(reset, {
      "aria-disabled": mask.flat().every((may, at) => may === own.flat()[at]) ? "true" : null,
    });
    say(inWords(queries[row], keys, mask[row], written[row]));
  };
  return watch(model, NAMES, draw);
}

function paint(cell, weight, text) {
  cell.textContent = text;
  cell.style.setProperty("--weight", weight.toFixed(3));
}

function plainTable(rows, columns) {
  const cells = rows.map(() => columns.map(() => html("td", { class: "mask-weight" })));
  const head = html(
    "tr",
    {},
    html("td"),
    ...columns.map((text) => html("th", { scope: "col" }, text)),
    html("th", { scope: "col" }, "sum"),
  );
  const node = html(
    "table",
    { class: "live-grid", "aria-label": "Weights before the mask" },
    html("thead", {}, head),
    html(
      "tbody",
      {},
      ...cells.map((line, i) =>
        html(
          "tr",
          {},
          html("th", { scope: "row" }, rows[i]),
          ...line,
          html("td", { class: "mask-sum" }, "1"),
        )
      ),
    ),
  );
  return { node, cells };
}

function inWords(query, keys, mayAttend, written) {
  const seen = keys.flatMap((key, j) => (mayAttend[j] ? [`${key} ${written[j]}`] : []));
  const hidden = keys.filter((_, j) => !mayAttend[j]);
  if (seen.length === 0) {
    return `${query} has nothing to see: every weight is 0, and so is the context. Only such a row doesn't sum to 1.`;
  }
  const rest = hidden.length === 0
    ? "Nothing is hidden: the row is as it was before."
    : `Exactly 0 for ${list(hidden)}; the others share the whole.`;
  return `${query} attends to ${list(seen)}. ${rest}`;
}
