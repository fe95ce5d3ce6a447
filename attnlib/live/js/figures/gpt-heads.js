// The heads: a column for each, with its switch and all its weights in small, and for each token a dot that is the
// larger, the more the head looks at it.

import { roving } from "../kit/controls.js";
import { assign, html, put, svg } from "../kit/elements.js";
import { rowOf } from "../kit/inference.js";
import { percent } from "../kit/text.js";

const STEPS = [0.04, 0.15, 0.35, 0.65];

// `inputs` are the radio buttons of the tokens, for which the rows are labels; `onswitch(block, head)` hears of a
// switch, and `onpoint(block, head)` of a head that is pointed at, without arguments when it no longer is.
export function headsTable({ inputs, n_blocks, n_heads, labelledby, onswitch, onpoint }) {
  const heads = Array.from({ length: n_blocks * n_heads }, (_, column) => {
    const block = Math.floor(column / n_heads);
    const head = column % n_heads;
    const input = html("input", {
      type: "checkbox",
      class: "live-over",
      role: "switch",
      "aria-label": `head ${head} of block ${block}`,
      onchange: () => onswitch(block, head),
      onfocus: () => onpoint(block, head),
      onblur: () => onpoint(),
    });
    const map = portrait();
    const unspoken = { "aria-hidden": "true" };
    const node = html(
      "label",
      { class: "gpt-head", onpointerenter: () => onpoint(block, head), onpointerleave: () => onpoint() },
      input,
      map.node,
      html("span", { class: "gpt-knob", ...unspoken }),
      html("span", unspoken, String(head)),
    );
    const ofBlock = { class: `gpt-block-${block}` };
    return { block, head, input, map, top: html("th", { scope: "col", ...ofBlock }, node), ofBlock };
  });
  roving(heads.map(({ input }) => input));
  const rows = inputs.map((input) => {
    const name = html("label", { for: input.id });
    const cells = heads.map(({ ofBlock }) => html("td", ofBlock));
    return { name, cells, node: html("tr", {}, html("th", { scope: "row" }, name), ...cells) };
  });
  const blocks = Array.from(
    { length: n_blocks },
    (_, block) =>
      html(
        "th",
        { scope: "colgroup", colspan: n_heads, class: `gpt-block-${block}` },
        `block ${block}`,
      ),
  );
  const node = html(
    "table",
    { class: "live-table gpt-heads", "aria-labelledby": labelledby },
    html(
      "thead",
      {},
      html("tr", {}, html("td"), ...blocks),
      html("tr", {}, html("td"), ...heads.map(({ top }) => top)),
    ),
    html("tbody", {}, ...rows.map((row) => row.node)),
  );
  const show = (tokens, asker, off) => {
    rows.forEach((row, i) => {
      row.node.hidden = i >= tokens.length;
      put(row.name, tokens[i] ?? "");
      row.node.classList.toggle("gpt-asker", i === asker);
      row.node.classList.toggle("gpt-later", i > asker);
    });
    heads.forEach(({ block, head, input, top }, column) => {
      input.checked = !off.some((pair) => pair[0] === block && pair[1] === head);
      top.classList.toggle("gpt-off", !input.checked);
      rows.forEach(({ cells }) => cells[column].classList.toggle("gpt-off", !input.checked));
    });
  };
  const look = (weights, asker) =>
    heads.forEach(({ block, head, map }, column) => {
      map.show(weights[block][head], asker);
      rowOf(weights[block][head], asker).forEach((weight, i) => {
        const cell = rows[i].cells[column];
        const size = weight < 0.005 ? "0" : Math.sqrt(weight).toFixed(3);
        if (cell.style.getPropertyValue("--size") !== size) cell.style.setProperty("--size", size);
        assign(cell, { "aria-label": percent(weight) });
      });
    });
  return { node, show, look };
}

// All weights of a head as a small picture: a row for each token that asks, darker where it looks.
function portrait() {
  const line = svg("rect", { class: "gpt-line", x: 0, height: 1 });
  const paths = STEPS.map((_, step) => svg("path", { "fill-opacity": (step + 1) / STEPS.length }));
  const drawing = svg("svg", { "shape-rendering": "crispEdges" }, line, ...paths);
  let drawnFrom = null;
  const show = (weights, asker) => {
    const { rows, columns, data } = weights;
    assign(line, { y: asker, width: columns });
    if (drawnFrom === weights) return;
    drawnFrom = weights;
    const squares = STEPS.map(() => "");
    for (let i = 0; i < rows; i += 1) {
      for (let j = 0; j <= i; j += 1) {
        let step = STEPS.length - 1;
        while (step >= 0 && data[i * columns + j] < STEPS[step]) step -= 1;
        if (step >= 0) squares[step] += `M${j} ${i}h1v1h-1z`;
      }
    }
    assign(drawing, { viewBox: `0 0 ${columns} ${rows}` });
    paths.forEach((path, step) => assign(path, { d: squares[step] }));
  };
  return { node: html("span", { class: "gpt-map", "aria-hidden": "true" }, drawing), show };
}
