// What may come next: a button for each word, with a bar as long as the word is likely.

import { N_BARS, spoken } from "./gpt-model.js";
import { roving } from "../kit/controls.js";
import { html, put } from "../kit/elements.js";
import { percent } from "../kit/text.js";

export function nextWords(labelledby, onpress) {
  const bars = Array.from({ length: N_BARS }, () => {
    const [word, share, whole] = ["gpt-next", "gpt-share", "live-hidden"].map((name) =>
      html("span", { class: name })
    );
    const [ghost, bar] = ["gpt-ghost", "gpt-bar"].map((name) => html("span", { class: name }));
    const node = html(
      "button",
      { type: "button", class: "gpt-candidate", onclick: () => onpress(node.dataset.word) },
      word,
      html("span", { class: "gpt-track" }, ghost, bar),
      share,
      whole,
    );
    return { node, word, share, whole };
  });
  const node = html(
    "div",
    { class: "gpt-candidates gpt-waiting", role: "group", "aria-labelledby": labelledby },
    ...bars.map((bar) => bar.node),
  );
  roving(bars.map((bar) => bar.node));

  // `compared` is whether heads are off, so that the ghosts of the whole model's bars are shown.
  const show = (shown, compared) => {
    node.classList.remove("gpt-waiting");
    node.classList.toggle("gpt-compared", compared);
    shown.forEach(({ word, now, whole, here }, i) => {
      const bar = bars[i];
      bar.node.classList.toggle("gpt-here", here);
      bar.node.classList.toggle("gpt-never", whole < 0.005);
      bar.node.style.setProperty("--now", now.toFixed(4));
      bar.node.style.setProperty("--whole", whole.toFixed(4));
      bar.node.dataset.word = word;
      put(bar.word, spoken(word));
      put(bar.share, percent(now));
      put(bar.whole, compared ? `, with all heads ${percent(whole)}` : "");
    });
  };
  return { node, show };
}
