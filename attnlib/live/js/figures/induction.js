// Letters, the stripe of the head that finds them again, what comes next, and a switch for either head.

import { bar } from "../kit/bars.js";
import { drawAwake } from "../kit/beside.js";
import { chips } from "../kit/chips.js";
import { button, choice } from "../kit/controls.js";
import { assign, columns, frame, html, put, svg, uniqueId } from "../kit/elements.js";
import { rowOf, rowsOf, softmaxRows } from "../kit/inference.js";
import { paramsOf } from "../kit/params.js";
import { change, read } from "../kit/state.js";
import { percent, report } from "../kit/text.js";
import { gpt, withoutHeads } from "../kit/transformer.js";

const NAMES = ["text", "query", "block", "off", "samples", "words", "shapes", "numbers"];
const SHOWN = 6;
const BLOCKS = [0, 1];
const STEPS = [0.04, 0.15, 0.35, 0.65];
const CELL = 20; // units of the drawing

function run(state, off) {
  const params = withoutHeads(paramsOf(state), off.map((block) => [block, 0]), { n_heads: 1 });
  const ids = Array.from(state.text, (letter) => state.words.indexOf(letter));
  const { logits, weights } = gpt(params, ids, { n_heads: 1 });
  return { likely: softmaxRows(logits), weights: weights.map(([head]) => head) };
}

export function compute(state) {
  const { likely, weights } = run(state, state.off);
  return {
    likely: rowsOf(likely),
    likely_with_all: rowsOf(run(state, []).likely),
    weights: weights.map(rowsOf),
  };
}

const askerOf = ({ text, query }) => query ?? text.length - 1;

// where the largest is
const most = (row) => row.indexOf(Math.max(...row));

export function render({ model, el }) {
  const first = read(model, NAMES);
  const room = first.shapes.positions[0];

  const write = (text) => {
    const letters = Array.from(text.toLowerCase()).filter((letter) => first.words.includes(letter));
    if (letters.length > 0) change(model, { text: letters.slice(0, room).join(""), query: null });
  };
  const goOn = () => {
    if (model.get("numbers") === undefined || model.get("text").length >= room) return;
    const state = read(model, NAMES);
    const { likely } = run(state, state.off);
    write(state.text + state.words[most(rowOf(likely, state.text.length - 1))]);
    field.value = model.get("text");
  };
  const id = uniqueId("letters");
  const field = html("input", {
    id,
    class: "induction-field",
    type: "text",
    autocomplete: "off",
    autocapitalize: "none",
    spellcheck: "false",
    maxlength: room,
    oninput: () => write(field.value),
    onkeydown: (event) => event.key === "Enter" && goOn(),
    onblur: () => (field.value = model.get("text")),
  });
  const samples = first.samples.map((text) => button(text, () => write(text)));
  const likeliest = button("go on", () => goOn());
  const back = button("back", () => write(model.get("text").slice(0, -1)));
  const line = chips("Press a letter to look from it", (i) => change(model, { query: i }));
  line.node.classList.add("induction-line");
  const blocks = choice("show the head of", BLOCKS.map((block) => [block, `block ${block}`]), (block) => {
    change(model, { block: Number(block) });
  });
  const switches = BLOCKS.map((block) => {
    const input = html("input", {
      type: "checkbox",
      role: "switch",
      onchange: () => {
        const others = model.get("off").filter((other) => other !== block);
        change(model, { off: input.checked ? others : [...others, block].sort() });
      },
    });
    return { input, node: html("label", {}, input, html("span", {}, `head of block ${block}`)) };
  });
  const map = stripes((query) => change(model, { query }));
  const bars = nextLetters();
  const { node: text, say } = report();
  frame(
    el,
    "Letters that come again, and two heads that find them",
    html("div", { class: "induction-samples" }, html("span", {}, "begin with"), ...samples),
    html(
      "div",
      { class: "induction-writing" },
      html("label", { for: id }, "letters"),
      field,
      likeliest,
      back,
    ),
    line.node,
    html(
      "div",
      { class: "live-controls induction-tools" },
      blocks.node,
      html(
        "fieldset",
        { class: "induction-switches" },
        html("legend", {}, "switched on"),
        ...switches.map(({ node }) => node),
      ),
    ),
    columns("induction-columns", [map.node], [bars.node, text]),
  );

  const draw = (state, awake) => {
    const letters = Array.from(state.text);
    const asker = askerOf(state);
    if (field !== field.ownerDocument.activeElement) field.value = state.text;
    blocks.show(state.block);
    switches.forEach(({ input }, block) => (input.checked = !state.off.includes(block)));
    assign(likeliest, { "aria-disabled": letters.length >= room ? "true" : null });
    assign(back, { "aria-disabled": letters.length < 2 ? "true" : null });
    const result = awake ? run(state, state.off) : null;
    const looks = result && rowOf(result.weights[state.block], asker);
    line.show(letters.length).forEach((chip, i) => {
      put(chip, letters[i]);
      chip.classList.toggle("induction-asker", i === asker);
      chip.style.setProperty("--weight", (looks?.[i] ?? 0).toFixed(3));
      assign(chip, {
        "aria-pressed": i === asker ? "true" : "false",
        "aria-label": `${letters[i]}, letter ${i + 1}${looks ? `, weight ${percent(looks[i])}` : ""}`,
      });
    });
    if (!awake) return;
    const likely = rowOf(result.likely, asker);
    const whole = state.off.length > 0 ? rowOf(run(state, []).likely, asker) : likely;
    map.show(letters, asker, result.weights[state.block], state.off.includes(state.block));
    bars.show(state, likely, whole, letters[asker + 1]);
    say(inWords(state, letters, asker, result, likely, whole));
  };
  return drawAwake(el, model, NAMES, draw, { say });
}

