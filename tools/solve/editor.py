"""The editor of the fields for code: CodeMirror, bundled from npm when the book is built."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from solve import store

SOURCES = Path(__file__).parent / "js" / "editor"
PARTS = ("editor.js", "deno.json", "deno.lock")  # the lock holds the hash of every package
DENO = Path(sys.executable).parent / "deno"


def bundle(cache):
    """Return the path of the bundle, made where the cache doesn't have it yet.

    Raises
    ------
    RuntimeError
        If Deno can't fetch the packages or make the bundle; the text has its message.
    """
    cache = Path(cache).resolve()
    name = store.digest(*((SOURCES / part).read_bytes() for part in PARTS))
    return store.once(cache / f"editor-{name}", lambda folder: _bundle(folder, cache)) / "editor.js"


def _bundle(folder, cache):
    sources = folder / "sources"
    sources.mkdir()
    for part in PARTS:
        shutil.copy(SOURCES / part, sources)
    options = ["--platform=browser", "--format=iife", "--minify", "--frozen-lockfile", "--quiet"]
    done = subprocess.run(
        [DENO, "bundle", *options, f"--output={folder / 'editor.js'}", sources / "editor.js"],
        cwd=sources,
        env={"DENO_DIR": str(cache.parent / ".deno"), "NO_COLOR": "1"} | os.environ,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(
            "The editor of the exercises' pages could not be bundled. Connect this machine to npm's "
            f"registry, or name one with NPM_CONFIG_REGISTRY.\n{done.stderr.strip()}"
        )
