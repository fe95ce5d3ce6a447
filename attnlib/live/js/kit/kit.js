// What the figures are built from: elements, controls that the keyboard reaches, and text that is read out.

const SVG = "http://www.w3.org/2000/svg";

function assign(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === false || value === null || value === undefined) node.removeAttribute(name);
    else node.setAttribute(name, value === true ? "" : value);
  }
  return node;
}

function html(tag, attributes = {}, ...children) {
  const node = assign(document.createElement(tag), attributes);
  node.append(...children);
  return node;
}

function svg(tag, attributes = {}, ...children) {
  const node = assign(document.createElementNS(SVG, tag), attributes);
  node.append(...children);
  return node;
}

let issued = 0;
const uniqueId = (stem) => `live-${stem}-${Date.now().toString(36)}-${(issued += 1)}`;

// -0 is 0, and a minus is a minus
function number(x, digits = 3) {
  const text = Math.abs(x).toFixed(digits);
  return x < 0 && Number(text) !== 0 ? `−${text}` : text;
}

const prefersStillness = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

// Fill the figure's element. The label says what the whole is.
function frame(el, label, ...children) {
  el.classList.add("live");
  el.replaceChildren(html("div", { class: "live-body", role: "group", "aria-label": label }, ...children));
}

const read = (model, names) => Object.fromEntries(names.map((name) => [name, model.get(name)]));

// Set traits from a control.
function change(model, values) {
  for (const [name, value] of Object.entries(values)) model.set(name, value);
  model.save_changes();
}

// Draw now and after each change of a trait, once for changes that come together. Returns what stops it.
function watch(model, names, draw) {
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
function fit(node, draw) {
  let last = 0;
  const observer = new ResizeObserver(() => {
    const width = Math.round(node.clientWidth);
    if (width > 0 && width !== last) draw((last = width));
  });
  observer.observe(node);
  return () => observer.disconnect();
}

// Move numbers to where they should be; at once for readers who asked for less motion.
function glide(show, milliseconds = 350) {
  let now = null;
  let running = 0;
  return (target) => {
    cancelAnimationFrame(running);
    if (now === null || now.length !== target.length || prefersStillness()) {
      show((now = target));
      return;
    }
    const from = now;
    const start = performance.now();
    const step = (time) => {
      const share = Math.min(1, Math.max(0, (time - start) / milliseconds));
      const eased = 1 - (1 - share) ** 3;
      now = target.map((x, i) => from[i] + eased * (x - from[i]));
      show(now);
      if (share < 1) running = requestAnimationFrame(step);
    };
    running = requestAnimationFrame(step);
  };
}

// The state in words: seen at once, and read out when it has settled, but not when the page opens. What is heard
// may say more than what is seen, such as a formula that stands beside it.
function report() {
  const seen = html("p", { class: "live-text" });
  const spoken = html("p", { class: "live-hidden", "aria-live": "polite" });
  let waiting = 0;
  const say = (text, heard = text) => {
    if (seen.textContent === text) return;
    if (seen.textContent !== "") {
      clearTimeout(waiting);
      waiting = setTimeout(() => (spoken.textContent = heard), 400);
    }
    seen.textContent = text;
  };
  return { node: html("div", { class: "live-report" }, seen, spoken), say };
}

// A native slider with its label and its value. `text` writes a value.
function slider(label, { min, max, step = 1, text = String, oninput }) {
  const id = uniqueId("slider");
  const output = html("output", { for: id });
  const input = html("input", {
    type: "range", id, min, max, step,
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
  return { node: html("div", { class: "live-slider" }, html("label", { for: id }, label), input, output), input, show };
}

// One of a few: native radio buttons, drawn as a row of segments. Options are [value, text].
function choice(label, options, onchoose) {
  const name = uniqueId("choice");
  const inputs = options.map(([value]) =>
    html("input", { type: "radio", name, value, onchange: () => onchoose(value) }),
  );
  const node = html("fieldset", { class: "live-choice" }, html("legend", {}, label),
    html("div", {}, ...options.map(([, text], i) => html("label", {}, inputs[i], html("span", {}, text)))));
  const show = (value) => inputs.forEach((input, i) => (input.checked = options[i][0] === value));
  return { node, inputs, show };
}

const button = (text, onclick) => html("button", { type: "button", class: "live-button", onclick }, text);

// A point that is dragged, or moved by the arrow keys, finely with Shift. It lies over a drawing; `place` puts
// it there in pixels, `show` gives the two things that a screen reader says: a number and a text.
function handle(label, { min, max, ondrag, onstep }) {
  const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
  const node = html("div", {
    class: "live-handle", role: "slider", tabindex: 0, "aria-label": label,
    "aria-valuemin": min, "aria-valuemax": max,
    onpointerdown: (event) => {
      node.setPointerCapture(event.pointerId);
      node.focus();
      event.preventDefault();
    },
    onpointermove: (event) => node.hasPointerCapture(event.pointerId) && ondrag(event.clientX, event.clientY),
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

// A table with one stop for the Tab key, in which arrows, Home and End move. `rows` and `columns` are labels;
// `onselect(i, j)` hears of every cell that gets the focus, `onpress(i, j)` of Enter, Space and clicks.
function grid(label, { rows, columns, corner = "", onselect = () => {}, onpress = () => {} }) {
  const cells = rows.map((_, i) => columns.map((_, j) => html("td", {
    role: "gridcell", tabindex: i + j === 0 ? 0 : -1,
    onfocus: () => {
      cells.flat().forEach((cell) => (cell.tabIndex = -1));
      cells[i][j].tabIndex = 0;
      onselect(i, j);
    },
    onclick: () => {
      cells[i][j].focus();
      onpress(i, j);
    },
    onkeydown: (event) => {
      const last = columns.length - 1;
      const to = { ArrowUp: [i - 1, j], ArrowDown: [i + 1, j], ArrowLeft: [i, j - 1], ArrowRight: [i, j + 1],
        Home: [i, 0], End: [i, last] }[event.key];
      const pressed = event.key === "Enter" || event.key === " ";
      if (to === undefined && !pressed) return;
      event.preventDefault();
      if (pressed) onpress(i, j);
      else cells[to[0]]?.[to[1]]?.focus();
    },
  })));
  const head = html("tr", { role: "row" }, html("td", {}, corner),
    ...columns.map((text) => html("th", { role: "columnheader", scope: "col" }, text)));
  const body = cells.map((row, i) =>
    html("tr", { role: "row" }, html("th", { role: "rowheader", scope: "row" }, rows[i]), ...row));
  const node = html("table", { role: "grid", class: "live-grid", "aria-label": label },
    html("thead", {}, head), html("tbody", {}, ...body));
  return { node, cells };
}
