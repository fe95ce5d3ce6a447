// One sentence and two heads: from the word that asks, arcs as wide as the weights, above for one head and
// below for the other.

import { choice, radios } from "../kit/controls.js";
import { frame, html, svg } from "../kit/elements.js";
import { attentionWeights, matmul } from "../kit/maths.js";
import { glide } from "../kit/motion.js";
import { change, drawOn } from "../kit/state.js";
import { number, report } from "../kit/text.js";

const NAMES = ["tokens", "questions", "x", "w_q", "w_k", "n_heads", "query"];

// (T, d_model) to (n_heads, T, d_head)
function splitHeads(x, n_heads) {
  const size = x[0].length / n_heads;
  return Array.from({ length: n_heads }, (_, h) => x.map((row) => row.slice(h * size, (h + 1) * size)));
}

export function compute({ x, w_q, w_k, n_heads }) {
  const keys = splitHeads(matmul(x, w_k), n_heads);
  return { weights: splitHeads(matmul(x, w_q), n_heads).map((q, h) => attentionWeights(q, keys[h])) };
}

export function render({ model, el }) {
  const tokens = model.get("tokens");
  const asks = radios(tokens.map((token, i) => [i, token]), (query) => change(model, { query }));
  const shares = [0, 1].map(() => tokens.map(() => html("span", { class: "heads-share" })));
  const words = tokens.map((token, i) =>
    html(
      "label",
      {},
      asks.inputs[i],
      shares[0][i],
      html("span", { class: "heads-word" }, token),
      shares[1][i],
    )
  );
  const sides = [0, 1].map((h) => ({
    title: html("p", { class: `heads-title heads-${h}` }),
    drawing: html("div", { class: `heads-drawing heads-${h}`, "aria-hidden": "true" }),
  }));
  const sentence = html(
    "fieldset",
    { class: "heads-sentence" },
    html("legend", { class: "live-hidden" }, "Who asks?"),
    ...words,
  );
  const stage = html(
    "div",
    { class: "heads-stage" },
    sides[0].title,
    sides[0].drawing,
    sentence,
    sides[1].drawing,
    sides[1].title,
  );
  const counts = choice(
    "The same matrices, as",
    [[2, "two heads"], [1, "one head"]],
    (n_heads) => change(model, { n_heads }),
  );
  const { node: text, say } = report();
  frame(el, "Heads: what each looks at in one sentence", counts.node, stage, text);

  let width = 0;
  const paint = (numbers) => {
    if (width === 0) return;
    const places = words.map((word) => word.offsetLeft + word.offsetWidth / 2);
    sides.forEach(({ drawing }, h) =>
      drawing.replaceChildren(
        arcs(
          width,
          h,
          numbers[0] * width,
          places,
          numbers.slice(1 + h * tokens.length, 1 + (h + 1) * tokens.length),
        ),
      )
    );
  };
  const glideTo = glide(paint);
  const draw = (state, measured) => {
    width = measured;
    const weights = compute(state).weights.map((head) => head[state.query]);
    const one = state.n_heads === 1;
    counts.show(state.n_heads);
    asks.show(state.query);
    stage.classList.toggle("heads-one", one);
    sides.forEach(({ title }, h) =>
      title.replaceChildren(
        ...(h < state.n_heads
          ? [
            html("b", {}, one ? "one head" : `head ${h}`),
            `: ${one ? state.questions.join(" and ") : state.questions[h]}`,
          ]
          : []),
      )
    );
    shares.forEach((row, h) =>
      row.forEach((share, i) => {
        share.textContent = h < state.n_heads ? number(weights[h][i], 2) : "";
        share.classList.toggle("heads-little", h < state.n_heads && weights[h][i] < 0.05);
      })
    );
    say(inWords(state, weights));
    if (width === 0) return;
    const asker = words[state.query].offsetLeft + words[state.query].offsetWidth / 2;
    glideTo([asker / width, ...weights[0], ...(weights[1] ?? tokens.map(() => 0))]);
  };
  return drawOn(stage, model, NAMES, draw);
}

// The first head's arcs rise from the line of words, the second's hang below it.
function arcs(width, h, from, places, weights) {
  const height = Math.round(Math.min(150, 50 + 0.22 * width));
  const [line, sign] = h === 0 ? [height, -1] : [0, 1];
  const parts = places.flatMap((to, i) => {
    if (weights[i] < 0.002) return [];
    const far = Math.abs(to - from);
    const reach = sign * Math.min(height * 1.25, 46 + 0.42 * far);
    const spread = far < 24 ? 44 - far : 0;
    const [start, end] = from <= to ? [from - spread, to + spread] : [from + spread, to - spread];
    const d = `M${from} ${line}C${start} ${line + reach} ${end} ${line + reach} ${to} ${line}`;
    return [
      svg("path", {
        class: "heads-arc",
        d,
        "stroke-width": Math.max(0.75, 13 * weights[i]),
        style: `opacity: ${(0.3 + 0.6 * weights[i]).toFixed(3)}`,
      }),
      svg("circle", { class: "heads-end", cx: to, cy: line, r: 2 + 5 * weights[i] }),
    ];
  });
  return svg("svg", { viewBox: `0 0 ${width} ${height}`, width, height }, ...parts);
}

function inWords({ tokens, questions, query, n_heads }, weights) {
  const seen = weights.map((row, h) => {
    const shares = tokens.flatMap((token, i) => (row[i] < 0.05 ? [] : [`“${token}” ${number(row[i], 2)}`]));
    return `${n_heads === 1 ? "One head" : `Head ${h}, ${questions[h]}`}: ${shares.join(", ")}.`;
  });
  return [`“${tokens[query]}” asks.`, ...seen].join(" ");
}
