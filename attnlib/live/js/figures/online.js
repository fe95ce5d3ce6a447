// A softmax that is taken block by block: the largest score, the sum and the mixture so far.

import { button, choice } from "../kit/controls.js";
import { assign, frame, html, put } from "../kit/elements.js";
import { softmax, sum } from "../kit/maths.js";
import { change, watch } from "../kit/state.js";
import { number, report } from "../kit/text.js";

const NAMES = ["scores", "values", "base", "block_size", "step", "examples", "limit"];
const BASES = { 2: 2, e: Math.E };
const BLOCK_SIZES = [1, 2, 3, 6];
const COLUMNS = { peak: "m", shrink: "r", total: "l", context: "c", mean: "c/l" };

const power = (base, exponent) => Math.exp(Math.log(base) * exponent);

export function compute({ scores, values, base: name, block_size, step }) {
  const base = BASES[name];
  const found = { peak: [], shrink: [], total: [], context: [], mean: [] };
  let [peak, total, context] = [-Infinity, 0, 0];
  for (let start = 0; start < scores.length; start += block_size) {
    const block = scores.slice(start, start + block_size);
    const before = peak;
    peak = Math.max(peak, ...block);
    const shrink = power(base, before - peak);
    const powers = block.map((score) => power(base, score - peak));
    total = shrink * total + sum(powers);
    context = shrink * context + sum(powers.map((p, i) => p * values[start + i]));
    const now = { peak, shrink, total, context, mean: context / total };
    for (const [key, numbers] of Object.entries(found)) numbers.push(now[key]);
  }
  const taken = scores.slice(0, step * block_size);
  const largest = Math.max(...taken);
  const weights = softmax(scores, { base });
  return {
    ...found,
    powers: taken.map((score) => power(base, score - largest)),
    whole: sum(weights.map((weight, i) => weight * values[i])),
  };
}

// at most three decimals, and small numbers are told from 0
function written(x) {
  if (x !== 0 && Math.abs(x) < 0.0005) return "≈ 0";
  return number(x, 3).replace(/\.?0+$/, "");
}

export function render({ model, el }) {
  const n_keys = model.get("scores").length;
  const limit = model.get("limit");
  const n_blocks = (block_size) => n_keys / block_size;

  const examples = choice(
    "example",
    Object.keys(model.get("examples")).map((name) => [name, name]),
    (name) => {
      const [scores, values] = model.get("examples")[name];
      change(model, { scores, values });
    },
  );
  const sizes = choice("block size", BLOCK_SIZES.map((size) => [size, String(size)]), (block_size) => {
    change(model, { block_size, step: Math.min(model.get("step"), n_blocks(block_size)) });
  });
  const bases = choice("powers of", Object.keys(BASES).map((name) => [name, name]), (base) => {
    change(model, { base });
  });
  // after the last block comes the beginning, so that neither button is ever dead
  const go = (by) => {
    const n_states = n_blocks(model.get("block_size")) + 1;
    change(model, { step: (model.get("step") + by + n_states) % n_states });
  };
  const back = button("back", () => go(-1));
  const next = button("take a block", () => go(1));
  const keys = keysTable(n_keys, limit, (trait, i, x) => {
    change(model, { [trait]: model.get(trait).map((other, j) => (j === i ? x : other)) });
  });
  const states = statesTable(n_keys);
  const { node: text, say } = report();
  frame(
    el,
    "Online softmax: a block at a time",
    html("div", { class: "online-choices" }, examples.node, sizes.node, bases.node),
    keys.node,
    html("div", { class: "live-controls" }, back, next),
    states.node,
    text,
  );

  return watch(model, NAMES, (state) => {
    const result = compute(state);
    const isExample = ([scores, values]) =>
      String(scores) === String(state.scores) && String(values) === String(state.values);
    examples.show(Object.keys(state.examples).find((name) => isExample(state.examples[name])));
    sizes.show(state.block_size);
    bases.show(state.base);
    put(next, state.step === n_blocks(state.block_size) ? "start again" : "take a block");
    keys.show(state, result);
    states.show(state, result, n_blocks(state.block_size));
    say(inWords(state, result, n_blocks(state.block_size)));
  });
}

