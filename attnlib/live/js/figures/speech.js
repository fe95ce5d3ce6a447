// A spoken word: its sound, its picture, and the letters that are spelt, each with where the listener looks.

import { run, sounds } from "./speech-model.js";
import { MISSING, whenSeen } from "../kit/beside.js";
import { button, slider } from "../kit/controls.js";
import { assign, frame, html, svg, uniqueId } from "../kit/elements.js";
import { prefersStillness } from "../kit/motion.js";
import { change, drawOn, read } from "../kit/state.js";
import { number, percent, report } from "../kit/text.js";

const { clearTimeout, document, setTimeout } = globalThis;
const NAMES = [
  "text",
  "seed",
  "noise",
  "shown",
  "examples",
  "words",
  "voice",
  "stride",
  "n_heads",
  "shapes",
  "numbers",
];
const END = 2;
const MOST = 6;
const PAUSE = 450;
const LEFT = 44;
const [TOP, TALL, ROW] = [24, 150, 26];
const SHADES = 8;

export function compute(state) {
  const { sound, spans, ids, likely, weights } = run(state);
  return { sound, spans, ids, likely, weights };
}

const nameOf = (id, { words }) => (id === END ? "end" : words[id]);

export function render({ model, el }) {
  const first = read(model, NAMES);
  const letters = Object.keys(first.voice.formants).sort();
  let awake = false;
  let waiting = null;
  const now = () => read(model, NAMES);
  const halt = () => {
    clearTimeout(waiting);
    waiting = null;
    player.stop();
    hear.textContent = "▶ hear it";
  };
  const speak = (values) => {
    halt();
    complaint.textContent = "";
    change(model, { shown: null, ...values });
  };

  const id = uniqueId("word");
  const input = html("input", {
    id,
    class: "live-field speech-input",
    maxlength: MOST,
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
    onkeydown: (event) => event.key === "Enter" && listen(),
    oninput: () => {
      const text = input.value.trim().toLowerCase();
      const strange = [...text].filter((letter) => !letters.includes(letter));
      if (text === "") complaint.textContent = "One letter at least.";
      else if (strange.length > 0) {
        complaint.textContent = `The voice has no ${strange[0]}: it can say ${letters.join(" ")}.`;
      } else speak({ text });
    },
  });
  const complaint = html("p", { class: "live-complaint speech-complaint", role: "status" });
  const examples = first.examples.map((text) => button(text, () => speak({ text })));
  const player = sounding();
  const listen = () => {
    if (waiting !== null) {
      speak({});
      return;
    }
    const state = now();
    const { wave } = sounds(state);
    player.play(wave, state.voice.sampling_rate);
    if (!awake || prefersStillness()) return;
    hear.textContent = "■ stop";
    change(model, { shown: 0 });
    waiting = setTimeout(step, (1000 * wave.length) / state.voice.sampling_rate);
  };
  const hear = button("▶ hear it", listen);
  // the whole word is heard first, then it is spelt
  const step = () => {
    const next = (model.get("shown") ?? 0) + 1;
    if (next >= run(now()).ids.length) {
      speak({});
      return;
    }
    change(model, { shown: next });
    waiting = setTimeout(step, PAUSE);
  };
  hear.classList.add("live-go");
  const another = button("another voice", () => speak({ seed: (model.get("seed") + 1) % 2 ** 32 }));
  const noise = slider("noise added", {
    min: 0,
    max: 0.4,
    step: 0.02,
    text: (value) => number(value, 2),
    oninput: (value) => speak({ noise: value }),
  });
  const steps = slider("letters shown", {
    min: 0,
    max: MOST + 1,
    oninput: (value) => {
      halt();
      change(model, { shown: value });
    },
  });
  const spelt = html("p", { class: "speech-spelt" });
  const drawing = html("div", { class: "speech-drawing", "aria-hidden": "true" });
  const { node: words, say } = report();
  frame(
    el,
    "Speech: a word that is heard and spelt",
    html("div", { class: "live-begin" }, html("span", {}, "say"), ...examples),
    html(
      "div",
      { class: "speech-tools" },
      html("label", { for: id }, "a word of ", letters.join(" ")),
      input,
      hear,
      another,
      complaint,
    ),
    html("div", { class: "live-controls" }, steps.node, noise.node),
    spelt,
    drawing,
    words,
  );

  const draw = (state, width) => {
    if (document.activeElement !== input) input.value = state.text;
    noise.show(state.noise);
    const told = html("span", {}, `voice ${state.seed} says `, html("b", {}, state.text));
    spelt.replaceChildren(told);
    if (!awake) return;
    const result = run(state);
    const shown = Math.min(state.shown ?? Infinity, result.ids.length);
    assign(steps.input, { max: result.ids.length });
    steps.show(shown);
    const written = result.ids.slice(0, shown).map((each) => nameOf(each, state));
    const heard = result.ids.filter((each) => each > END).map((each) => nameOf(each, state)).join("");
    const letters = written.filter((name) => name !== "end").join("");
    const mark = shown < result.ids.length ? "" : heard === state.text ? " ✓" : " ✗";
    spelt.append(", spelt is ", html("b", {}, letters || "nothing yet"), mark);
    if (width > 0) drawing.replaceChildren(picture(state, result, shown, width));
    say(inWords(state, result, shown, heard));
  };
  const undraw = drawOn(drawing, model, NAMES, draw);
  const forget = whenSeen(el, model, "numbers", {
    then() {
      awake = true;
      draw(now(), Math.round(drawing.clientWidth));
    },
    failed: () => say(MISSING),
  });
  return () => {
    halt();
    player.stop();
    forget();
    undraw();
  };
}

