"""Everything that pages with fields share, written once into the book's static files."""

import json
import sys
from pathlib import Path

from attnlib.live import scripts
from solve import kernel, store

HERE = Path(__file__).parent
JS = HERE / "js"
MANIFEST = "python.json"

sys.path.insert(0, str(HERE))
from onpage import levelling  # noqa: E402 - it is packed as it lies, under this name


def classic(name):
    """Return a script and what it imports as one that every browser runs, from the disk too."""
    modules = scripts.joined(name, folder=JS)
    return f'(() => {{\n"use strict";\n{modules}}})();\n'


def write_python(output, cache):
    """Write the packed Python, the worker that runs it, and the manifest with which a page finds both."""
    output = Path(output)
    output.mkdir(parents=True, exist_ok=True)
    start = kernel.pack(output, cache) | {"like": levelling.names()}
    worker = store.put(output, "worker", "js", classic("worker/worker.js").encode())
    (output / MANIFEST).write_text(json.dumps({"worker": worker, "start": start}), "utf-8")
    return {worker, MANIFEST, kernel.LICENCES, *start["files"].values()}
