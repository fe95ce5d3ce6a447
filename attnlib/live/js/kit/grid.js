import { html } from "./elements.js";

// A table with one stop for the Tab key, in which arrows, Home and End move. `rows` and `columns` are labels;
// `onselect(i, j)` hears of every cell that gets the focus, `onpress(i, j, event)` of Enter, Space and clicks.
export function grid(label, { rows, columns, corner = "", onselect = () => {}, onpress = () => {} }) {
  const cells = rows.map((_, i) =>
    columns.map((_, j) =>
      html("td", {
        role: "gridcell",
        tabindex: i + j === 0 ? 0 : -1,
        onfocus: () => {
          cells.flat().forEach((cell) => (cell.tabIndex = -1));
          cells[i][j].tabIndex = 0;
          onselect(i, j);
        },
        onclick: (event) => {
          cells[i][j].focus();
          onpress(i, j, event);
        },
        onkeydown: (event) => {
          const last = columns.length - 1;
          const to = {
            ArrowUp: [i - 1, j],
            ArrowDown: [i + 1, j],
            ArrowLeft: [i, j - 1],
            ArrowRight: [i, j + 1],
            Home: [i, 0],
            End: [i, last],
          }[event.key];
          const pressed = event.key === "Enter" || event.key === " ";
          if (to === undefined && !pressed) return;
          event.preventDefault();
          if (pressed) onpress(i, j, event);
          else cells[to[0]]?.[to[1]]?.focus();
        },
      })
    )
  );
  const head = html(
    "tr",
    { role: "row" },
    html("td", {}, corner),
    ...columns.map((text) => html("th", { role: "columnheader", scope: "col" }, text)),
  );
  const body = cells.map((row, i) =>
    html("tr", { role: "row" }, html("th", { role: "rowheader", scope: "row" }, rows[i]), ...row)
  );
  const node = html(
    "table",
    { role: "grid", class: "live-grid", "aria-label": label },
    html("thead", {}, head),
    html("tbody", {}, ...body),
  );
  return { node, cells };
}
