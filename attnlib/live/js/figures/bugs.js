// Find the bug: ten exhibits a round, four names each; then a card to share.

import { whenSeen } from "../kit/beside.js";
import { button } from "../kit/controls.js";
import { frame, html, put } from "../kit/elements.js";
import { number } from "../kit/text.js";
import { exhibited } from "./bugs-exhibit.js";
import { keep, kept, LENGTH, roundOf, today, written } from "./bugs-round.js";

const { document, location, navigator } = globalThis;
const TOLD = 3; // exhibits whose symptom is told; from there on it costs half a mark
const WORDS = { 1: "right", 0.5: "right with help", 0: "wrong" };
const MARKS = { 1: "●", 0.5: "◐", 0: "○" };

export function compute({ exhibits, day }) {
  return { round: roundOf(exhibits, day ?? today()) };
}

const marks = (n) => `${number(n, 1).replace(".0", "")} of ${LENGTH}`;
const score = (results) => results.reduce((all, one) => all + one, 0);

// "chapters/07-masks#masks-before" is a link on the pages of the book and a name elsewhere.
function section(el, place) {
  const [page, target] = place.split("#");
  const file = page.split("/").at(-1);
  const text = `the section in ${file.replace(/^0?(\d+)-.*/, "chapter $1")}`;
  const inBook = el.closest(".bd-article") !== null;
  return inBook ? html("a", { href: `${file}.html#${target}` }, text) : html("code", {}, place);
}

