// What is too large to stand in a page stands beside it, and is read when somebody looks.

import { html } from "./elements.js";
import { drawOn, read, watch } from "./state.js";

const { addEventListener, document, IntersectionObserver, removeEventListener } = globalThis;

// Call `then` once a figure comes near the window or is printed, and its trait is there: in a notebook it always
// is, on a page a script brings it (see LiveFigure.beside). `failed` hears that there is none. Returns what
// forgets it all.
export function whenSeen(el, model, name, { then, failed }) {
  const bring = () => {
    forget();
    if (model.get(name) !== undefined) {
      then();
      return;
    }
    const script = html("script", {
      src: model.beside[name],
      onload: () => {
        model.set(name, script.holds);
        then();
      },
      onerror: failed,
    });
    document.head.append(script);
  };
  const observer = new IntersectionObserver((entries) => {
    if (entries.some((entry) => entry.isIntersecting)) bring();
  }, { rootMargin: "400px" });
  const forget = () => {
    observer.disconnect();
    removeEventListener("beforeprint", bring);
  };
  observer.observe(el);
  addEventListener("beforeprint", bring);
  return forget;
}

export const MISSING = "The trained weights are not there: they belong beside this page, in _static/live.";

// Draw now, after each change of a trait and once the trained weights are there: draw(state, awake, width), where
// `awake` is whether they are, and `width` that of the node `on`, if there is one. Returns what stops it.
export function drawAwake(el, model, names, draw, { say, on = null }) {
  let awake = false;
  let width = 0;
  const drawn = (state, measured = width) => draw(state, awake, width = measured);
  const unwatch = on === null ? watch(model, names, drawn) : drawOn(on, model, names, drawn);
  const forget = whenSeen(el, model, "numbers", {
    then() {
      awake = true;
      drawn(read(model, names));
    },
    failed: () => say(MISSING),
  });
  return () => {
    unwatch();
    forget();
  };
}
