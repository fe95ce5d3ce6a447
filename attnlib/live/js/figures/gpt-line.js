// The sentence, and the line on which it is written on.

import { finished, spoken, STOP, wordsOf } from "./gpt-model.js";
import { radios } from "../kit/controls.js";
import { assign, html, put, uniqueId } from "../kit/elements.js";
import { quoted } from "../kit/text.js";

const SURPRISING = 0.02;

// `onask(i)` hears which token asks, `onwords(words)` of words that were typed, and returns whether they were taken;
// `onenter` of Enter and `onback` of Backspace where nothing is typed.
export function writingLine({ n_tokens, vocabulary, onask, onwords, onenter, onback }) {
  const asks = radios(Array.from({ length: n_tokens }, (_, i) => [i]), onask);
  const chips = asks.inputs.map((input) => {
    input.id = uniqueId("token");
    return html("label", { class: "live-word gpt-word" }, input, html("span"));
  });
  chips[0].classList.add("gpt-start");
  const stop = html("span", { class: "gpt-stop" }, STOP);
  const hint = html("p", { class: "gpt-hint", id: uniqueId("hint") });
  const complaint = html("p", { class: "live-complaint gpt-complaint", role: "alert" });
  const line = html("input", {
    type: "text",
    class: "live-field gpt-input",
    "aria-label": "Go on with the sentence",
    "aria-describedby": hint.id,
    autocapitalize: "none",
    autocomplete: "off",
    autocorrect: "off",
    spellcheck: "false",
    oninput: () => {
      complain("");
      line.classList.toggle("gpt-long", line.value.length > 12);
      const last = line.value.search(/\S*$/);
      if (line.value.slice(0, last).trim() === "" || take(line.value.slice(0, last))) {
        line.value = line.value.slice(last);
      }
    },
    onkeydown: (event) => {
      const empty = line.value.trim() === "";
      if (event.key === "Enter") {
        event.preventDefault();
        if (empty) onenter();
        else if (take(line.value)) line.value = "";
      } else if (event.key === "Backspace" && line.value === "") {
        event.preventDefault();
        onback();
      }
    },
  });

  // words that it has never seen stay on the line
  function take(typed) {
    const words = wordsOf(typed.toLowerCase().replaceAll(/\s+/g, " ").replaceAll(/\.(?= |$)/g, " ."));
    const strange = [...new Set(words.filter((word) => !vocabulary.includes(word)))];
    if (strange.length === 0) return onwords(words);
    const are = strange.length === 1 ? "is" : "are";
    return complain(
      `${quoted(strange)} ${are} not among the ${vocabulary.length} words that it has learnt. These are: `,
      html("span", { class: "gpt-vocabulary" }, vocabulary.map(spoken).join(", ")),
    );
  }

  // say what is wrong, or that nothing is any more; returns false
  function complain(text, ...more) {
    complaint.replaceChildren(text, ...more);
    assign(line, { "aria-invalid": text === "" ? null : "true" });
    return false;
  }

  const sentence = html(
    "fieldset",
    { class: "gpt-sentence" },
    html("legend", { class: "live-hidden" }, "The sentence: from which word do the heads look?"),
    ...chips,
    stop,
    line,
  );
  const show = (tokens, asker, text) => {
    chips.forEach((chip, i) => {
      chip.hidden = asks.inputs[i].disabled = i >= tokens.length;
      put(chip.lastChild, tokens[i] ?? "");
    });
    stop.hidden = !finished(text);
    asks.show(asker);
  };
  // how likely each word was
  const judge = (shares) =>
    [...chips.slice(1, shares.length + 1 - (stop.hidden ? 0 : 1)), ...(stop.hidden ? [] : [stop])]
      .forEach((chip, i) => {
        chip.style.setProperty("--share", shares[i].toFixed(4));
        chip.classList.toggle("gpt-surprise", shares[i] < SURPRISING);
      });
  // where a head looks, in the colour of its block
  const tint = (weights, block) => {
    sentence.className = weights === null ? "gpt-sentence" : `gpt-sentence gpt-tinted gpt-block-${block}`;
    chips.forEach((chip, i) => chip.style.setProperty("--tint", (weights?.[i] ?? 0).toFixed(3)));
  };
  const prompt = (likeliest, text) => {
    line.placeholder = spoken(likeliest);
    put(hint, text);
  };
  const node = html("div", { class: "gpt-page" }, sentence, hint, complaint);
  return { node, inputs: asks.inputs, complain, show, judge, tint, prompt };
}
