// A story, a question of it, and where a memory network looks at each hop: the facts with a bar for each look,
// and the answer.

import { button, choice } from "../kit/controls.js";
import { assign, frame, html, uniqueId } from "../kit/elements.js";
import { attend, embedding, linear, matrix, plus, rowOf, softmaxRows } from "../kit/inference.js";
import { paramsOf } from "../kit/params.js";
import { change, read, watch } from "../kit/state.js";
import { list, number, report } from "../kit/text.js";

const NAMES = [
  "facts",
  "left_out",
  "question",
  "n_hops",
  "people",
  "places",
  "things",
  "words",
  "shapes",
  "numbers",
];
const N_ANSWERS = 3;
const WHERE_PERSON = "where is";
const WHO = "who has the";
const WHERE_THING = "where is the";

// The sum of the words of each text.
function bags(table, texts, words) {
  const sums = matrix(texts.length, table.columns);
  texts.forEach((text, i) => {
    const x = embedding(table, text.split(" ").map((word) => words.indexOf(word)));
    const into = rowOf(sums, i);
    for (let j = 0; j < x.rows; j += 1) rowOf(x, j).forEach((entry, n) => (into[n] += entry));
  });
  return sums;
}

export function compute(state) {
  const { facts, left_out, question, n_hops, words } = state;
  const params = paramsOf(state);
  const of = (name) => params[`${n_hops}.${name}`];
  const keys = bags(of("keys"), facts, words);
  const mask = (_, j) => !left_out.includes(j);
  let u = bags(of("question"), [question], words);
  const weights = [];
  for (let h = 0; h < n_hops; h += 1) {
    const look = attend(u, keys, bags(of(`hop${h}.values`), facts, words), { mask });
    weights.push(Array.from(look.weights[0].data));
    u = plus(linear(u, of(`hop${h}.w`)), look.context);
  }
  const likely = Array.from(softmaxRows(linear(u, of("out.w"), of("out.b"))).data);
  return { weights, likely, answers: told(state).map((word) => words.indexOf(word)) };
}

// What the facts that are told say: one word, or none, or several.
function told({ facts, left_out, question, things }) {
  const said = facts.filter((_, i) => !left_out.includes(i)).map((fact) => fact.split(" "));
  const asked = question.split(" ").at(-1);
  const holders = said.filter((fact) => fact[1] === "has" && fact.at(-1) === asked).map(([who]) => who);
  if (question.startsWith(WHO)) return [...new Set(holders)];
  const sought = things.includes(asked) ? holders : [asked];
  return [
    ...new Set(
      said.filter(([who, verb]) => verb === "is" && sought.includes(who)).map((fact) => fact.at(-1)),
    ),
  ];
}

const kindOf = ({ question, people }) =>
  question.startsWith(WHO) ? WHO : people.includes(question.split(" ").at(-1)) ? WHERE_PERSON : WHERE_THING;

const largest = (numbers) => numbers.indexOf(Math.max(...numbers));

