// Fields in a chapter: nothing is loaded, and nothing built, before the reader opens one.

import { html } from "../../../../attnlib/live/js/kit/elements.js";
import { hindrance, python } from "../page/python.js";
import { curve } from "./curve.js";
import { codeField } from "../page/field.js";
import { button, sayer } from "../page/said.js";

const { URL, document } = globalThis;

const TRAINING = 300; // seconds that a training may take

function fields(holder) {
  const cells = JSON.parse(holder.textContent);
  const { book, solve, editor, style } = holder.dataset;
  const site = new URL(book, document.baseURI).href;
  const hindered = hindrance();
  const runs = python(new URL(solve, document.baseURI), () => {});

  // Python runs `cells`; whatever comes of it is said.
  async function ask(told, request, options, answered) {
    if (hindered) return told.note(`${hindered} It runs where the book is read from a web server.`);
    told.note("Python is being loaded, 9 MB the first time…");
    try {
      answered(await runs.run(request, { begun: () => told.note("Running…"), ...options }));
    } catch (error) {
      told.say("wrong", error.says ?? String(error));
    }
  }

  function tryIt(place) {
    const number = Number(place.dataset.try);
    const above = cells.slice(0, number).flat().map((source) => ({ kind: "above", source }));
    const own = cells[number].join("\n");
    const told = sayer(site);
    const run = () =>
      ask(
        told,
        { cells: [...above, { kind: "try", source: field.text }] },
        {},
        (said) =>
          told.say(said.passed ? "plain" : "wrong", said.text || "It ran, and nothing was printed."),
      );
    const field = codeField({ label: "Try it", text: own, input() {}, enter: run, address: editor });
    const again = () => field.text = own;
    place.append(
      field.element,
      html("div", { class: "solve-buttons" }, button("Run", run, "check"), button("Start again", again)),
      told.element,
    );
  }

  function trainIt(place) {
    const told = sayer(site);
    const drawn = curve();
    async function train() {
      drawn.clear();
      start.disabled = true;
      stop.disabled = false;
      const line = (text) => drawn.add(Number(text));
      const request = { cells: [{ kind: "try", source: field.text }], train: true };
      await ask(
        told,
        request,
        { seconds: TRAINING, line },
        (said) =>
          told.say(said.passed ? "plain" : "wrong", [said.text, drawn.says()].filter(Boolean).join("\n")),
      );
      start.disabled = false;
      stop.disabled = true;
    }
    const field = codeField({
      label: "Train it here",
      text: place.dataset.train,
      input() {},
      enter: () => start.disabled || train(),
      address: editor,
    });
    const start = button("Train", train, "check");
    const stop = button("Stop", runs.stop);
    stop.disabled = true;
    place.append(
      field.element,
      html("div", { class: "solve-buttons" }, start, stop),
      drawn.element,
      told.element,
    );
  }

  let styled = null;
  const styles = () =>
    styled ??= new Promise((done) =>
      document.head.append(html("link", { rel: "stylesheet", href: style, onload: done, onerror: done }))
    );
  for (const place of document.querySelectorAll("[data-try], [data-train]")) {
    const open = async () => {
      await styles();
      if (place.dataset.try) tryIt(place);
      else trainIt(place);
    };
    if (place.open) open();
    else place.addEventListener("toggle", open, { once: true });
  }
}

for (const holder of document.querySelectorAll("script[data-cells]")) fields(holder);
