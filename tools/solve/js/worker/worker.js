// Python in a thread of its own: it is started once, and then runs one request after the other.

import { adapters } from "./adapter.js";

const { URL, addEventListener, caches, fetch, location, performance, postMessage, Uint8Array } = globalThis;

const CACHE = "spotlight-python";
let run;

// A name with its content's hash never means anything else: what was fetched once is kept.
async function fetched(address) {
  if (!caches) return await fetch(address); // a page without https
  const kept = await caches.open(CACHE).catch(() => null);
  const found = await kept?.match(address);
  if (found) return found;
  const answer = await fetch(address);
  if (answer.ok) await kept?.put(address, answer.clone()).catch(() => {}); // the disk may be full
  return answer;
}

async function load(address, count) {
  const answer = await fetched(address);
  if (!answer.ok) throw new Error(`${new URL(address).pathname} could not be fetched (${answer.status})`);
  const reader = answer.body.getReader();
  const pieces = [];
  const next = async () => {
    const { done, value } = await reader.read();
    if (done) return;
    pieces.push(value);
    count(value.length);
    await next();
  };
  await next();
  const whole = new Uint8Array(pieces.reduce((size, piece) => size + piece.length, 0));
  pieces.reduce((at, piece) => (whole.set(piece, at), at + piece.length), 0);
  return whole;
}

// What this site has kept of an earlier Python is of no use any more.
async function tidy(addresses) {
  const kept = await caches?.open(CACHE).catch(() => null);
  const old = (await kept?.keys() ?? []).filter(({ url }) => !addresses.includes(url));
  const folder = new URL("./", location.href).href;
  await Promise.all(old.filter(({ url }) => url.startsWith(folder)).map((request) => kept.delete(request)));
}

async function start({ adapter, files, bytes, like }) {
  const begun = performance.now();
  let loaded = 0;
  const count = (more) => {
    loaded += more;
    postMessage({ loaded: loaded / bytes });
  };
  const addresses = Object.fromEntries(
    Object.entries(files).map(([name, file]) => [name, new URL(file, location.href).href]),
  );
  const held = await Promise.all(
    Object.entries(addresses).map(async ([name, address]) => [name, await load(address, count)]),
  );
  const quoted = JSON.stringify(JSON.stringify(like)); // as text, JavaScript's and Python's alike
  const begin = `from onpage.beginning import begin; _run = begin(${quoted})`;
  run = await adapters[adapter](Object.fromEntries(held), begin, (line) => postMessage({ line }));
  tidy(Object.values(addresses)).catch(() => {});
  return { milliseconds: performance.now() - begun };
}

addEventListener("message", async ({ data }) => {
  try {
    const reply = data.start ? await start(data.start) : JSON.parse(run(data.request));
    postMessage({ id: data.id, reply });
  } catch (error) {
    // whatever Python could not catch itself has ended it
    postMessage({ id: data.id, ended: String(error?.message ?? error) });
  }
});