export function render({ model, el }) {
  const first = read(model, NAMES);
  const now = () => read(model, NAMES);
  const inStory = first.people.filter((name) => first.facts.some((fact) => fact.startsWith(`${name} `)));
  const asked = first.question.split(" ").at(-1);
  const last = {
    person: first.people.includes(asked) ? asked : inStory[0],
    thing: first.things.includes(asked) ? asked : first.things[0],
  };
  const ask = (kind) =>
    change(model, { question: `${kind} ${kind === WHERE_PERSON ? last.person : last.thing}` });

  const kinds = choice("The question", [
    [WHERE_PERSON, "where is …"],
    [WHO, "who has the …"],
    [WHERE_THING, "where is the …"],
  ], ask);
  const persons = choice("Whom?", first.people.map((name) => [name, name]), (person) => {
    last.person = person;
    ask(WHERE_PERSON);
  });
  const things = choice("What?", first.things.map((name) => [name, name]), (thing) => {
    last.thing = thing;
    ask(kindOf(now()) === WHO ? WHO : WHERE_THING);
  });
  const counts = choice(
    "The network looks",
    [[2, "twice"], [1, "once"]],
    (n_hops) => change(model, { n_hops }),
  );

  const rowOfFact = (i) =>
    factRow({
      ontell(isTold) {
        const { left_out, facts } = now();
        const without = left_out.filter((j) => j !== i);
        const next = isTold ? without : [...without, i].sort((a, b) => a - b);
        if (next.length < facts.length) change(model, { left_out: next });
        else draw(now(), "A story needs a fact: this one stays. ");
      },
      onnext() {
        const { facts, places, things: all } = now();
        const words = facts[i].split(" ");
        const names = words[1] === "is" ? places : all;
        const name = names[(names.indexOf(words.at(-1)) + 1) % names.length];
        const other = [...words.slice(0, -1), name].join(" ");
        change(model, { facts: facts.map((fact, j) => (j === i ? other : fact)) });
      },
    });
  let rows = [];
  const heads = [1, 2].map((h) => html("span", { class: `hops-head hops-${h}` }, `hop ${h}`));
  const story = html("div", {
    class: "hops-story",
    role: "group",
    "aria-label": "The story: which facts are told, and what they say",
  });
  const answers = Array.from({ length: N_ANSWERS }, () => bar("hops-answer"));
  const title = html("p", { class: "hops-title", id: uniqueId("answer") });
  const { node: text, say } = report();
  frame(
    el,
    "Hops: where a question looks, and what it answers",
    html("div", { class: "live-controls" }, kinds.node, counts.node),
    persons.node,
    things.node,
    story,
    html(
      "div",
      { role: "group", "aria-labelledby": title.id },
      title,
      ...answers.map(({ node, name }) => html("div", { class: "hops-line" }, name, node)),
    ),
    text,
  );

  function draw(state, refused = "") {
    const { weights, likely } = compute(state);
    if (rows.length !== state.facts.length) {
      rows = state.facts.map((_, i) => rowOfFact(i));
      story.replaceChildren(
        html("span", { class: "hops-head" }, "the story"),
        ...heads,
        ...rows.flatMap(({ parts }) => parts),
      );
    }
    const kind = kindOf(state);
    const subject = state.question.split(" ").at(-1);
    kinds.show(kind);
    persons.show(subject);
    things.show(subject);
    persons.node.hidden = kind !== WHERE_PERSON;
    things.node.hidden = kind === WHERE_PERSON;
    counts.show(state.n_hops);
    story.classList.toggle("hops-once", state.n_hops === 1);
    rows.forEach((row, i) =>
      row.show(state.facts[i], !state.left_out.includes(i), weights.map((w) => w[i]))
    );
    title.textContent = `${state.question}?`;
    const order = likely.map((_, id) => id).sort((a, b) => likely[b] - likely[a]);
    answers.forEach(({ show, name }, i) => {
      name.textContent = state.words[order[i]];
      show(likely[order[i]]);
    });
    say(refused + inWords(state, weights, likely));
  }
  return watch(model, NAMES, (state) => draw(state));
}

// A fact: whether it is told, its last word, which another may take the place of, and a bar for each hop.
function factRow({ ontell, onnext }) {
  const box = html("input", { type: "checkbox", onchange: () => ontell(box.checked) });
  const words = html("span", {});
  const last = assign(button("", onnext), { class: "live-button hops-word" });
  const bars = [1, 2].map((h) => bar(`hops-${h}`));
  const fact = html("div", { class: "hops-fact" }, html("label", {}, box, words), last);
  const show = (text, isTold, weights) => {
    const parts = text.split(" ");
    const name = parts.pop();
    const start = parts.join(" ");
    box.checked = isTold;
    box.setAttribute("aria-label", `tell that ${text}`);
    words.textContent = start;
    last.textContent = name;
    last.setAttribute("aria-label", `${name}: take another, ${start} …`);
    fact.classList.toggle("hops-untold", !isTold);
    bars.forEach((each, h) => each.show(isTold ? weights[h] ?? 0 : null));
  };
  return { parts: [fact, ...bars.map(({ node }) => node)], show };
}

// A share as a bar with its number; nothing where there is none.
function bar(kind) {
  const filled = html("span", { class: "hops-filled" });
  const written = html("span", { class: "hops-number" });
  const node = html(
    "span",
    { class: `hops-bar ${kind}` },
    html("span", { class: "hops-track" }, filled),
    written,
  );
  const show = (share) => {
    filled.style.inlineSize = `${100 * (share ?? 0)}%`;
    written.textContent = share === null ? "–" : number(share, 2);
  };
  return { node, show, name: html("span", { class: "hops-name" }) };
}

function inWords(state, weights, likely) {
  const looks = weights.map((row, h) => {
    const place = largest(row);
    const most = `“${state.facts[place]}” (${number(row[place], 2)})`;
    return state.n_hops === 1 ? `It looks most at ${most}` : `Hop ${h + 1} looks most at ${most}`;
  });
  const best = largest(likely);
  const said = told(state);
  const truth = said.length === 0 ? "The story doesn't say." : `The story says ${list(said)}.`;
  return `${looks.join(". ")}. It answers ${state.words[best]}, ${number(likely[best], 2)}. ${truth}`;
}
