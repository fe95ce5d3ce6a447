// deno-lint-ignore-file no-undef -- Search, Scorer and Stemmer are Sphinx's, whose search this adds to
// What search finds: which result comes first, and what is said of it. Sphinx puts this into
// language_data.js (html_search_scorer), which the search page loads after searchtools.js.
{
  const EXCERPT = 240;
  const NAMED = 40; // a page or section whose title has every word, before those that only mention them
  const KINDS = [ // chapters first, then what goes with them, and the functions of the library last
    [/^chapters\/\d/, 30],
    [/^chapters\/interview/, 20],
    [/^exercises\//, 10],
    [/^chapters\/api/, -10],
    [/^chapters\/glossary/, -30], // where Sphinx adds 100 to a term's entry
  ];
  const PROSE = ["p, dd, figcaption", "li, td"];
  const NOT_PROSE =
    ".toctree-wrapper, .quiz, .quiz-key, .headerlink, .notebook-download, .sig, .field-list, pre";
  const SENTENCE = 40; // characters of the shortest that says something
  const FORMULA = "\uFFFC"; // which text can't show

  const stemmer = new Stemmer();
  const stems = (text) => text.toLowerCase().split(/[^\p{L}\p{N}]+/u).filter(Boolean).map(stemmer.stemWord);
  const asked = stems(new URLSearchParams(location.search).get("q") ?? "");

  const hasAll = (text, words) => {
    const found = stems(text);
    return words.every((word) => found.some((one) => one.startsWith(word)));
  };

  Scorer.score = ([page, title, , , score]) => {
    const place = new DOMParser().parseFromString(title, "text/html").body.textContent.split(" > ").at(-1);
    const [, kind] = KINDS.find(([pattern]) => pattern.test(page)) ?? [, 0];
    const [chapter = 99] = page.match(/\d+/) ?? []; // of two that are as good, the earlier one
    return score + kind + (hasAll(place, asked) ? NAMED : 0) - chapter / 100;
  };

  const sentencesOf = (text) =>
    [...new Intl.Segmenter("en", { granularity: "sentence" }).segment(text)].map(({ segment }) => segment);

  // from the first sentence that `fits`, as many as there is room for
  const excerpt = (text, fits) => {
    const sentences = sentencesOf(text);
    const first = sentences.findIndex((one) =>
      one.length >= SENTENCE && !one.includes(FORMULA) && fits(one)
    );
    if (first < 0) return undefined;
    let said = sentences[first];
    for (const next of sentences.slice(first + 1)) {
      if (said.length + next.length > EXCERPT || next.includes(FORMULA)) break;
      said += next;
    }
    said = said.trim();
    return said.length <= EXCERPT ? said : `${said.slice(0, EXCERPT).replace(/\s+\S*$/, "")} …`;
  };

  const paragraphsOf = (place) => {
    place.querySelectorAll(NOT_PROSE).forEach((element) => element.remove());
    place.querySelectorAll("math").forEach((formula) => {
      formula.replaceWith(
        formula.querySelector("msub") || formula.textContent.length > 2 ? FORMULA : formula.textContent,
      );
    });
    return PROSE.flatMap((kind) => [...place.querySelectorAll(kind)])
      .filter((one) => !one.querySelector(PROSE.join()))
      .map((one) => one.textContent.replace(/\s+/g, " ").trim())
      .filter((text) => /[.?!]$/.test(text));
  };

  Search.makeSearchSummary = (source, stemmed, anchor) => {
    const words = [...stemmed];
    const page = new DOMParser().parseFromString(source, "text/html");
    const summary = document.createElement("p");
    summary.classList.add("context");
    const target = anchor ? page.querySelector(`article [id="${anchor.slice(1)}"]`) : null;
    const description = page.querySelector("meta[name=description]")?.content;
    const place = target?.matches("dt")
      ? target.nextElementSibling
      : target ?? page.querySelector("article");
    const paragraphs = place ? paragraphsOf(place) : [];
    const said = (fits) => paragraphs.map((text) => excerpt(text, fits)).find(Boolean);
    const ofThePage = !target && hasAll(description ?? "", words) ? description : undefined;
    summary.textContent = ofThePage ??
      said((text) => hasAll(text, words)) ??
      said((text) => words.some((word) => hasAll(text, [word]))) ??
      (target ? undefined : description) ??
      said(() => true) ?? "";
    return summary;
  };

  // the words are marked on the page that a result leads to, and on no other
  const MARKED = "sphinx_highlight_terms";
  const query = Search.query;
  Search.query = (text) => {
    query(text);
    const terms = localStorage.getItem(MARKED);
    localStorage.removeItem(MARKED);
    for (const press of ["click", "auxclick"]) {
      document.addEventListener(press, (event) => {
        if (terms && event.target.closest("#search-results a")) localStorage.setItem(MARKED, terms);
      });
    }
  };
}
