"""Measure pages of the built site with Lighthouse, as a phone on a slow network would see them.

The site is served on localhost with gzip, as GitHub Pages serves it. Lighthouse is installed with npm, in
the version that tools/package.json names, and uses the Chromium of this machine.
"""

import argparse
import contextlib
import functools
import gzip
import http.server
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "tools" / "package.json"
INSTALLED = ROOT / "_build" / "lighthouse"
LIGHTHOUSE = INSTALLED / "node_modules" / ".bin" / "lighthouse"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
METRICS = {
    "first-contentful-paint": "text after",
    "largest-contentful-paint": "largest part after",
    "total-blocking-time": "blocked for",
    "cumulative-layout-shift": "shift",
}
LANDING = "chapters/index.html"
LIVE = "data-live="
COMPRESSED = {".html", ".css", ".js", ".json", ".svg", ".txt", ".inv"}


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serve files, text with gzip, on connections that stay open."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        """Answer with the file, or with the error of the base class."""
        path = Path(self.translate_path(self.path))
        if path.suffix not in COMPRESSED or not path.is_file():
            super().do_GET()
            return
        body = gzip.compress(path.read_bytes(), compresslevel=6)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "max-age=600")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Keep quiet."""


@contextlib.contextmanager
def serving(folder):
    """Serve a folder on localhost inside a with block; give its address."""
    handler = functools.partial(Handler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


def lighthouse(address, chromium):
    """Return Lighthouse's report on a page as a phone on a slow network sees it."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.json")
        flags = "--headless=new --no-sandbox --disable-gpu --no-first-run --disable-background-networking"
        options = ["--quiet", "--output=json", f"--output-path={report}", f"--chrome-flags={flags}"]
        subprocess.run(
            [LIGHTHOUSE, address, *options],
            check=True,
            env=os.environ | {"CHROME_PATH": chromium},
        )
        return json.loads(report.read_text("utf-8"))


def sent(report):
    """Return the bytes that a page and all it asked for took on the wire."""
    requests = report["audits"]["network-requests"]["details"]["items"]
    return sum(request["transferSize"] for request in requests)


def tools():
    """Install Lighthouse where it is missing, and return the path of Chromium; stop if there is none."""
    chromium = os.environ.get("CHROME_PATH") or next(filter(None, map(shutil.which, BROWSERS)), None)
    npm = shutil.which("npm")
    if not npm or not chromium:
        missing = " and ".join(
            name for name, found in (("Node.js with npm", npm), ("Chromium", chromium)) if not found
        )
        sys.exit(
            f"bench_site: {missing} not found, so the site isn't measured. "
            "On Debian: apt-get install npm chromium"
        )
    if not LIGHTHOUSE.exists():
        INSTALLED.mkdir(parents=True, exist_ok=True)
        shutil.copy(PACKAGE, INSTALLED)
        subprocess.run([npm, "install", "--silent", "--no-audit", "--no-fund"], cwd=INSTALLED, check=True)
    return chromium


def typical(site):
    """Return the landing page, a chapter without live figures, one with, and an exercise, if there are."""
    chapters = sorted((site / "chapters").glob("[0-9]*.html"))
    live = [LIVE in chapter.read_text("utf-8") for chapter in chapters]
    some = [chapters[live.index(kind)] for kind in (False, True) if kind in live]
    some += sorted((site / "exercises").glob("*/*.html"))[:1]
    return [LANDING, *(page.relative_to(site).as_posix() for page in some)]


def main():
    """Print the scores of some pages."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pages", nargs="*", metavar="PAGE", help="a page, such as chapters/07-masks.html")
    parser.add_argument(
        "--site", type=Path, default=ROOT / "_build" / "html", help="the folder of the site"
    )
    options = parser.parse_args()
    pages = options.pages or typical(options.site)
    missing = [page for page in pages if not (options.site / page).is_file()]
    if missing:
        sys.exit(f"bench_site: no {missing[0]} in {options.site}; `make site` builds the site")
    chromium = tools()
    with serving(options.site) as address:
        for page in pages:
            report = lighthouse(f"{address}/{page}", chromium)
            scores = [f"{name} {report['categories'][name]['score'] * 100:.0f}" for name in CATEGORIES]
            audits = [f"{text} {report['audits'][name]['displayValue']}" for name, text in METRICS.items()]
            print(f"{page}: {', '.join(scores)}")
            print(f"  {sent(report) / 1000:.0f} kB sent, {', '.join(audits)}", flush=True)


if __name__ == "__main__":
    main()
