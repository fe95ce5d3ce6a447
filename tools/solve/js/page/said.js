// What came of a run, as text on the page.

import { html } from "../../../../attnlib/live/js/kit/elements.js";

const SECTION = /(chapters\/[\w-]+\.html#[\w-]+)/;

// A place for what is said, which is read out when it changes. `book` is the address of the site.
export function sayer(book) {
  const element = html("div", { class: "solve-said", role: "status" });
  return {
    element,
    clear: () => element.replaceChildren(),
    // `kind` is right, wrong or plain
    say(kind, text, ...more) {
      element.replaceChildren(
        html("pre", { class: `solve-${kind}`, tabindex: "0" }, ...linked(text, book)),
        ...more,
      );
    },
    note: (text, ...more) => element.replaceChildren(html("p", {}, text, ...more)),
  };
}

const linked = (text, book) =>
  text.split(SECTION).map((part, place) => place % 2 ? html("a", { href: book + part }, part) : part);

export const button = (label, onclick, kind = "plain") =>
  html("button", { type: "button", class: `solve-button solve-${kind}`, onclick }, label);
