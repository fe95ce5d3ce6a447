// A trained GPT: a sentence that is written word by word, what may come next, and where each head looks.

import { headsTable } from "./gpt-heads.js";
import { writingLine } from "./gpt-line.js";
import {
  askerOf,
  candidates,
  finished,
  oneWordMore,
  room,
  run,
  speakable,
  spoken,
  STOP,
  tokensOf,
  wordsOf,
  wordsRead,
} from "./gpt-model.js";
import { nextWords } from "./gpt-words.js";
import { generator } from "../kit/chance.js";
import { MISSING, whenSeen } from "../kit/beside.js";
import { button, slider } from "../kit/controls.js";
import { assign, frame, html, uniqueId } from "../kit/elements.js";
import { rowOf, rowsOf } from "../kit/inference.js";
import { prefersStillness } from "../kit/motion.js";
import { change, read, watch } from "../kit/state.js";
import { list, number, percent, quoted, report } from "../kit/text.js";

const { clearTimeout, setTimeout } = globalThis;
const NAMES = [
  "text",
  "query",
  "off",
  "temperature",
  "seed",
  "beginnings",
  "words",
  "start",
  "n_heads",
  "shapes",
  "numbers",
];
const PAUSE = 420;

export function compute(state) {
  const { likely, likely_with_all, weights } = run(state);
  const draw = generator(state.seed);
  let text = state.text;
  for (let next = text; next !== null; next = oneWordMore({ ...state, text }, draw)) text = next;
  return {
    likely: rowsOf(likely),
    likely_with_all: rowsOf(likely_with_all),
    weights: weights.map((heads) => heads.map(rowsOf)),
    ending: wordsOf(text).slice(wordsOf(state.text).length).map((word) => state.words.indexOf(word)),
  };
}

const named = (token, { start }) => (token === start ? "start" : token);
const likeliest = (state, result) => candidates({ ...state, query: null }, result, -1)[0].word;

export function render({ model, el }) {
  const first = read(model, NAMES);
  const most = room(first) - 1;
  const earlier = [];
  let awake = false;
  let pointed = null;

  const now = () => read(model, NAMES);
  const write = (text, query = null) => {
    earlier.push(model.get("text"));
    line.complain("");
    change(model, { text, query });
  };
  const edit = (text, query) => {
    going.halt();
    write(text, query);
  };
  const append = (words) => {
    const text = [...wordsOf(model.get("text")), ...words].join(" ");
    if (finished(model.get("text"))) {
      return line.complain("The sentence has its full stop: undo a word, or start again.");
    }
    if (wordsOf(text).slice(0, -1).includes(STOP)) {
      return line.complain("A full stop ends the sentence: nothing may follow it.");
    }
    if (wordsRead(text).length > most) {
      return line.complain(`It has learnt sentences of up to ${most} words, and this would be longer.`);
    }
    edit(text);
    return true;
  };
  // in the middle of the sentence a word takes the place of the next one
  const put = (word) => {
    const state = now();
    const asker = askerOf(state);
    const words = wordsOf(state.text);
    const behind = asker + 1 >= wordsRead(state.text).length;
    if (word === STOP) edit([...words.slice(0, asker), STOP].join(" "));
    else if (asker === words.length) append([word]);
    else {edit(
        [...words.slice(0, asker), word, ...words.slice(asker + 1)].join(" "),
        behind ? null : asker + 1,
      );}
  };

  const line = writingLine({
    n_tokens: room(first),
    vocabulary: speakable(first),
    onask: (i) => {
      going.halt();
      change(model, { query: i === wordsRead(model.get("text")).length ? null : i });
    },
    onwords: append,
    onenter: () => awake && append([likeliest(now(), run(now()))]),
    onback: () => model.get("text") !== "" && edit(wordsOf(model.get("text")).slice(0, -1).join(" ")),
  });
  const going = goesOn(model, {
    ready: () => awake,
    write,
    onstop(text) {
      if (text === null) {
        line.complain(`It has learnt sentences of up to ${most} words, and goes no further.`);
      }
      draw(now());
    },
  });
  const undo = button("undo", () => {
    if (earlier.length === 0) return;
    going.halt();
    line.complain("");
    change(model, { text: earlier.pop(), query: null });
  });
  const again = button("start again", () => model.get("text") !== "" && edit(""));
  const beginnings = first.beginnings.map((text) => {
    const words = wordsOf(text);
    const short = words.length > 7 ? `… ${words.slice(-3).join(" ")}` : text;
    return assign(button(short, () => edit(text)), { title: text });
  });
  const temperature = slider("temperature", {
    min: 0.1,
    max: 3,
    step: 0.1,
    text: (value) => number(value, 1),
    oninput: (value) => change(model, { temperature: value }),
  });
  const after = html("p", { class: "gpt-title", id: uniqueId("after") });
  const next = nextWords(after.id, put);
  const looks = html("p", { class: "gpt-title", id: uniqueId("looks") });
  const n_blocks = Object.keys(first.shapes).filter((name) => name.endsWith(".self.w_o")).length;
  const heads = headsTable({
    inputs: line.inputs,
    n_blocks,
    n_heads: first.n_heads,
    labelledby: looks.id,
    onswitch: (block, head) => {
      const others = model.get("off").filter((pair) => pair[0] !== block || pair[1] !== head);
      const wasOff = others.length < model.get("off").length;
      change(model, { off: wasOff ? others : [...others, [block, head]].sort() });
    },
    onpoint: (block, head) => {
      pointed = block === undefined ? null : { block, head };
      draw(now());
    },
  });
  const allHeads = button("", () => {
    const all = Array.from({ length: n_blocks }, (_, block) => block)
      .flatMap((block) => Array.from({ length: first.n_heads }, (_, head) => [block, head]));
    change(model, { off: model.get("off").length > 0 ? [] : all });
  });
  const { node: text, say } = report();
  frame(
    el,
    "A GPT: write a sentence with it",
    html("div", { class: "live-begin" }, html("span", {}, "begin with"), ...beginnings),
    line.node,
    html(
      "div",
      { class: "live-controls gpt-tools" },
      html("div", {}, going.node, undo, again),
      temperature.node,
    ),
    html(
      "div",
      { class: "live-room" },
      html(
        "div",
        { class: "live-columns gpt-columns" },
        html("div", { class: "gpt-after" }, after, next.node),
        html(
          "div",
          { class: "gpt-looks" },
          html("div", { class: "gpt-head-line" }, looks, allHeads),
          heads.node,
        ),
        text,
      ),
    ),
  );

  // what can be said without the model comes first
  const draw = (state) => {
    const tokens = tokensOf(state).map((token) => named(token, state));
    const asker = askerOf(state);
    const asking = html("b", {}, tokens[asker]);
    line.show(tokens, asker, state.text);
    heads.show(tokens, asker, state.off);
    going.show(state.text);
    temperature.show(state.temperature);
    after.replaceChildren(
      "after ",
      asking,
      ` comes${state.off.length > 0 ? "; dashed: with all heads" : ""}`,
    );
    looks.replaceChildren("where heads look from ", asking.cloneNode(true));
    allHeads.textContent = state.off.length > 0 ? "all heads on" : "all heads off";
    assign(undo, { "aria-disabled": earlier.length === 0 ? "true" : null });
    assign(again, { "aria-disabled": state.text === "" ? "true" : null });
    if (!awake) return;

    const result = run(state);
    const written = wordsOf(state.text).map((word) => state.words.indexOf(word));
    const shown = candidates(state, result, written[asker] ?? -1);
    const likely = finished(state.text) ? "" : likeliest(state, result);
    next.show(shown, state.off.length > 0);
    heads.look(result.weights, asker);
    line.judge(written.map((id, i) => rowOf(result.likely, i)[id]));
    line.tint(pointed && rowOf(result.weights[pointed.block][pointed.head], asker), pointed?.block);
    line.prompt(likely, hint(state, tokens, likely));
    say(...inWords(state, result, shown));
  };
  const unwatch = watch(model, NAMES, draw);
  const forget = whenSeen(el, model, "numbers", {
    then() {
      awake = true;
      draw(now());
    },
    failed: () => say(MISSING),
  });
  return () => {
    going.halt();
    forget();
    unwatch();
  };
}

