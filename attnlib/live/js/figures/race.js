// Six scores learnt in three ways: how the weight of the best cell grows.

import { drawn, generator } from "../kit/chance.js";
import { button, slider } from "../kit/controls.js";
import { assign, frame, html, put, svg } from "../kit/elements.js";
import { dot, softmax, sum } from "../kit/maths.js";
import { change, drawOn } from "../kit/state.js";
import { number, report, short } from "../kit/text.js";

const NAMES = ["seed", "rate", "less", "steps", "rewards", "racers"];
const N_STEPS = 300;
const HEIGHT = 200;
const LEFT = 34;
const BELOW = 22;
const TOP = 8;

function run(name, { rewards: given, less, rate }, marks) {
  const rewards = given.map((reward) => reward - less);
  const best = rewards.indexOf(Math.max(...rewards));
  let scores = rewards.map(() => 0);
  let earned = 0;
  return [0, ...marks].map((mark, step) => {
    if (step > 0) {
      const weights = softmax(scores);
      const gradient = weights.map((weight) => -weight);
      if (name === "exact") {
        const expected = dot(weights, rewards);
        weights.forEach((weight, j) => (gradient[j] = weight * (rewards[j] - expected)));
      } else {
        const chosen = drawn(weights, mark);
        const baseline = name === "baseline" && step > 1 ? earned / (step - 1) : 0;
        gradient[chosen] += 1;
        gradient.forEach((slope, j) => (gradient[j] = slope * (rewards[chosen] - baseline)));
        earned += rewards[chosen];
      }
      scores = scores.map((score, j) => score + 2 ** rate * gradient[j]);
    }
    return softmax(scores)[best];
  });
}

export function compute(state) {
  const next = generator(state.seed);
  const marks = Array.from({ length: N_STEPS }, () => next());
  return Object.fromEntries(Object.keys(state.racers).map((name) => [name, run(name, state, marks)]));
}

// the rewards of three cells, the best among them, as they are told
const spread = (rewards, less) => {
  const earned = rewards.map((reward) => reward - less);
  return `A look earns ${number(Math.max(...earned), 1)} at the best cell, ${
    number(sum(earned) / earned.length, 1)
  } at all cells on average.`;
};

export function render({ model, el }) {
  let timer = 0;
  const set = (name) => (value) => change(model, { [name]: value });
  const steps = slider("Steps taken", { min: 0, max: N_STEPS, oninput: set("steps") });
  const rate = slider("Rate", {
    min: -6,
    max: 1,
    text: (power) => short(2 ** power),
    oninput: set("rate"),
  });
  const less = slider("All rewards less by", { min: 0, max: 10, oninput: set("less") });
  const start = () => {
    clearInterval(timer);
    change(model, { seed: model.get("seed") % 9999 + 1, steps: 0 });
    if (globalThis.matchMedia("(prefers-reduced-motion: reduce)").matches) {
      change(model, { steps: N_STEPS });
      return;
    }
    timer = setInterval(() => {
      const next = Math.min(N_STEPS, model.get("steps") + 5);
      change(model, { steps: next });
      if (next === N_STEPS) clearInterval(timer);
    }, 50);
  };
  const drawing = svg("svg", { "aria-hidden": "true", height: HEIGHT, width: "100%" });
  const key = html("ul", { class: "race-key" });
  const names = Object.entries(model.get("racers"));
  const finals = names.map(([name, title]) => {
    const weight = html("span", { class: "race-weight" });
    key.append(
      html("li", { class: `race-${name}` }, html("span", { class: "race-line" }), `${title} `, weight),
    );
    return weight;
  });
  const { node: text, say } = report();
  frame(
    el,
    "A small race: how fast the best of six cells is found",
    html("div", { class: "live-controls" }, rate.node, less.node),
    html("div", { class: "live-controls" }, button("Start with other draws", start), steps.node),
    drawing,
    key,
    text,
  );

  const axes = svg("g");
  const lines = names.map(([name]) => svg("path", { class: `race-curve race-${name}`, fill: "none" }));
  drawing.append(axes, ...lines);
  const undraw = drawOn(el, model, NAMES, (state, width) => {
    steps.show(state.steps);
    rate.show(state.rate);
    less.show(state.less);
    const runs = compute(state);
    names.forEach(([name], i) => put(finals[i], number(runs[name][state.steps], 2)));
    say(inWords(state, names.map(([name]) => runs[name])));
    if (width === 0) return;
    const inner = Math.min(width, 704) - LEFT - 8;
    const x = (step) => LEFT + (inner * step) / N_STEPS;
    const y = (weight) => TOP + (HEIGHT - TOP - BELOW) * (1 - weight);
    axes.replaceChildren(
      ...[0, 0.5, 1].flatMap((weight) => [
        svg("line", { class: "race-axis", x1: x(0), x2: x(N_STEPS), y1: y(weight), y2: y(weight) }),
        svg("text", { x: LEFT - 6, y: y(weight) + 5, "text-anchor": "end" }, short(weight)),
      ]),
      ...[0, 100, 200, 300].map((step) =>
        svg(
          "text",
          { x: x(step), y: HEIGHT - 4, "text-anchor": step === N_STEPS ? "end" : "middle" },
          step === 0 ? "0" : step === N_STEPS ? `${step} steps` : String(step),
        )
      ),
    );
    lines.forEach((line, i) => {
      const shown = runs[names[i][0]].slice(0, state.steps + 1);
      const points = shown.map((weight, step) => `${x(step).toFixed(1)} ${y(weight).toFixed(1)}`);
      assign(line, { d: `M${points.join("L")}` });
    });
  });
  return () => {
    clearInterval(timer);
    undraw();
  };
}

function inWords({ steps, less, rewards }, [exact, bare, baseline]) {
  const at = (weights) => number(weights[steps], 2);
  return `${spread(rewards, less)} After ${steps} steps its weight is ${
    at(exact)
  } by the exact gradient, ` +
    `${at(bare)} from draws, and ${at(baseline)} from draws with a baseline.`;
}