function inWords({ block_size, step, base }, result, n_blocks) {
  const whole = `All six at once give ${written(result.whole)}.`;
  if (step === 0) return `Nothing is taken yet. ${whole}`;
  const at = (key) => written(result[key][step - 1]);
  const before = step === 1
    ? `Block 1: the largest score is ${at("peak")}.`
    : result.shrink[step - 1] === 1
    ? `Block ${step}: the largest score stays ${at("peak")}, so r is 1 and nothing is mended.`
    : `Block ${step}: the largest score rises from ${written(result.peak[step - 2])} to ${at("peak")}, ` +
      `so l and c are multiplied by r = ${at("shrink")}.`;
  const kept = `The powers of ${base} sum to l = ${at("total")}, with the values to c = ${at("context")}.`;
  const of = step === n_blocks ? "all six" : `the first ${step * block_size}`;
  return `${before} ${kept} c/l = ${at("mean")} is the context of ${of}. ${whole}`;
}

// scores and values that can be typed over, and the powers of those that are taken
function keysTable(n_keys, limit, onchange) {
  const inputs = {};
  const row = (trait, label) => {
    inputs[trait] = Array.from({ length: n_keys }, (_, i) => {
      const input = html("input", {
        type: "number",
        step: "any",
        min: -limit,
        max: limit,
        "aria-label": `${label} ${i + 1}`,
        oninput: () => {
          const x = Number(input.value);
          const fits = input.value !== "" && Number.isFinite(x) && Math.abs(x) <= limit;
          assign(input, { "aria-invalid": fits ? null : "true" });
          if (fits) onchange(trait, i, x);
        },
        onblur: () => {
          assign(input, { "aria-invalid": null });
          input.value = shown[trait][i];
        },
      });
      return input;
    });
    return html(
      "tr",
      {},
      html("th", { scope: "row" }, label),
      ...inputs[trait].map((input) => html("td", {}, input)),
    );
  };
  const shown = {};
  const rows = [row("scores", "score"), row("values", "value")];
  const bars = Array.from({ length: n_keys }, () => html("span", { class: "online-bar" }));
  const numbers = Array.from({ length: n_keys }, () => html("span"));
  const powers = bars.map((bar, i) => html("td", { class: "online-power" }, bar, numbers[i]));
  const node = html(
    "table",
    { class: "live-table online-keys", "aria-label": "Scores, values and powers" },
    html("tbody", {}, ...rows, html("tr", {}, html("th", { scope: "row" }, "power"), ...powers)),
  );
  const show = (state, result) => {
    for (const trait of ["scores", "values"]) {
      shown[trait] = state[trait];
      inputs[trait].forEach((input, i) => {
        const isTyped = input === input.ownerDocument.activeElement;
        if (!isTyped || Number(input.value) !== state[trait][i]) input.value = state[trait][i];
      });
    }
    const taken = state.step * state.block_size;
    powers.forEach((cell, i) => {
      const isNew = i < taken && i >= taken - state.block_size;
      bars[i].style.setProperty("--share", (result.powers[i] ?? 0).toFixed(4));
      put(numbers[i], i < taken ? written(result.powers[i]) : "–");
      for (const one of [cell, ...Object.values(inputs).map((row) => row[i].parentElement)]) {
        one.classList.toggle("online-new", isNew);
        one.classList.toggle("online-edge", i > 0 && i % state.block_size === 0);
      }
    });
  };
  return { node, show };
}

// what is kept after each block: a row for each
function statesTable(n_rows) {
  const rows = Array.from({ length: n_rows }, (_, i) => {
    const cells = Object.keys(COLUMNS).map(() => html("td"));
    return {
      cells,
      node: html("tr", {}, html("th", { scope: "row" }, `block ${i + 1}`), ...cells),
    };
  });
  const node = html(
    "table",
    { class: "live-table online-states", "aria-label": "What is kept after each block" },
    html(
      "thead",
      {},
      html(
        "tr",
        {},
        html("td"),
        ...Object.values(COLUMNS).map((name) => html("th", { scope: "col" }, name)),
      ),
    ),
    html("tbody", {}, ...rows.map((row) => row.node)),
  );
  const show = ({ step }, result, n_blocks) => {
    rows.forEach((row, i) => {
      row.node.hidden = i >= n_blocks;
      row.node.classList.toggle("online-now", i === step - 1);
      Object.keys(COLUMNS).forEach((key, j) => put(row.cells[j], i < step ? written(result[key][i]) : ""));
    });
  };
  return { node, show };
}
