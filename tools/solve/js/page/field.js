// A field for code: a plain one at once, and an editor with Python's colours when it comes near.

import { html } from "../../../../attnlib/live/js/kit/elements.js";

const { IntersectionObserver, URL, document } = globalThis;

const INDENT = "    ";
let bundle = null;

function editor(address) {
  bundle ??= new Promise((done, failed) => {
    const script = html("script", { src: address });
    script.addEventListener("load", () => done(globalThis.spotlightEditor));
    script.addEventListener("error", failed);
    document.head.append(script);
  });
  return bundle;
}

// `settings`: label, text, input(text) at each change, enter() at Ctrl, Cmd or Shift with Enter, address of
// the editor's script.
export function codeField({ label, text, input, enter, address }) {
  const area = html("textarea", {
    class: "solve-text",
    "aria-label": label,
    autocapitalize: "off",
    autocomplete: "off",
    autocorrect: "off",
    spellcheck: "false",
    wrap: "off",
  });
  const element = html("div", { class: "solve-field" }, area);
  // the site has shortcuts, such as / for its search, which are letters here
  element.addEventListener("keydown", (event) => event.ctrlKey || event.metaKey || event.stopPropagation());
  const fit = () => area.rows = Math.max(3, area.value.split("\n").length);
  area.value = text;
  fit();
  area.addEventListener("input", () => {
    fit();
    input(area.value);
  });
  plainKeys(area, enter);

  let view = null;
  async function grow() {
    const { attach } = await editor(new URL(address, document.baseURI).href);
    if (view) return;
    const { selectionStart, selectionEnd } = area;
    const focused = document.activeElement === area;
    view = attach(element, { label, text: area.value, input, enter });
    area.remove();
    if (focused) view.focus(selectionStart, selectionEnd);
  }
  const near = new IntersectionObserver(([entry]) => {
    if (!entry.isIntersecting) return;
    near.disconnect();
    grow().catch(() => {}); // the plain field stays
  }, { rootMargin: "200px" });
  near.observe(element);

  return {
    element,
    get text() {
      return view ? view.text() : area.value;
    },
    set text(value) {
      if (view) view.replace(value);
      else {
        area.value = value;
        fit();
      }
    },
    focus: () => view ? view.focus() : area.focus(),
  };
}

// Tab indents and Enter goes on where the line above begins; after Escape, Tab leaves the field.
function plainKeys(area, enter) {
  let leaving = false;
  const put = (text) => {
    area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
    area.dispatchEvent(new globalThis.Event("input"));
  };
  area.addEventListener("keydown", (event) => {
    const { key, ctrlKey, metaKey, shiftKey, isComposing } = event;
    if (isComposing) return;
    if (key === "Tab" && !leaving && !shiftKey) {
      event.preventDefault();
      put(INDENT);
    } else if (key === "Enter") {
      event.preventDefault();
      if (ctrlKey || metaKey || shiftKey) return enter();
      const line = area.value.slice(0, area.selectionStart).split("\n").pop();
      put(`\n${line.match(/^ */)[0]}${/:\s*(#.*)?$/.test(line) ? INDENT : ""}`);
    }
    if (key !== "Shift") leaving = key === "Escape";
  });
}
