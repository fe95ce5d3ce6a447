// An exercise's page: its fields, how much is done, and the notebook to hand in.

import { html, put } from "../../../../attnlib/live/js/kit/elements.js";
import { keeping } from "./keeping.js";
import { released } from "./notebook.js";
import { hindrance, python } from "./python.js";
import { essay, question, setup } from "./question.js";
import { button } from "./said.js";

const { Blob, URL, addEventListener, document, setTimeout } = globalThis;

function download(name, text) {
  const address = URL.createObjectURL(new Blob([text], { type: "application/x-ipynb+json" }));
  const link = html("a", { href: address, download: name, hidden: true });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

export function exercise(holder) {
  const { page, asked, archive, notebook } = JSON.parse(holder.textContent);
  const book = new URL(holder.dataset.book, document.baseURI).href;
  const bar = document.querySelector("[data-solve-bar]");
  const part = (name) => bar.querySelector(`[data-solve="${name}"]`);
  const news = part("news");
  const tell = (...what) => news.replaceChildren(...what);

  const troubled = (why) =>
    tell(
      `This browser keeps nothing of what you type: its storage ${why}. Download the notebook before you leave.`,
    );
  const kept = keeping(book, page, troubled);
  addEventListener("beforeunload", (event) => kept.onlyHere() && event.preventDefault());

  const elsewhere = () => [
    html(
      "p",
      {},
      "Another way: ",
      html("a", { href: book + archive, download: true }, "all exercises, for JupyterLab"),
      ".",
    ),
  ];
  const hindered = hindrance();
  const runs = python(new URL(holder.dataset.solve, document.baseURI), (share) => {
    part("loading").hidden = share === null || share >= 1;
    part("share").value = share ?? 0;
    ready = share === 1;
  });
  let ready = false;
  const all = [];
  const shared = {
    kept,
    asked,
    book,
    editor: holder.dataset.editor,
    elsewhere: () => hindered ? elsewhere() : [],
    notebook: released(notebook),
    texts: () => Object.fromEntries(all.map(({ name, now }) => [name, now()])),
    changed() {
      const done = all.filter(({ passed }) => passed()).length;
      part("done").max = all.length;
      part("done").value = done;
      put(part("count"), `${done} of ${all.length} done`);
    },
    python: hindered
      ? { ready: () => true, start() {}, run: () => Promise.reject({ says: hindered }) }
      : { ...runs, ready: () => ready, start: () => runs.start().catch(() => {}) },
  };
  for (const place of document.querySelectorAll("[data-question], [data-essay]")) {
    all.push(place.dataset.question ? question(place, shared) : essay(place, shared));
  }
  shared.changed();
  document.querySelectorAll("[data-tests]").forEach((place) => place.remove());
  document.querySelectorAll("[data-setup]").forEach((place) => setup(place, shared));
  if (hindered) tell(hindered, ...elsewhere());

  part("all").addEventListener("click", async () => {
    const asks = all.filter(({ check, answered }) => check && answered());
    if (!asks.length) return tell("No question is answered yet.");
    part("all").disabled = true;
    const passed = await Promise.all(asks.map(({ check }) => check()));
    part("all").disabled = false;
    const wrong = asks.filter((_one, place) => !passed[place]);
    tell(`${asks.length - wrong.length} of ${asks.length} answers pass.`, ...wrong.length ? [" "] : []);
    if (wrong.length) news.append(button("Go to the first that doesn’t", () => wrong[0].show()));
  });
  part("save").addEventListener("click", () => {
    download(`${page}.ipynb`, shared.notebook.filled(shared.texts()));
    tell(`${page}.ipynb is among your downloads: hand it in under that name.`);
  });
  part("load").addEventListener("click", () => part("file").click());
  part("file").addEventListener("change", async () => {
    const [file] = part("file").files;
    try {
      const found = shared.notebook.read(await file.text(), file.name);
      const taken = all.filter(({ name }) => name in found);
      for (const { name, replace } of taken) replace(found[name], `This answer is from ${file.name}.`);
      tell(`${file.name} has answers to ${taken.length} of ${all.length} questions.`);
    } catch (error) {
      tell(error.says ?? `${file.name} can’t be read.`);
    }
    part("file").value = "";
  });
}
