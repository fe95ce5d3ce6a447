import { assign, html } from "./elements.js";

// A point that is dragged, or moved by the arrow keys, finely with Shift. It lies over a drawing; `place` puts
// it there in pixels, `show` gives the two things that a screen reader says: a number and a text.
export function handle(label, { min, max, ondrag, onstep }) {
  const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
  const node = html("div", {
    class: "live-handle",
    role: "slider",
    tabindex: 0,
    "aria-label": label,
    "aria-valuemin": min,
    "aria-valuemax": max,
    onpointerdown: (event) => {
      node.setPointerCapture(event.pointerId);
      node.focus();
      event.preventDefault();
    },
    onpointermove: (event) =>
      node.hasPointerCapture(event.pointerId) && ondrag(event.clientX, event.clientY),
    onkeydown: (event) => {
      if (!(event.key in steps)) return;
      event.preventDefault();
      onstep(...steps[event.key], event.shiftKey);
    },
  });
  const show = (value, text) => assign(node, { "aria-valuenow": value, "aria-valuetext": text });
  const place = (x, y) => (node.style.transform = `translate(${x}px, ${y}px)`);
  return { node, show, place };
}
