// The stage: a lamp above, a figure for each token, and beams as wide on the floor as the weights.

import { choice, radios } from "../kit/controls.js";
import { frame, html, put, svg, uniqueId } from "../kit/elements.js";
import { fraction } from "../kit/fractions.js";
import { dot, matmul, softmax, sum, transpose } from "../kit/maths.js";
import { glide } from "../kit/motion.js";
import { change, drawOn, read } from "../kit/state.js";
import { number, report } from "../kit/text.js";

const { document } = globalThis;

const NAMES = ["tokens", "outlines", "voices", "q", "k", "v", "query", "mode", "dark"];
const MODES = [["hand", "half rounded down, powers of 3"], ["standard", "√dₖ, powers of e"]];

export function compute({ q, k, v, query, mode }) {
  const hand = mode === "hand";
  const scores = k.map((key) => dot(q[query], key));
  const scaled = scores.map((score) => (hand ? Math.floor(score / 2) : score / Math.sqrt(k[0].length)));
  const weights = softmax(scaled, { base: hand ? 3 : Math.E });
  return { scores, scaled_scores: scaled, weights, context: matmul([weights], v)[0] };
}

const plain = (x) => (Number.isInteger(x) ? number(x, 0) : number(x, 1));

// Weights by hand are fractions: powers of 3 over their sum.
function fractions({ scaled_scores: scaled }, v) {
  const least = Math.min(...scaled);
  const powers = scaled.map((exponent) => 3 ** (exponent - least));
  const total = sum(powers);
  return {
    weights: powers.map((power) => fraction(power, total)),
    context: transpose(v).map((column) => fraction(dot(powers, column), total)),
  };
}

export function render({ model, el }) {
  const tokens = model.get("tokens");
  const guessing = model.get("dark");
  let guess = null;
  const heard = (i) => {
    if (!model.get("dark")) {
      change(model, { query: i });
      return;
    }
    guess = i;
    change(model, { dark: false });
  };
  const stage = html("div", {
    class: "spot-stage",
    "aria-hidden": "true",
    // while the light moves the scene is drawn anew, and what was pressed may be gone: then the place counts
    onclick: ({ target, clientX }) => {
      const share = (clientX - stage.getBoundingClientRect().left) / width;
      heard(Number(target.closest("[data-who]")?.dataset.who ?? Math.floor(share * tokens.length)));
    },
  });
  const asks = radios(tokens.map((token, i) => [i, token]), (query) => change(model, { query }));
  const shares = tokens.map(() => html("span", { class: "spot-share" }));
  const keys = tokens.map(() => html("span", { class: "spot-detail" }));
  const scores = tokens.map(() => html("span", { class: "spot-detail" }));
  const guesses = tokens.map((token, i) =>
    html("button", { type: "button", class: "spot-guess", onclick: () => heard(i) }, token)
  );
  const legend = html("legend", { class: "live-hidden" });
  const cast = html(
    "fieldset",
    { class: "spot-cast" },
    legend,
    ...tokens.map((token, i) => {
      const name = html("span", { class: "spot-name" }, token);
      const label = html("label", {}, asks.inputs[i], name, keys[i], scores[i], shares[i]);
      return html("div", { class: "spot-place" }, label, ...(guessing ? [guesses[i]] : []));
    }),
  );
  const asked = html("p", { class: "spot-asked" }, "Whom will he heed?");
  const modes = choice("Scores become weights", MODES, (mode) => change(model, { mode }));
  const { node: words, say } = report();
  frame(
    el,
    "Spotlight: who attends to whom",
    html("div", { class: "spot-theatre live-night" }, ...(guessing ? [asked] : []), stage, cast),
    words,
    ...(guessing ? [] : [html("div", { class: "live-controls" }, modes.node)]),
  );

  let shown = tokens.map(() => 1 / tokens.length);
  let width = 0;
  const id = uniqueId("beam");
  const paint = () => width > 0 && stage.replaceChildren(scene(id, width, read(model, NAMES), shown));
  const glideTo = glide((weights) => {
    shown = weights;
    paint();
  }, guessing ? 700 : 350);
  return drawOn(stage, model, NAMES, (state, measured) => {
    width = measured;
    const result = compute(state);
    const exact = state.mode === "hand" ? fractions(result, state.v) : null;
    const written = exact?.weights ?? result.weights.map((weight) => number(weight, 2));
    asks.show(state.query);
    modes.show(state.mode);
    tokens.forEach((_, i) => {
      shares[i].textContent = written[i];
      keys[i].textContent = `key ${state.k[i].map(plain).join("\u00a0")}`;
      scores[i].textContent = `score ${plain(result.scores[i])}`;
    });
    cast.classList.toggle("spot-dark", state.dark);
    asks.inputs.forEach((input) => (input.disabled = state.dark));
    put(legend, state.dark ? "Whom will he heed?" : "Who asks?");
    if (state.dark) {
      say(`${tokens[state.query]} asks, and the lamp is out. Press whom you think he will listen to most.`);
      glideTo(result.weights.map(() => 0));
      return;
    }
    const focused = guesses.some((one) => one.contains(document.activeElement));
    guesses.forEach((one) => one.remove());
    if (focused) asks.inputs[state.query].focus({ preventScroll: true });
    if (guess !== null) put(asked, "Let another ask.");
    const told = guess === null ? "" : guessed(tokens[guess], written[guess], result.weights, guess);
    say(told + inWords(state, written, result, exact?.context ?? result.context.map((x) => number(x, 2))));
    guess = null;
    glideTo(result.weights);
  });
}

