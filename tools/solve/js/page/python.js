// Python in a worker, as the page sees it: one run at a time, each within its time, and started again when
// it has ended.

const { URL, Worker, clearTimeout, fetch, location, setTimeout } = globalThis;

export const LIMIT = 10; // seconds of a run

// Why a page cannot run Python at all, or nothing.
export function hindrance() {
  if (location.protocol === "file:") return "A page that is opened from the disk can’t run Python.";
  const needed = ["WebAssembly", "Worker", "DecompressionStream"];
  const missing = needed.filter((name) => !(name in globalThis));
  return missing.length ? `This browser can’t run Python here: it has no ${missing.join(", no ")}.` : null;
}

// What went wrong with a run; `says` is for the reader.
export function fault(says) {
  return Object.assign(new Error(says), { says });
}

// `folder` is where the site keeps what this needs; `tell` hears how far the start is, from 0 to 1.
export function python(folder, tell) {
  let worker = null;
  let starting = null;
  let heard = null;
  let last = Promise.resolve();

  function end() {
    worker?.terminate();
    worker = starting = null;
  }

  function ask(message, { seconds, line } = {}) {
    return new Promise((done, failed) => {
      const timer = seconds && setTimeout(() => heard({ late: true }), seconds * 1000);
      heard = (data) => {
        if (data.loaded !== undefined) return tell(data.loaded);
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

  async function begin() {
    tell(0);
    try {
      const answer = await fetch(new URL("python.json", folder), { cache: "no-cache" });
      if (!answer.ok) throw new Error(`python.json could not be fetched (${answer.status})`);
      const { worker: script, start } = await answer.json();
      worker = new Worker(new URL(script, folder));
      await ask({ start: { ...start } });
      tell(1);
    } catch (error) {
      end();
      tell(null);
      const why = error.ended ?? error.message;
      throw fault(`Python could not be started: ${why}. What you have typed is kept; try again.`);
    }
  }

  const start = () => starting ??= begin();

  async function once(request, { seconds = LIMIT, line, begun }) {
    await start();
    begun?.();
    try {
      return await ask({ request: JSON.stringify(request) }, { seconds, line });
    } catch (broken) {
      end();
      start().catch(() => {}); // the next run says so
      if (broken.stopped) throw fault("Stopped.");
      throw fault(
        broken.late
          ? `Stopped after ${seconds} seconds. Is there a loop that doesn’t end? Python is started again.`
          : `Your code has ended Python itself (${first(broken.ended)}). It is started again.`,
      );
    }
  }

  return {
    start,
    run(request, options = {}) {
      const mine = last.then(() => once(request, options));
      last = mine.catch(() => {});
      return mine;
    },
    stop: () => heard?.({ stopped: true }),
  };
}

const first = (text) => String(text).split("\n")[0].slice(0, 200);
