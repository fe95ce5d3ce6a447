// Python in a worker, as the page sees it: one run at a time, each within its time, and started again when
// it has ended.

const { URL, Worker, clearTimeout, fetch, location, setTimeout } = globalThis;

export const LIMIT = 10; // seconds of a run
const AHEAD = 6; // so many seconds before a run is late, another Python begins to start

// Why a page cannot run Python at all, or nothing.
export function hindrance() {
  if (location.protocol === "file:") {
    return "A page that is opened from the disk can’t run Python.";
  }
  const needed = ["WebAssembly", "Worker", "DecompressionStream"];
  const missing = needed.filter((name) => !(name in globalThis));
  return missing.length ? `This browser can’t run Python here: it has no ${missing.join(", no ")}.` : null;
}

// What went wrong with a run; `says` is for the reader.
export function fault(says) {
  return Object.assign(new Error(says), { says });
}

// One Python in a worker, once it has started; `loaded` hears how far that is, from 0 to 1.
async function launch(folder, loaded) {
  let worker = null;
  let heard = null;

  function ask(message, { seconds, line } = {}) {
    return new Promise((done, failed) => {
      const timer = seconds &&
        setTimeout(() => heard({ late: true }), seconds * 1000);
      heard = (data) => {
        if (data.loaded !== undefined) return loaded(data.loaded);
        if (data.line !== undefined) return line?.(data.line);
        clearTimeout(timer);
        if (data.reply) done(data.reply);
        else failed(data);
      };
      worker.onmessage = ({ data }) => heard(data);
      worker.onerror = (event) => {
        event.preventDefault();
        heard({ ended: event.message });
      };
      worker.postMessage(message);
    });
  }

  try {
    const answer = await fetch(new URL("python.json", folder), {
      cache: "no-cache",
    });
    if (!answer.ok) {
      throw new Error(`python.json could not be fetched (${answer.status})`);
    }
    const { worker: script, start } = await answer.json();
    worker = new Worker(new URL(script, folder));
    await ask({ start: { ...start } });
  } catch (error) {
    worker?.terminate();
    const why = error.ended ?? error.message;
    throw fault(`Python could not be started: ${why}. What you have typed is kept; try again.`);
  }
  return { ask, end: () => worker.terminate() };
}

// `folder` is where the site keeps what this needs; `tell` hears how far the start is, from 0 to 1.
export function python(folder, tell) {
  let current = null; // promises of a Python: of the one that runs, and of one that can follow it at once
  let spare = null;
  let halt = null;
  let last = Promise.resolve();

  function begin() {
    const coming = launch(folder, (part) => coming === current && tell(part));
    coming.then(
      () => coming === current && tell(1),
      () => {
        if (coming === spare) spare = null;
        if (coming !== current) return;
        current = null;
        tell(null);
      },
    );
    return coming;
  }

  function start() {
    if (!current) {
      if (!spare) tell(0);
      current = spare ?? begin();
      spare = null;
    }
    return current;
  }

  async function once(request, { seconds = LIMIT, line, begun }) {
    const halted = new Promise((_, failed) => halt = () => failed({ stopped: true }));
    let one, soon;
    try {
      one = await Promise.race([start(), halted]);
      begun?.();
      soon = setTimeout(() => spare ??= begin(), Math.max(seconds - AHEAD, 0) * 1000);
      return await Promise.race([one.ask({ request: JSON.stringify(request) }, { seconds, line }), halted]);
    } catch (broken) {
      if (broken.says) throw broken;
      if (one) {
        one.end();
        current = null;
        start().catch(() => {}); // the next run says so
      }
      if (broken.stopped) throw fault("Stopped.");
      throw fault(
        broken.late
          ? `Stopped after ${seconds} seconds. Is there a loop that doesn’t end? Python is started again.`
          : `Your code has ended Python itself (${first(broken.ended)}). It is started again.`,
      );
    } finally {
      clearTimeout(soon);
    }
  }

  return {
    start,
    run(request, options = {}) {
      const mine = last.then(() => once(request, options));
      last = mine.catch(() => {});
      return mine;
    },
    stop: () => halt?.(),
  };
}

const first = (text) => String(text).split("\n")[0].slice(0, 200);