// The button that lets it go on by itself, word by word up to the full stop, and again from where it began.
function goesOn(model, { ready, write, onstop }) {
  let waiting = null;
  let made = { from: "", text: null };
  const halt = () => {
    if (waiting === null) return;
    clearTimeout(waiting);
    waiting = null;
    change(model, { seed: (model.get("seed") + 1) % 2 ** 32 });
  };
  const step = (draw) => {
    const text = oneWordMore(read(model, NAMES), draw);
    if (text !== null) write(text);
    if (text !== null && !finished(text)) {
      waiting = prefersStillness() ? step(draw) : setTimeout(() => step(draw), PAUSE);
      return waiting;
    }
    made.text = model.get("text");
    halt();
    onstop(text);
    return null;
  };
  const node = button("", () => {
    if (!ready()) return;
    if (waiting !== null) {
      halt();
      onstop("");
      return;
    }
    const begun = model.get("text");
    if (finished(begun)) write(begun === made.text ? made.from : "");
    made = { from: model.get("text"), text: null };
    waiting = 0;
    waiting = step(generator(model.get("seed")));
  });
  node.classList.add("live-go", "gpt-go");
  const show = (text) => {
    const ended = made.text === text && made.from !== "" ? "another ending" : "another sentence";
    node.textContent = waiting !== null ? "stop" : finished(text) ? ended : "let it go on";
  };
  return { node, halt, show };
}

function hint(state, tokens, likely) {
  const asker = askerOf(state);
  if (asker < tokens.length - 1) {
    return `A word that you press below comes after “${tokens[asker]}”, in place of “${
      tokens[asker + 1]
    }”.`;
  }
  return finished(state.text)
    ? "The sentence is complete. Press a word of it to look back."
    : `Write on, or press Enter for “${spoken(likely)}”.`;
}

// What is seen, and what is heard, which also says where the heads look.
function inWords(state, { weights }, shown) {
  const tokens = tokensOf(state).map((token) => named(token, state));
  const asker = askerOf(state);
  const best = shown.slice(0, 3).map(({ word, now }) => `“${spoken(word)}” ${percent(now)}`);
  const told = [`After “${tokens[asker]}” the likeliest words are ${list(best)}.`];
  if (state.off.length > 0) {
    const [most] = [...shown].sort((a, b) => b.whole - a.whole);
    const names = state.off.length > 3
      ? `${state.off.length} heads`
      : list(state.off.map(([block, head]) => `head ${head} of block ${block}`));
    told.push(`Off: ${names}. With all heads it would be “${spoken(most.word)}”, ${percent(most.whole)}.`);
  }
  const looking = weights.map((heads, block) => {
    const seen = heads.map((head) => {
      const row = rowOf(head, asker);
      return tokens[row.indexOf(Math.max(...row))];
    });
    return `The heads of block ${block} look most at ${quoted(seen)}.`;
  });
  return [told.join(" "), [...told, ...looking].join(" ")];
}
