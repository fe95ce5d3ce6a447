// Native controls with their labels and values.

import { html, uniqueId } from "./elements.js";

// A native slider with its label and its value. `text` writes a value.
export function slider(label, { min, max, step = 1, text = String, oninput }) {
  const id = uniqueId("slider");
  const output = html("output", { for: id });
  const input = html("input", {
    type: "range",
    id,
    min,
    max,
    step,
    oninput: () => {
      show(Number(input.value));
      oninput(Number(input.value));
    },
  });
  function show(value) {
    input.value = value;
    output.textContent = text(value);
    input.setAttribute("aria-valuetext", text(value));
    input.style.setProperty("--live-share", (input.value - min) / (max - min));
  }
  return {
    node: html("div", { class: "live-slider" }, html("label", { for: id }, label), input, output),
    input,
    show,
  };
}

// Native radio buttons, each to be put into a label, over which it lies unseen. Options are [value, name], where
// the name is for labels that say more than what is chosen.
export function radios(options, onchoose) {
  const name = uniqueId("choice");
  const inputs = options.map(([value, label]) =>
    html("input", { type: "radio", name, value, "aria-label": label, onchange: () => onchoose(value) })
  );
  const show = (value) => inputs.forEach((input, i) => (input.checked = options[i][0] === value));
  return { inputs, show };
}

// One of a few, drawn as a row of segments. Options are [value, text].
export function choice(label, options, onchoose) {
  const { inputs, show } = radios(options.map(([value]) => [value]), onchoose);
  const node = html(
    "fieldset",
    { class: "live-choice" },
    html("legend", {}, label),
    html("div", {}, ...options.map(([, text], i) => html("label", {}, inputs[i], html("span", {}, text)))),
  );
  return { node, show };
}

export const button = (text, onclick) =>
  html("button", { type: "button", class: "live-button", onclick }, text);

// One stop for the Tab key among several controls, between which arrows, Home and End move.
export function roving(controls) {
  const rest = (at) => controls.forEach((control, i) => (control.tabIndex = i === at ? 0 : -1));
  controls.forEach((control, i) => {
    control.addEventListener("focus", () => rest(i));
    control.addEventListener("keydown", (event) => {
      const last = controls.length - 1;
      const to = {
        ArrowUp: i - 1,
        ArrowLeft: i - 1,
        ArrowDown: i + 1,
        ArrowRight: i + 1,
        Home: 0,
        End: last,
      };
      if (!(event.key in to)) return;
      event.preventDefault();
      controls[to[event.key]]?.focus();
    });
  });
  rest(0);
}
