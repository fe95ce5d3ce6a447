// A sentence composed of words, its translation, and where the decoder looks for each French word.

import { translate, wordsOf } from "./translator-model.js";
import { drawAwake } from "../kit/beside.js";
import { button, choice, radios, roving } from "../kit/controls.js";
import { assign, frame, html, uniqueId } from "../kit/elements.js";
import { change, read } from "../kit/state.js";
import { list, percent, report } from "../kit/text.js";

const NAMES = [
  "text",
  "attention",
  "step",
  "examples",
  "kinds",
  "longest",
  "trained",
  "english",
  "french",
  "start",
  "end",
  "most",
  "shapes",
  "numbers",
];
const KINDS = [["additive", "attention"], ["none", "one vector"]];

export const compute = translate;

// the French word that is looked from: the one chosen, or the last
const chosenOf = ({ step }, said) => Math.min(step ?? said.length - 1, said.length - 1);

export function render({ model, el }) {
  const first = read(model, NAMES);
  const earlier = [];
  let drawn = null;
  const write = (text) => {
    earlier.push(model.get("text"));
    change(model, { text, step: null });
  };
  const kind = choice("the decoder has", KINDS, (attention) => change(model, { attention, step: null }));
  const english = html("p", { class: "live-line trans-line", lang: "en" });
  const heading = uniqueId("french");
  const french = html("div", {
    class: "live-line trans-line",
    role: "radiogroup",
    "aria-labelledby": heading,
    lang: "fr",
  });
  const note = html("p", { class: "trans-note" });
  const words = first.kinds.map((group) =>
    group.map((word) =>
      button(word, () => {
        const written = wordsOf(model.get("text"));
        if (written.length < first.longest) write([...written, word].join(" "));
      })
    )
  );
  roving(words.flat());
  const undo = button(
    "undo",
    () => earlier.length > 0 && change(model, { text: earlier.pop(), step: null }),
  );
  const again = button("start again", () => model.get("text") !== "" && write(""));
  const examples = first.examples.map((text, i) =>
    assign(button(`example ${i + 1}`, () => model.get("text") !== text && write(text)), { title: text })
  );
  const { node: told, say } = report();
  frame(
    el,
    "A translator: compose a sentence",
    html("div", { class: "live-controls" }, kind.node),
    html("p", { class: "trans-title" }, "English: the bluer, the more it looks there"),
    english,
    html("p", { class: "trans-title", id: heading }, "French: choose a word"),
    french,
    told,
    note,
    html(
      "div",
      { class: "trans-words", role: "group", "aria-label": "Words to write with" },
      ...words.map((group) => html("div", {}, ...group)),
    ),
    html("div", { class: "trans-tools" }, undo, again, ...examples),
  );

  // radio buttons are made anew only where the translation is another
  const showFrench = (texts) => {
    if (drawn?.key === texts.join(" ")) return drawn;
    const made = radios(
      texts.map((word, i) => [String(i), `${word}, word ${i + 1}`]),
      (step) => change(model, { step: Number(step) }),
    );
    const labels = texts.map((word, i) =>
      html("label", { class: "live-word trans-word" }, made.inputs[i], html("span", {}, word))
    );
    french.replaceChildren(...labels);
    drawn = { key: texts.join(" "), labels, ...made };
    return drawn;
  };

  const draw = (state, awake) => {
    const source = wordsOf(state.text);
    kind.show(state.attention);
    assign(undo, { "aria-disabled": earlier.length === 0 ? "true" : null });
    assign(again, { "aria-disabled": state.text === "" ? "true" : null });
    const long = source.length > state.trained ? `; it was trained on up to ${state.trained}` : "";
    const full = source.length === state.longest ? ", and there is no room for more" : "";
    note.textContent = source.length === 1 ? "1 word" : `${source.length} words${long}${full}`;
    const chips = source.map((word) => html("span", { class: "trans-source" }, word));
    english.replaceChildren(...chips);
    if (!awake) return;

    const { said, weights } = translate(state);
    const texts = said.map((id) => state.french[id]);
    const at = chosenOf(state, said);
    const shown = showFrench(texts);
    shown.show(String(at));
    shown.labels.forEach((label, i) => label.classList.toggle("trans-later", i > at));
    const row = weights[at] ?? [];
    chips.forEach((chip, j) => chip.style.setProperty("--weight", (row[j] ?? 0).toFixed(3)));
    say(inWords(state, source, texts, row, at));
  };
  return drawAwake(el, model, NAMES, draw, { say });
}

function inWords({ attention }, source, texts, row, at) {
  if (source.length === 0) return "Press words below to write a sentence.";
  if (texts.length === 0) return "It says nothing.";
  if (attention === "none") {
    return `It says “${
      texts[at]
    }” from one vector, which is all that it has of the ${source.length} words.`;
  }
  const order = row.map((_, j) => j).sort((a, b) => row[b] - row[a]).slice(0, 3);
  const seen = order.filter((j) => row[j] >= 0.05).map((j) => `“${source[j]}” ${percent(row[j])}`);
  return `To say “${texts[at]}” it looks at ${list(seen)}.`;
}
