// What a figure is built from: elements, and the frame that holds them.

const { document } = globalThis;
const SVG = "http://www.w3.org/2000/svg";

export function assign(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === false || value === null || value === undefined) node.removeAttribute(name);
    else node.setAttribute(name, value === true ? "" : value);
  }
  return node;
}

export function html(tag, attributes = {}, ...children) {
  const node = assign(document.createElement(tag), attributes);
  node.append(...children);
  return node;
}

export function svg(tag, attributes = {}, ...children) {
  const node = assign(document.createElementNS(SVG, tag), attributes);
  node.append(...children);
  return node;
}

// A text that is already there is left alone, so that nothing is laid out again.
export function put(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

let issued = 0;
export const uniqueId = (stem) => `live-${stem}-${Date.now().toString(36)}-${(issued += 1)}`;

// Fill the figure's element. The label says what the whole is. Arrow keys go no further than the figure: JupyterLab
// would move between its cells with them, and radio buttons and sliders would never hear of them.
export function frame(el, label, ...children) {
  el.classList.add("live");
  const onkeydown = (event) => event.key.startsWith("Arrow") && event.stopPropagation();
  el.replaceChildren(
    html("div", { class: "live-body", role: "group", "aria-label": label, onkeydown }, ...children),
  );
}

// Parts side by side where there is room; a figure's style says from which width, and how wide each is.
export const columns = (name, ...parts) =>
  html(
    "div",
    { class: "live-room" },
    html(
      "div",
      { class: `live-columns ${name}` },
      ...parts.map((part) => html("div", { class: "live-part" }, ...part)),
    ),
  );
