"""Make one PDF of the built book, with the system's Chromium: ``make pdf``.

The chapters and what is looked up are put one after the other into one page, in which links lead from place
to place. Figures that compute stand still, code that only draws is left out, and the answers to the quizzes
come last. The page is printed twice, as the page numbers of the contents are known only then.
"""

import argparse
import html
import re
import sys
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

import yaml
from bs4 import BeautifulSoup
from playwright.sync_api import sync_playwright
from pypdf import PdfReader
from sphinx_quiz import KEY

import attnlib
from attnlib.live.figure import kit_rules

ROOT = Path(__file__).resolve().parent.parent
NAME = "spotlight.pdf"
CHAPTERS = "Chapters"  # the part of the table of contents that is printed whole
LOOKED_UP = ("notation", "glossary", "references")
ANSWERS = "answers"
CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
MOST_SECONDS = 600
NOT_PRINTED = ", ".join(
    [
        "script",
        ".headerlink",
        ".notebook-download",
        "details.hide",  # code that only draws
        "details.dropdown > summary .sd-summary-state-marker",
        ".live script",
        "button",
    ]
)
LINK = '<p class="as-pdf"><a href="../{name}">The whole book as a PDF</a>, {pages} pages.</p>'
AFTER = re.compile(r"(?:<p class=\"as-pdf\">.*?</p>)?(?=<!-- the PDF is named here -->)", re.DOTALL)
STYLE = Path(__file__).parent / "theme" / "book.css"


def order(root):
    """Return the names of the pages that are printed, in the order of the table of contents."""
    parts = yaml.safe_load((root / "_toc.yml").read_text("utf-8"))["parts"]
    (chapters,) = (part["chapters"] for part in parts if part["caption"] == CHAPTERS)
    return [Path(entry["file"]).name for entry in chapters] + list(LOOKED_UP)


def identifier(page, fragment=""):
    """Return the id that a place has in the book: ids of pages are their own, and may be alike."""
    return f"{page}--{unquote(fragment)}" if fragment else page


def taken(folder, name, names):
    """Return a page's article as it is printed, and the answers to its quizzes."""
    page = BeautifulSoup((folder / f"{name}.html").read_text("utf-8"), "html.parser")
    article = page.select_one("article.bd-article")
    for element in article.select(NOT_PRINTED):
        element.decompose()
    for details in article.select("details:not(.quiz-answer)"):
        details["open"] = ""
    for element in article.find_all(id=True):
        element["id"] = identifier(name, element["id"])
    for use in article.find_all(attrs={"xlink:href": re.compile("^#")}):
        use["xlink:href"] = f"#{identifier(name, use['xlink:href'][1:])}"
    for element in article.find_all(True):
        for attribute in ("clip-path", "fill", "filter", "style", "aria-labelledby"):
            text = element.get(attribute)
            if isinstance(text, str) and "url(#" in text:
                element[attribute] = re.sub(r"url\(#", f"url(#{name}--", text)
    for link in article.find_all("a", href=True):
        _redirect(link, name, names)
    key = article.select_one(f".{KEY}")
    return article, key.extract() if key else None


def _redirect(link, name, names):
    address, fragment = urldefrag(link["href"])
    if urlsplit(address).scheme:
        return
    page = Path(address).stem if address else name
    if page in names and Path(address).parent.name in ("", "chapters"):
        link["href"] = f"#{identifier(page, fragment)}"
    else:
        link.unwrap()  # what it leads to isn't printed


def contents(articles, numbers):
    """Return the list of chapters and sections with their page numbers, by their ids."""

    def entry(heading, at):
        text = heading.decode_contents()
        return f'<a href="#{html.escape(at)}"><span>{text}</span><b>{numbers.get(at, "")}</b></a>'

    entries = []
    for name, article in articles.items():
        sections = article.select(":scope > section > section")
        if name in LOOKED_UP:
            sections = []
        inner = "".join(f"<li>{entry(one.h2, one['id'])}</li>" for one in sections if one.h2)
        entries.append(f"<li>{entry(article.h1, name)}<ol>{inner}</ol></li>")
    entries.append(
        f'<li><a href="#{ANSWERS}"><span>Answers</span><b>{numbers.get(ANSWERS, "")}</b></a></li>'
    )
    return f'<nav class="book-contents"><h1>Contents</h1><ol>{"".join(entries)}</ol></nav>'