function guessed(name, share, weights, guess) {
  const right = weights[guess] > Math.max(...weights) - 1e-9;
  return right ? `You said ${name}, and so it is. ` : `You said ${name}, who gets ${share}. `;
}

function inWords({ tokens, voices, q, query }, written, { weights }, context) {
  const largest = Math.max(...weights);
  const best = tokens.filter((_, i) => weights[i] > largest - 1e-9).join(" and ");
  const share = written[weights.indexOf(largest)];
  const heard = context.map((x, i) => `${voices[i] ?? i + 1} ${x}`).join(", ");
  const asks = `Asking: ${tokens[query]}, with the query ${q[query].map(plain).join("\u00a0")}.`;
  return `${asks} Most light, ${share}, falls on ${best}. What is heard: ${heard}.`;
}

function scene(id, width, { tokens, outlines, query, dark }, weights) {
  const height = Math.round(Math.min(330, Math.max(230, width * 0.5)));
  const column = width / tokens.length;
  const [lamp, top, floor] = [width / 2, 34, height - 30];
  const place = (i) => (i + 0.5) * column;
  const size = Math.min(1.15, (column * 0.72) / 76, (height - 120) / 112);
  const aim = sum(weights.map((weight, i) => weight * place(i))) - lamp;
  const swing = dark ? 0 : 0.7 * Math.atan2(aim, floor - top);
  const [bulb, low] = [lamp + 22 * Math.sin(swing), top - 22 + 22 * Math.cos(swing)];
  const beams = tokens.map((_, i) => {
    const half = 0.48 * weights[i] * column;
    const points = [[bulb - 3, low], [bulb + 3, low], [place(i) + half, floor], [place(i) - half, floor]];
    return svg("polygon", {
      class: "spot-beam",
      "data-who": i,
      points: points.join(" "),
      fill: `url(#${id})`,
    });
  });
  const places = tokens.map((_, i) =>
    svg("rect", { class: "spot-column", "data-who": i, x: i * column, width: column, height })
  );
  const pools = tokens.map((_, i) =>
    svg("ellipse", {
      class: "spot-pool",
      cx: place(i),
      cy: floor,
      rx: 0.48 * weights[i] * column,
      ry: 2 + 7 * Math.sqrt(weights[i]),
    })
  );
  const people = tokens.map((_, i) =>
    svg("path", {
      class: i === query ? "spot-person spot-asker" : "spot-person",
      "data-who": i,
      d: outlines[i],
      style: `--lit: ${Math.sqrt(weights[i]).toFixed(3)}`,
      transform: `translate(${place(i) - 30 * size} ${floor + 2 - 100 * size}) scale(${size})`,
    })
  );
  const asker = [place(query), floor - 112 * size];
  const thread = svg("path", {
    class: "spot-thread",
    d: `M${asker.join(" ")}Q${asker[0]} ${top + 30} ${bulb} ${low}`,
  });
  const light = svg(
    "linearGradient",
    { id, gradientUnits: "userSpaceOnUse", x1: 0, y1: top, x2: 0, y2: floor },
    svg("stop", { class: "spot-near", offset: 0 }),
    svg("stop", { class: "spot-far", offset: 1 }),
  );
  return svg(
    "svg",
    { viewBox: `0 0 ${width} ${height}`, width, height },
    svg("defs", {}, light),
    svg("path", { class: "spot-floor", d: `M0 ${floor - 8}H${width}V${height}H0Z` }),
    ...places,
    ...(dark ? [] : pools),
    thread,
    ...people,
    ...(dark ? [] : beams),
    svg("path", { class: "spot-cord", d: `M${lamp} 0V${top - 22}` }),
    svg("path", {
      class: "spot-lamp",
      d: "M-8-2h16l7 24h-30Z",
      transform: `translate(${lamp} ${top - 22}) rotate(${(-swing * 180) / Math.PI})`,
    }),
  );
}
