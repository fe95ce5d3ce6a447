// A share of one as a bar, and written: two elements, since they stand beside one another or one below the other.

import { html, put } from "./elements.js";
import { percent } from "./text.js";

// `cell` is what holds the number: a cell of its own in a table whose rows are bars.
export function bar(cell = "span") {
  const node = html("span", { class: "live-bar" });
  const share = html(cell, { class: "live-share" });
  const show = (p) => {
    node.style.setProperty("--share", p.toFixed(4));
    put(share, percent(p));
  };
  return { node, share, show };
}
