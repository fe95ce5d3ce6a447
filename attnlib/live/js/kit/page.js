// On a static page there is no kernel: the state that the page carries is the whole model.

const { document } = globalThis;

// `beside` has the addresses of scripts that bring what the state lacks.
function pageModel(state, beside) {
  const heard = new Map();
  return {
    beside,
    get: (name) => state[name],
    set(name, value) {
      if (state[name] === value) return;
      state[name] = value;
      heard.get(`change:${name}`)?.forEach((callback) => callback());
    },
    on: (event, callback) => heard.set(event, [...(heard.get(event) ?? []), callback]),
    off: (event, callback) =>
      heard.set(event, (heard.get(event) ?? []).filter((other) => other !== callback)),
    save_changes() {},
    send() {},
  };
}

export function bringToLife(script, render) {
  for (const el of document.querySelectorAll(`[data-live="${script}"]`)) {
    const [stated, ...large] = el.querySelectorAll('script[type="application/json"]');
    const state = JSON.parse(stated.textContent);
    const beside = {};
    for (const { dataset, textContent } of large) {
      if (dataset.src) beside[dataset.beside] = dataset.src;
      else state[dataset.beside] = JSON.parse(textContent);
    }
    render({ model: pageModel(state, beside), el });
  }
}