function inWords(state, letters, asker, { weights }, likely, whole) {
  const best = most(likely);
  const told = [
    `After letter ${asker + 1}, “${letters[asker]}”, comes “${state.words[best]}”, ${
      percent(likely[best])
    }.`,
  ];
  const row = rowOf(weights[state.block], asker);
  const key = most(row);
  told.push(
    `From there the head of block ${state.block} looks most at letter ${key + 1}, “${letters[key]}”, ${
      percent(row[key])
    }.`,
  );
  if (state.off.length > 0) {
    const names = state.off.length > 1 ? "both heads" : `the head of block ${state.off[0]}`;
    const before = most(whole);
    told.push(
      `Switched off: ${names}. With both on it would be “${state.words[before]}”, ${
        percent(whole[before])
      }.`,
    );
  }
  return told.join(" ");
}

// all weights of a head: a row for each letter that asks; a row is pressed to ask from it
function stripes(onask) {
  const line = svg("rect", { class: "induction-row", x: 0, height: CELL });
  const paths = STEPS.map((_, step) => svg("path", { "fill-opacity": (step + 1) / STEPS.length }));
  const names = svg("g", { class: "induction-names" });
  const drawing = svg(
    "svg",
    { role: "img", class: "induction-map", "aria-label": "Where the head looks" },
    line,
    ...paths,
    names,
  );
  let n = 0;
  drawing.addEventListener("click", (event) => {
    const box = drawing.getBoundingClientRect();
    const row = Math.floor((event.clientY - box.top) / box.height * (n + 1)) - 1;
    if (row >= 0 && row < n) onask(row);
  });
  const show = (letters, asker, weights, off) => {
    n = letters.length;
    const squares = STEPS.map(() => "");
    for (let i = 0; i < n; i += 1) {
      for (let j = 0; j <= i; j += 1) {
        let step = STEPS.length - 1;
        while (step >= 0 && weights.data[i * n + j] < STEPS[step]) step -= 1;
        if (step >= 0) squares[step] += `M${CELL * j + 1} ${CELL * i + 1}h18v18h-18z`;
      }
    }
    assign(drawing, {
      viewBox: `-${CELL} -${CELL} ${CELL * (n + 1)} ${CELL * (n + 1)}`,
      "aria-label": `Weights of the head, ${n} letters by ${n}${off ? "; it is switched off" : ""}`,
    });
    drawing.classList.toggle("induction-off", off);
    assign(line, { y: CELL * asker, width: CELL * n });
    paths.forEach((path, step) => assign(path, { d: squares[step] }));
    names.replaceChildren(
      ...letters.flatMap((letter, i) => [
        svg("text", { x: -CELL / 2, y: CELL * (i + 0.75) }, letter),
        svg("text", { x: CELL * (i + 0.5), y: -CELL / 4 }, letter),
      ]),
    );
  };
  return { node: drawing, show };
}

// the likeliest letters: bars, and where a head is off, dashed what they were with both
function nextLetters() {
  const title = html("p", { class: "induction-title" });
  const rows = Array.from({ length: SHOWN }, () => {
    const letter = html("th", { scope: "row" });
    const p = bar("td");
    return { letter, p, node: html("tr", {}, letter, html("td", {}, p.node), p.share) };
  });
  const table = html(
    "table",
    { class: "live-table live-bars induction-next", "aria-label": "What may come next" },
    html("tbody", {}, ...rows.map(({ node }) => node)),
  );
  const show = ({ words, off }, likely, whole, spoken) => {
    title.textContent = `next letter${off.length > 0 ? "; dashed: with both heads" : ""}`;
    const order = Array.from(likely, (_, id) => id).sort((a, b) => likely[b] - likely[a]).slice(0, SHOWN);
    rows.forEach(({ letter, p }, i) => {
      const id = order[i];
      put(letter, words[id] === spoken ? `${words[id]} ✓` : words[id]);
      p.show(likely[id]);
      p.node.style.setProperty("--whole", off.length > 0 ? whole[id].toFixed(4) : "0");
    });
  };
  return { node: html("div", {}, title, table), show };
}
