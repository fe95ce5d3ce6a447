// What a reader has typed, kept in the browser: under the site's own address, by exercise and question.

const { URL, addEventListener, document } = globalThis;

// `troubled` is called when the browser keeps nothing, because it is full or forbids it.
export function keeping(site, page, troubled) {
  const prefix = `spotlight ${new URL(site).pathname} ${page} `;
  const local = {}; // where the browser keeps nothing, the page does, as long as it is open
  const watched = new Map();

  function stored(name) {
    try {
      return globalThis.localStorage.getItem(prefix + name);
    } catch {
      return null;
    }
  }

  function parsed(text) {
    try {
      const item = JSON.parse(text);
      return typeof item?.text === "string" ? item : null;
    } catch {
      return null; // not ours, or an older course's
    }
  }

  // Another window of this page has changed what is kept, perhaps while this one slept.
  function look(name) {
    const text = stored(name);
    const { seen, changed } = watched.get(name);
    if (text === seen || name in local) return;
    watched.get(name).seen = text;
    changed(parsed(text));
  }
  const lookAtAll = () => {
    if (document.visibilityState === "visible") [...watched.keys()].forEach(look);
  };
  addEventListener("storage", ({ key }) => {
    if (key === null) lookAtAll();
    else if (key.startsWith(prefix) && watched.has(key.slice(prefix.length))) {
      look(key.slice(prefix.length));
    }
  });
  addEventListener("pageshow", lookAtAll);
  addEventListener("focus", lookAtAll);

  return {
    get: (name) => parsed(name in local ? local[name] : stored(name)),
    // `item` is an object with the text, or null for nothing
    set(name, item) {
      const text = item && JSON.stringify(item);
      try {
        if (item) globalThis.localStorage.setItem(prefix + name, text);
        else globalThis.localStorage.removeItem(prefix + name);
        delete local[name];
        if (watched.has(name)) watched.get(name).seen = text;
      } catch (error) {
        local[name] = text;
        troubled(error.name === "QuotaExceededError" ? "is full" : "is forbidden to this page");
      }
    },
    watch: (name, changed) => watched.set(name, { seen: stored(name), changed }),
    onlyHere: () => Object.values(local).some((text) => text !== null),
  };
}
