// Words or letters of a line, each to be pressed; one stop for the Tab key.

import { roving } from "./controls.js";
import { html } from "./elements.js";

// `onpress(i)` hears which. `show(n)` gives the n buttons, which are made anew only where they are more or fewer.
export function chips(label, onpress) {
  const node = html("div", { class: "live-line", role: "group", "aria-label": label });
  let buttons = [];
  const show = (n) => {
    if (buttons.length === n) return buttons;
    buttons = Array.from(
      { length: n },
      (_, i) => html("button", { type: "button", class: "live-chip", onclick: () => onpress(i) }),
    );
    roving(buttons);
    node.replaceChildren(...buttons);
    return buttons;
  };
  return { node, show };
}
