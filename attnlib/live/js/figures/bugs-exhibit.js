// The numbers of an exhibit: a heat map to move in, and what the row and the column come to.

import { choice } from "../kit/controls.js";
import { html, put } from "../kit/elements.js";
import { grid } from "../kit/grid.js";
import { sum } from "../kit/maths.js";
import { number } from "../kit/text.js";

function plain(x) {
  if (typeof x === "boolean") return x ? "True" : "False";
  const text = String(x).replace("-", "−");
  return text.length > 8 && x !== 0 ? x.toExponential(2).replaceAll("-", "−") : text;
}

const total = (numbers) => number(sum(numbers.map(Number)), 3).replace(/\.?0+$/, "");

const shapeText = ([...sizes]) => `(${sizes.join(", ")}${sizes.length === 1 ? "," : ""})`;

// One matrix, with a line below it for the cell that has the focus.
function matrix({ rows }, { shape, dtype }, axes) {
  const [down, across] = [axes.at(-2) ?? "row", axes.at(-1) ?? "column"];
  if (shape.length === 0) return html("p", { class: "bugs-number" }, plain(rows[0][0]));
  const vector = shape.length === 1;
  const most = Math.max(...rows.flat().map((x) => Math.abs(Number(x)))) || 1;
  const inspected = html("p", { class: "bugs-inspected", "aria-live": "polite" });
  const inspect = (i, j) => {
    const cell = vector ? `${across} ${j}` : `${down} ${i}, ${across} ${j}`;
    const sums = dtype === "bool" ? "holds" : "sums to";
    const row = rows[i].length > 1 && `the ${vector ? "whole" : "row"} ${sums} ${total(rows[i])}`;
    const column = rows.length > 1 && `the column ${sums} ${total(rows.map((other) => other[j]))}`;
    put(inspected, `${cell}: ${[plain(rows[i][j]), row, column].filter(Boolean).join("; ")}`);
  };
  const { node, cells } = grid("The numbers: move with the arrow keys", {
    rows: rows.map((_, i) => (vector ? "" : String(i))),
    columns: rows[0].map((_, j) => String(j)),
    onselect: inspect,
  });
  cells.forEach((line, i) =>
    line.forEach((cell, j) => {
      cell.textContent = plain(rows[i][j]);
      cell.style.setProperty("--share", (Number(rows[i][j]) / most).toFixed(3));
      cell.classList.toggle("bugs-minus", Number(rows[i][j]) < 0);
    })
  );
  inspect(0, 0);
  const cut = shape.at(-1) > rows[0].length
    ? html("p", {}, `… and ${shape.at(-1) - rows[0].length} more`)
    : "";
  return html("div", {}, html("div", { class: "bugs-scroll" }, node), cut, inspected);
}

// All of it; where there are several matrices, one of them at a time.
export function exhibited({ parts, axes }) {
  const all = parts.flatMap((part) =>
    part.slices.map((slice) => ({
      part,
      slice,
      name: `${part.label}${slice.at === "" ? "" : `[${slice.at}]`}` || "all",
    }))
  );
  const shape = html("p", { class: "bugs-shape" });
  const place = html("div");
  const show = ({ part, slice }) => {
    put(
      shape,
      part.shape.length === 0
        ? `one number, ${part.dtype}`
        : `shape ${shapeText(part.shape)}, ${part.dtype}`,
    );
    place.replaceChildren(matrix(slice, part, axes));
  };
  const which = choice("Which part", all.map(({ name }, i) => [i, name]), (i) => {
    which.show(i);
    show(all[i]);
  });
  which.show(0);
  show(all[0]);
  return html("div", { class: "bugs-numbers" }, shape, ...(all.length > 1 ? [which.node] : []), place);
}
