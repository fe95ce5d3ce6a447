// Questions as cards: one at a time in a dialogue, in order or shuffled. The page itself stays as it is.
{
  const { document } = globalThis;
  const answers = [...document.querySelectorAll("details.card-answer")];
  const questions = answers.map((answer) => answer.closest("section"));

  // print shows what is folded, and folds it again
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = answers.filter((answer) => !answer.open);
    opened.forEach((answer) => (answer.open = true));
  });
  addEventListener(
    "afterprint",
    () => opened.forEach((answer) => (answer.open = false)),
  );

  const element = (tag, attributes = {}, ...children) => {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
      else node.setAttribute(name, value);
    }
    node.append(...children);
    return node;
  };
  const button = (text, onclick) => element("button", { type: "button", onclick }, text);

  let order = questions.map((_, i) => i);
  let at = 0;
  const title = element("h2", {
    class: "card-question",
    tabindex: "-1",
    id: "card-question",
  });
  const part = element("p", { class: "card-part" });
  const answer = element("div", { class: "card-text", "aria-live": "polite" });
  const unfold = button("Show answer", () => show(!answer.hidden));
  const previous = button("Previous", () => go(at - 1));
  const next = button("Next", () => go(at + 1));
  const shuffled = button("Shuffle", () => {
    const mixed = order.every((question, i) => question === i);
    order = questions.map((_, i) => i);
    if (mixed) {
      for (let i = order.length - 1; i > 0; i -= 1) {
        const j = Math.floor(Math.random() * (i + 1));
        [order[i], order[j]] = [order[j], order[i]];
      }
    }
    shuffled.textContent = mixed ? "In order" : "Shuffle";
    go(0);
  });
  const dialogue = element(
    "dialog",
    { class: "cards", "aria-labelledby": "card-question" },
    part,
    title,
    answer,
    element(
      "div",
      { class: "card-buttons" },
      unfold,
      previous,
      next,
      shuffled,
      button("Close", () => dialogue.close()),
    ),
  );

  const show = (folded) => {
    answer.hidden = folded;
    unfold.textContent = folded ? "Show answer" : "Hide answer";
    unfold.setAttribute("aria-expanded", folded ? "false" : "true");
  };
  const go = (to) => {
    at = (to + order.length) % order.length;
    const question = questions[order[at]];
    const heading = question.querySelector("h3").cloneNode(true);
    heading.querySelectorAll(".headerlink").forEach((link) => link.remove());
    title.replaceChildren(...heading.childNodes);
    part.textContent = `Question ${at + 1} of ${order.length}`;
    const copy = question.querySelector("details.card-answer").cloneNode(true);
    copy.querySelectorAll("[id]").forEach((node) => node.removeAttribute("id"));
    copy.querySelectorAll(":scope > summary").forEach((node) => node.remove());
    answer.replaceChildren(...copy.childNodes);
    show(true);
    dialogue.scrollTop = 0;
    if (dialogue.open) title.focus();
  };

  dialogue.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "ArrowRight") go(at + 1);
    else if (event.key === "ArrowLeft") go(at - 1);
    else if (event.key === "Escape") dialogue.close();
    else if (event.key === " " && !event.target.closest("button, a")) {
      show(!answer.hidden);
    } else return;
    event.preventDefault();
  });

  // a finger that goes sideways turns the card
  let start = null;
  dialogue.addEventListener("touchstart", ({ touches }) => {
    start = touches.length === 1 ? touches[0] : null;
  }, { passive: true });
  dialogue.addEventListener("touchend", ({ changedTouches: [end], target }) => {
    if (start === null || target.closest("pre, div.math")) return;
    const [x, y] = [end.clientX - start.clientX, end.clientY - start.clientY];
    start = null;
    if (Math.abs(x) > 60 && Math.abs(x) > 2 * Math.abs(y)) {
      go(at + (x < 0 ? 1 : -1));
    }
  }, { passive: true });

  // links of an answer lead away from the card
  dialogue.addEventListener("click", (event) => {
    if (event.target.closest("a")) dialogue.close();
  });

  const open = button("Go through the questions as cards", () => {
    go(at);
    dialogue.showModal();
    title.focus();
  });
  const all = button("Show all answers", () => {
    const folded = answers.some((one) => !one.open);
    answers.forEach((one) => (one.open = folded));
    all.textContent = folded ? "Hide all answers" : "Show all answers";
  });
  questions[0]?.parentElement.before(
    element("div", { class: "card-begin" }, open, all),
    dialogue,
  );
}
