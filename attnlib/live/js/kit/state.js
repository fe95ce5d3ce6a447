// The traits of a figure and the width of its drawing: reading them, setting them, drawing when they change.

const { ResizeObserver } = globalThis;

export const read = (model, names) => Object.fromEntries(names.map((name) => [name, model.get(name)]));

// Set traits from a control.
export function change(model, values) {
  for (const [name, value] of Object.entries(values)) model.set(name, value);
  model.save_changes();
}

// Draw now and after each change of a trait, once for changes that come together. Returns what stops it.
export function watch(model, names, draw) {
  let waiting = false;
  const redraw = () => {
    waiting = false;
    draw(read(model, names));
  };
  const schedule = () => {
    if (!waiting) queueMicrotask(redraw);
    waiting = true;
  };
  for (const name of names) model.on(`change:${name}`, schedule);
  redraw();
  return () => names.forEach((name) => model.off(`change:${name}`, schedule));
}

// Call draw with the width of a node whenever it changes. Returns what stops it.
export function fit(node, draw) {
  let last = 0;
  const observer = new ResizeObserver(() => {
    const width = Math.round(node.clientWidth);
    if (width > 0 && width !== last) draw(last = width);
  });
  observer.observe(node);
  return () => observer.disconnect();
}

// Draw now, after each change of a trait and whenever the width of a node changes: draw(state, width), where the
// width is 0 until the node has one. Returns what stops it.
export function drawOn(node, model, names, draw) {
  let width = 0;
  const unfit = fit(node, (measured) => draw(read(model, names), width = measured));
  const unwatch = watch(model, names, (state) => draw(state, width));
  return () => {
    unfit();
    unwatch();
  };
}