// Sound begins where somebody asks for it, and not before.
function sounding() {
  let context = null;
  let source = null;
  const stop = () => {
    source?.stop();
    source = null;
  };
  const play = (wave, rate) => {
    const { AudioContext } = globalThis;
    if (AudioContext === undefined) return;
    stop();
    context ??= new AudioContext();
    context.resume();
    const loudest = wave.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
    const buffer = context.createBuffer(1, wave.length, rate);
    buffer.copyToChannel(wave.map((x) => (0.7 * x) / loudest), 0);
    source = context.createBufferSource();
    source.buffer = buffer;
    source.connect(context.destination);
    source.start();
  };
  return { play, stop };
}

// The sound above, a row for each letter below, over one axis of time.
function picture({ text, stride, voice, words }, { sound, spans, ids, weights }, shown, width) {
  const n_tokens = weights[0].length;
  const token = (width - LEFT) / n_tokens;
  const frameWide = token / stride;
  const bandTall = TALL / sound[0].length;
  const rowsTop = TOP + TALL + 14;
  const height = rowsTop + ids.length * ROW + 22;
  const shades = Array.from({ length: SHADES }, () => []);
  sound.forEach((bands, t) =>
    bands.forEach((loud, band) => {
      const shade = Math.floor(SHADES * Math.max(0, Math.min(0.999, (loud + 1) / 3.5)));
      const at = `M${LEFT + t * frameWide} ${TOP + TALL - (band + 1) * bandTall}`;
      if (shade > 0) shades[shade].push(`${at}h${frameWide}v${bandTall}h${-frameWide}z`);
    })
  );
  const samples = voice.hop * stride;
  const x = (sample) => LEFT + ((sample - voice.window / 2) / samples + 0.5 / stride) * token;
  const label = (at, y, content, attributes = {}) =>
    svg("text", { x: at, y, "text-anchor": "middle", ...attributes }, content);
  const looking = shown > 0 ? weights[shown - 1] : [];
  return svg(
    "svg",
    { viewBox: `0 0 ${width} ${height}`, width, height },
    svg("rect", { class: "speech-ground", x: LEFT, y: TOP, width: width - LEFT, height: TALL }),
    ...shades.map((boxes, i) =>
      svg("path", { class: "speech-loud", d: boxes.join(""), "fill-opacity": i / (SHADES - 1) })
    ),
    ...looking.map((weight, i) =>
      svg("rect", {
        class: "speech-beam",
        x: LEFT + i * token,
        y: TOP,
        width: token,
        height: TALL,
        "fill-opacity": 0.6 * weight,
      })
    ),
    ...[...spans.map(([start]) => start), spans.at(-1)[1]].map((sample) =>
      svg("line", { class: "speech-border", x1: x(sample), x2: x(sample), y1: TOP - 4, y2: TOP + TALL })
    ),
    ...spans.map(([start, end], i) => label((x(start) + x(end)) / 2, TOP - 8, text[i])),
    label(LEFT - 6, TOP - 8, "said", { class: "speech-label", "text-anchor": "end" }),
    label(LEFT - 6, TOP + 12, "high", { class: "speech-label", "text-anchor": "end" }),
    label(LEFT - 6, TOP + TALL - 4, "low", { class: "speech-label", "text-anchor": "end" }),
    ...ids.flatMap((id, row) => {
      const y = rowsTop + row * ROW;
      const ground = svg("rect", {
        class: "speech-ground",
        x: LEFT,
        y: y + 1,
        width: width - LEFT,
        height: ROW - 2,
      });
      if (row >= shown) return [ground];
      const name = label(LEFT - 8, y + ROW / 2 + 5, id === END ? "end" : words[id], {
        class: row === shown - 1 ? "speech-newest" : "speech-older",
        "text-anchor": "end",
      });
      const cells = weights[row].map((weight, i) =>
        svg("rect", {
          class: "speech-weight",
          x: LEFT + i * token,
          y: y + 1,
          width: token,
          height: ROW - 2,
          "fill-opacity": weight,
        })
      );
      return [ground, ...cells, name];
    }),
    label(LEFT, height - 6, "0 s", { class: "speech-label", "text-anchor": "start" }),
    label(width, height - 6, `${number((n_tokens * samples) / voice.sampling_rate, 2)} s`, {
      class: "speech-label",
      "text-anchor": "end",
    }),
  );
}

function inWords(state, { ids, likely, weights }, shown, heard) {
  const { stride, voice, text } = state;
  if (shown === 0) return `“${text}” is said, and nothing is spelt yet.`;
  const row = weights[shown - 1];
  const place = row.indexOf(Math.max(...row));
  const seconds = (place * stride * voice.hop) / voice.sampling_rate;
  const id = ids[shown - 1];
  const what = id === END ? "The end" : `Letter ${shown} is ${nameOf(id, state)}, which`;
  const sure = `${percent(likely[shown - 1][id])} likely`;
  const looks = `${what} is ${sure}; it looks most at ${number(seconds, 2)} s.`;
  if (shown < ids.length) return looks;
  return `${looks} Said was “${text}”, heard is “${heard}”.`;
}
