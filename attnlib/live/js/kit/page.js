// On a static page there is no kernel: the state that the page carries is the whole model.

const { document } = globalThis;

function pageModel(state) {
  const heard = new Map();
  return {
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
    const state = JSON.parse(el.querySelector('script[type="application/json"]').textContent);
    render({ model: pageModel(state), el });
  }
}