def assemble(folder, articles, keys, numbers):
    """Return the book as one HTML page, to be opened from the folder of the chapters."""
    sheets = [folder.parent / "_static" / name for name in ("site.css", "mathml.css")]
    links = "".join(
        f'<link rel="stylesheet" href="../{sheet.relative_to(folder.parent)}">'
        for sheet in sheets
        if sheet.is_file()
    )
    pages = "".join(
        f'<div class="page" id="{name}">{article.decode_contents()}</div>'
        for name, article in articles.items()
    )
    answers = "".join(
        f"<h2>{articles[name].h1.decode_contents()}</h2>{key.ol}" for name, key in keys.items() if key
    )
    return (
        f'<!DOCTYPE html><html lang="en-GB" data-theme="light"><head><meta charset="utf-8">'
        f"<title>Spotlight: a course on attention</title>{links}"
        f"<style>{kit_rules()}{STYLE.read_text('utf-8')}</style></head>"
        f'<body><main class="bd-content"><article class="bd-article">'
        f'<div class="cover"><img src="../_static/logo.svg" alt=""><h1>Spotlight</h1>'
        "<p><em>A course on attention that you can check by hand</em></p>"
        f"<p>{attnlib.__version__}</p></div>"
        f"{contents(articles, numbers)}{pages}"
        f'<div class="page answers" id="{ANSWERS}"><section><h1>Answers</h1>{answers}</section></div>'
        f"</article></main></body></html>"
    )


def printed(text, folder, target):
    """Print a page of HTML that lies in a folder; return on which page of the PDF each linked id is."""
    source = folder / "whole-book.html"
    source.write_text(text, "utf-8")
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            page = browser.new_page()
            page.set_default_timeout(1000 * MOST_SECONDS)
            page.goto(source.as_uri())
            page.evaluate("document.fonts.ready.then(() => true)")
            page.pdf(
                path=target, prefer_css_page_size=True, print_background=True, outline=True, tagged=True
            )
            browser.close()
    finally:
        source.unlink()
    reader = PdfReader(target)
    places = reader.named_destinations
    return {
        name.removeprefix("/"): reader.get_destination_page_number(at) + 1 for name, at in places.items()
    }


def make(site, root=ROOT):
    """Write the PDF beside the pages of a site, name it on the landing page, and return its path."""
    folder = site / "chapters"
    names = order(root)
    articles, keys = {}, {}
    for name in names:
        articles[name], keys[name] = taken(folder, name, names)
    target, numbers = site / NAME, {}
    for _ in range(3):
        before, numbers = numbers, printed(assemble(folder, articles, keys, numbers), folder, target)
        if numbers == before:
            break
    else:
        sys.exit("make pdf: the page numbers of the contents don't settle")
    landing = folder / "index.html"
    link = LINK.format(name=NAME, pages=len(PdfReader(target).pages))
    text, found = AFTER.subn(link, landing.read_text("utf-8"), count=1)
    if not found:
        sys.exit("make pdf: the landing page has no place for the link; see AFTER")
    landing.write_text(text, "utf-8")
    return target


def main():
    """Make the PDF of a site."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--site", type=Path, default=ROOT / "_build" / "html", help="the folder of the site"
    )
    site = parser.parse_args().site
    if not Path(CHROMIUM).exists():
        sys.exit(f"make pdf: there is no {CHROMIUM}, which prints it; on Debian: apt-get install chromium")
    target = make(site)
    print(f"{target}: {len(PdfReader(target).pages)} pages, {target.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