export function render({ model, el }) {
  const body = html("div", { class: "bugs" });
  let forget = () => {};
  frame(el, "Find the bug", body);

  const show = (...parts) => {
    const heading = parts[0];
    heading.tabIndex = -1;
    const inside = body.contains(document.activeElement);
    body.replaceChildren(...parts);
    if (inside) heading.focus({ preventScroll: true });
    if (inside && heading.getBoundingClientRect().top < 0) heading.scrollIntoView();
  };

  const begin = () => {
    const day = model.get("day") ?? today();
    const days = kept();
    const played = Object.values(days);
    const record = played.length === 0
      ? "Nothing played yet in this browser."
      : `Rounds of the day played in this browser: ${played.length}; the best ${
        marks(Math.max(...played))
      }.`;
    const todays = day in days ? ` Today: ${marks(days[day])}.` : "";
    const status = html("p", { class: "live-text", "aria-live": "polite" }, record + todays);
    const start = (seed, name) => () => {
      put(status, "One moment: the exhibits are on their way.");
      forget();
      forget = whenSeen(el, model, "exhibits", {
        then: () => play(roundOf(model.get("exhibits"), seed), name, day === seed ? day : null),
        failed: () =>
          put(status, "The exhibits can’t be loaded: the file that lies beside this page is missing."),
      });
    };
    show(
      html("p", { class: "bugs-head" }, written(day)),
      html(
        "div",
        { class: "live-controls" },
        button("Play today’s round", start(day, written(day))),
        button(
          "Play another round",
          () => start(Math.floor(Math.random() * 2 ** 27), "a round of my own")(),
        ),
      ),
      status,
    );
  };

  const play = (round, name, day) => {
    const results = [];
    const missed = [];
    const next = () => {
      if (results.length < LENGTH) ask();
      else finish();
    };

    const ask = () => {
      const place = results.length;
      const exhibit = model.get("exhibits")[round[place]];
      let helped = false;
      const symptom = html("div", { class: "bugs-symptom" });
      const tell = () => symptom.replaceChildren(...exhibit.symptom.map((text) => html("p", {}, text)));
      const help = button("Tell me the symptom, for half a mark", () => {
        helped = true;
        tell();
        symptom.tabIndex = -1;
        symptom.focus();
        help.remove();
      });
      if (place < TOLD) tell();
      const reply = html("div", { class: "bugs-reply", tabindex: -1 });
      const choices = exhibit.names.map((text, i) => button(text, () => answer(i)));
      const answer = (i) => {
        if (reply.hasChildNodes()) return;
        const right = i === exhibit.right;
        results.push(right ? (helped ? 0.5 : 1) : 0);
        if (!right) missed.push(exhibit);
        choices.forEach((one, at) => {
          one.setAttribute("aria-disabled", "true");
          if (at === exhibit.right) one.classList.add("bugs-right");
          else if (at === i) one.classList.add("bugs-wrong");
        });
        help.remove();
        if (exhibit.symptom.length > 0) tell();
        const [headline, ...details] = exhibit.verdict;
        reply.append(
          html(
            "p",
            { class: "bugs-verdict" },
            right ? "Right. " : "Not this one. ",
            html("span", {}, headline),
          ),
          ...details.map((text) => html("p", {}, text)),
          html("p", {}, "Read ", section(el, exhibit.section), "."),
          button(results.length < LENGTH ? "Next" : "The end", next),
        );
        put(progress, progressText());
        reply.focus({ preventScroll: true });
        reply.scrollIntoView({ block: "nearest" });
      };
      const progressText = () =>
        results.length === 0 ? "" : `So far: ${results.map((one) => WORDS[one]).join(", ")}.`;
      const progress = html("p", { class: "live-hidden" }, progressText());
      show(
        html(
          "p",
          { class: "bugs-head" },
          `${place + 1} of ${LENGTH} `,
          html("span", { "aria-hidden": "true" }, results.map((one) => MARKS[one]).join("")),
        ),
        progress,
        asked(exhibit),
        html(
          "div",
          { class: "bugs-both" },
          exhibited(exhibit),
          html(
            "div",
            { class: "bugs-should" },
            ...(exhibit.laws.length === 0 ? [] : [
              html("p", { class: "bugs-title" }, "Right numbers obey"),
              html("ul", {}, ...exhibit.laws.map((text) => html("li", {}, text))),
            ]),
            html("p", { class: "bugs-title" }, "Symptom"),
            symptom,
            ...(place < TOLD || exhibit.symptom.length === 0 ? [] : [help]),
          ),
        ),
        html("p", { class: "bugs-title" }, "Which mistake is it?"),
        html("div", { class: "bugs-choices" }, ...choices),
        reply,
      );
    };

    const finish = () => {
      if (day !== null) keep(day, score(results));
      const where = location.protocol.startsWith("http") ? `\n${location.href.replace(/[?#].*/, "")}` : "";
      const card = `Spotlight, Find the bug, ${name}: ${marks(score(results))}\n` +
        `${results.map((one) => MARKS[one]).join("")}${where}`;
      const area = html("textarea", {
        class: "bugs-card",
        readonly: true,
        rows: 3,
        "aria-label": "The card",
      }, card);
      const status = html("p", { "aria-live": "polite" });
      const copy = button("Copy the card", async () => {
        area.select();
        try {
          await navigator.clipboard.writeText(card);
        } catch {
          document.execCommand("copy"); // a page from the disk may not write to the clipboard otherwise
        }
        put(status, "Copied.");
      });
      show(
        html("p", { class: "bugs-head" }, `${marks(score(results))}`),
        area,
        html("div", { class: "live-controls" }, copy, button("Back to the start", begin)),
        status,
        ...(missed.length === 0 ? [] : [
          html("p", { class: "bugs-title" }, "To read again"),
          html(
            "ul",
            {},
            ...missed.map((one) => {
              const what = `${one.exercise.replaceAll("_", " ")}, “${one.names[one.right]}”: `;
              return html("li", {}, what, section(el, one.section));
            }),
          ),
        ]),
      );
    };
    next();
  };

  begin();
  model.on("change:day", begin);
  return () => {
    model.off("change:day", begin);
    forget();
  };
}

function asked({ exercise, call, given }) {
  const title = html(
    "p",
    {},
    "Asked for: ",
    html("b", {}, exercise.replaceAll("_", " ")),
    call ? ", by" : ", on paper",
  );
  return html(
    "div",
    { class: "bugs-asked" },
    title,
    ...(call ? [html("pre", {}, call)] : []),
    ...(given ? [html("p", {}, given)] : []),
  );
}
