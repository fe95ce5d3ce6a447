// One question: its field, its buttons, and what its test says.

import { html } from "../../../../attnlib/live/js/kit/elements.js";
import { codeField } from "./field.js";
import { button, sayer } from "./said.js";

// What is kept of any answer, in code or in words, and what a reload finds of it.
// `shared` has what the questions of a page share: kept, changed(), notebook, asked, book, editor, python.
export function answer(name, shared, { show, told }) {
  const blank = shared.notebook.released(name);
  let item = shared.kept.get(name);
  const now = () => item?.text ?? blank;

  function keep(text, passed = false) {
    item = text === blank ? null : { text, asked: item?.asked ?? shared.asked[name], passed };
    shared.kept.set(name, item);
    shared.changed();
  }
  shared.kept.watch(name, (found) => {
    item = found;
    show(now());
    told.note("This answer was changed in another window.");
    shared.changed();
  });

  // An answer from an earlier release of the exercise stays, and says so.
  function remind() {
    if (!item || item.asked === shared.asked[name]) return;
    const fine = button("It still fits", () => {
      item.asked = shared.asked[name];
      keep(item.text, item.passed);
      told.clear();
    });
    told.note("The question has changed since you wrote this. Read it once more. ", fine);
  }

  // Put another text in, with a way back to what stood there.
  function replace(text, says) {
    const before = now();
    if (text === before) return;
    item = null;
    show(text);
    keep(text);
    if (before === blank) told.note(says);
    else told.note(`${says} `, button("Bring back what stood here", () => replace(before, "It is back.")));
  }

  return {
    name,
    now,
    keep,
    remind,
    replace,
    startAgain: () => replace(blank, "The field is as it was released."),
    answered: () => now() !== blank && now().trim() !== "",
    passed: () => Boolean(item?.passed),
  };
}

export function question(place, shared) {
  const { question: name, title } = place.dataset;
  const told = sayer(shared.book);
  const mine = answer(name, shared, { show: (text) => field.text = text, told });
  const field = codeField({
    label: `Your answer: ${title || name}`,
    text: mine.now(),
    input: (text) => mine.keep(text),
    enter: () => check(),
    address: shared.editor,
  });
  const line = html("input", {
    type: "text",
    class: "solve-line",
    "aria-label": `A line of Python to try, after your answer to ${name}`,
    autocapitalize: "off",
    autocomplete: "off",
    spellcheck: "false",
    onkeydown: ({ key }) => key === "Enter" && tried(),
  });
  const shown = sayer(shared.book);
  const trying = html(
    "details",
    { class: "solve-trying" },
    html("summary", {}, "Try a line"),
    html("div", { class: "solve-buttons" }, line, button("Run", tried)),
    shown.element,
  );
  let waiting = 0;

  async function ask(cells, sayer, answered) {
    waiting += 1;
    place.setAttribute("aria-busy", "true");
    const text = mine.now();
    sayer.note(shared.python.ready() ? "Waiting…" : "Python is being loaded…");
    try {
      const said = await shared.python.run({ cells }, { begun: () => sayer.note("Checking…") });
      answered(said, text);
      return said.passed;
    } catch (error) {
      sayer.say("wrong", error.says ?? String(error), ...shared.elsewhere());
      return false;
    } finally {
      waiting -= 1;
      if (!waiting) place.removeAttribute("aria-busy");
    }
  }

  function check() {
    if (waiting) return Promise.resolve(false); // the answer to the last press is on its way
    return ask(shared.notebook.cells(name, shared.texts()), told, (said, text) => {
      const whole = [said.printed, said.text].filter(Boolean).join("\n");
      told.say(said.passed ? "right" : "wrong", whole || "It ran, and nothing was printed.");
      if (said.passed && shared.notebook.hasHidden(name)) {
        told.element.append(html("p", {}, "More inputs are tried when your work is graded."));
      }
      if (mine.now() === text) mine.keep(text, said.passed);
    });
  }

  function tried() {
    if (!line.value.trim()) return;
    const cells = shared.notebook.cells(name, shared.texts(), line.value);
    ask(cells, shown, (said) => {
      const whole = [said.printed, said.text].filter(Boolean).join("\n");
      shown.say(said.passed ? "plain" : "wrong", whole || "Nothing was printed.");
    });
  }

  place.replaceChildren(
    field.element,
    html(
      "div",
      { class: "solve-buttons" },
      button("Check", check, "check"),
      button("Start again", mine.startAgain),
    ),
    told.element,
    trying,
  );
  place.addEventListener("focusin", () => shared.python.start(), { once: true });
  mine.remind();
  return { ...mine, check, show: field.focus };
}

// A question that a person marks: words, without a button that checks.
export function essay(place, shared) {
  const { essay: name, title } = place.dataset;
  const told = sayer(shared.book);
  const area = html("textarea", {
    class: "solve-text solve-words",
    "aria-label": `Your answer in words: ${title || name}`,
    rows: "8",
    oninput: () => mine.keep(area.value),
  });
  const mine = answer(name, shared, { show: (text) => area.value = text, told });
  area.value = mine.now();
  place.replaceChildren(
    area,
    html("div", { class: "solve-buttons" }, button("Start again", mine.startAgain)),
    told.element,
  );
  mine.remind();
  return { ...mine, passed: mine.answered };
}

// A cell that shows something the question is about, such as numbers to work with.
export function setup(place, shared) {
  const number = Number(place.dataset.setup);
  if (!shared.notebook.prints(number)) return;
  const told = sayer(shared.book);
  const run = async () => {
    told.note("Running…");
    try {
      const { text } = await shared.python.run({ cells: shared.notebook.setup(number) });
      told.say("plain", text);
    } catch (error) {
      told.say("wrong", error.says ?? String(error), ...shared.elsewhere());
    }
  };
  place.append(html("div", { class: "solve-buttons" }, button("Run", run)), told.element);
}
