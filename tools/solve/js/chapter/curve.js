// The curve of a loss, drawn while a model is trained.

import { assign, html, put, svg } from "../../../../attnlib/live/js/kit/elements.js";

const WIDTH = 560, HEIGHT = 200, LEFT = 44, BELOW = 28;

export function curve() {
  let losses = [];
  const line = svg("polyline", { class: "solve-line-drawn", points: "" });
  const high = svg("text", { x: LEFT - 6, y: 16, "text-anchor": "end" });
  const low = svg("text", { x: LEFT - 6, y: HEIGHT - BELOW, "text-anchor": "end" });
  const last = svg("text", { x: WIDTH - 4, y: HEIGHT - 8, "text-anchor": "end" });
  const axes = svg("path", { d: `M${LEFT} 8V${HEIGHT - BELOW}H${WIDTH}`, class: "solve-axes" });
  const drawing = svg(
    "svg",
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", class: "solve-curve" },
    axes,
    line,
    high,
    low,
    last,
    svg("text", { x: LEFT, y: HEIGHT - 8 }),
  );
  put(drawing.lastChild, "loss, by step");
  const element = html("div", { hidden: true }, drawing);
  const says = () =>
    losses.length
      ? `The loss went from ${losses[0].toFixed(2)} to ${
        losses.at(-1).toFixed(2)
      } in ${losses.length} steps.`
      : "";

  function draw() {
    const most = Math.max(...losses), least = Math.min(0, ...losses);
    const x = (step) => LEFT + (WIDTH - LEFT - 4) * step / Math.max(1, losses.length - 1);
    const y = (loss) => 10 + (HEIGHT - BELOW - 12) * (1 - (loss - least) / (most - least || 1));
    const points = losses.map((loss, step) => `${x(step).toFixed(1)},${y(loss).toFixed(1)}`).join(" ");
    assign(line, { points });
    assign(drawing, { "aria-label": says() });
    put(high, most.toFixed(1));
    put(low, least.toFixed(1));
    put(last, `step ${losses.length}`);
  }

  return {
    element,
    says,
    clear() {
      losses = [];
      element.hidden = true;
    },
    add(loss) {
      if (!Number.isFinite(loss)) return;
      losses.push(loss);
      element.hidden = false;
      draw();
    },
  };
}
