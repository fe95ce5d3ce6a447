"""The packed Python: what is in it, that it is packed once, and that it starts from any plain server."""

import gzip
import http.server
import importlib.util
import io
import json
import re
import sys
import tarfile
import threading

import numpy as np
import pytest
from conftest import ROOT
from in_browser import CACHE, START, browser  # noqa: F401 - a fixture

sys.path.insert(0, str(ROOT / "tools" / "solve"))
from onpage import levelling, running
from solve import assets, editor, kernel, store

HASHED = re.compile(r"\w+\.[0-9a-f]{12}\.(?:\w+\.)?\w+")
LARGEST = 10_000_000  # bytes that a reader loads once
MODULES = ("numpy", "numpy.linalg")


@pytest.fixture(scope="module")
def packed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("packed")
    assets.write_python(folder, CACHE)
    return folder


@pytest.fixture
def start(packed):
    return json.loads((packed / assets.MANIFEST).read_text())["start"]


def members(packed, file):
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress((packed / file).read_bytes()))) as archive:
        return archive.getnames()


def test_names_carry_their_content_and_a_second_build_changes_nothing(packed, start, tmp_path):
    names = {path.name for path in packed.iterdir()}
    assert names - {assets.MANIFEST, kernel.LICENCES} == {name for name in names if HASHED.fullmatch(name)}
    before = {path.name: path.stat().st_mtime_ns for path in packed.iterdir() if HASHED.match(path.name)}
    assets.write_python(packed, CACHE)
    assert before == {name: (packed / name).stat().st_mtime_ns for name in before}
    assets.write_python(tmp_path, CACHE)
    assert {path.name for path in tmp_path.iterdir()} == names
    assert 0 < start["bytes"] < LARGEST


def test_what_a_page_needs_is_packed_and_pictures_and_weights_are_not(packed, start):
    names = members(packed, start["files"]["attnlib"])
    inside = {name.partition("site-packages/")[2] for name in names}
    checked = {"attnlib/checking/judging.py", "attnlib/data/macbeth.txt", "onpage/running.py"}
    trained_on = {"attnlib/data/digits.npz"}
    assert checked | trained_on <= inside
    assert {name for name in inside if name.endswith(".npz")} == trained_on
    assert not [name for name in inside if re.match(r"attnlib/(live|plots|worksheets)/", name)]
    assert not [name for name in members(packed, start["files"]["numpy"]) if "/tests/" in name]


def test_nothing_of_it_is_installed():
    assert importlib.util.find_spec("jupyterlite_xeus_python") is None


def test_a_wheel_with_another_hash_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(kernel, "SHA256", "0" * 64)
    with pytest.raises(RuntimeError, match="could not be downloaded"):
        kernel.pack(tmp_path, tmp_path / "cache")
    assert not [path for path in (tmp_path / "cache").iterdir() if not path.name.startswith(".")]


def test_an_editor_whose_packages_are_not_those_of_the_lock_is_refused(tmp_path, monkeypatch):
    sources = tmp_path / "sources"
    sources.mkdir()
    for part in editor.PARTS:
        text = (editor.SOURCES / part).read_text()
        (sources / part).write_text(text.replace("sha512-", "sha512-0") if part == "deno.lock" else text)
    monkeypatch.setattr(editor, "SOURCES", sources)
    monkeypatch.setenv(
        "DENO_DIR", str(tmp_path / "deno")
    )  # what a build has fetched is not looked at again
    with pytest.raises(RuntimeError, match="could not be bundled"):
        editor.bundle(tmp_path / "empty" / "cache")


def test_a_build_that_fails_leaves_nothing_that_the_next_takes_for_whole(tmp_path):
    def fail(folder):
        (folder / "half").touch()
        raise RuntimeError("no network")

    with pytest.raises(RuntimeError):
        store.once(tmp_path / "made", fail)
    assert list(tmp_path.iterdir()) == []


class Plain(http.server.SimpleHTTPRequestHandler):
    """A server that knows nothing of types, compression or isolation."""

    def guess_type(self, _path):
        return "text/html" if _path.endswith(".html") else "application/octet-stream"

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def run(packed, browser):  # noqa: F811 - the fixture
    """Return a function that runs cells in the packed Python, from a path below a plain server's root."""
    (packed / "index.html").write_text("<!doctype html><title>Python</title>")

    def handler(*args):
        return Plain(*args, directory=packed.parent)

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{server.server_port}/{packed.name}/index.html")
        page.evaluate(START)
        ask = "(request) => window.ask({ request })"
        yield lambda *cells: page.evaluate(ask, json.dumps({"cells": list(cells)}))
        server.shutdown()


def line(source):
    return {"kind": "try", "source": source}


NUMPY = {"kind": "setup", "source": "import numpy as np\ni = np.array([0, 1, 2], dtype=np.int64)"}
ALIKE = (
    "np.float32(3) + 3.0",
    "np.ones(2, np.float32) * np.float64(2)",
    "np.eye(2)[None].mT.shape",
    "np.concat([np.ones(1), np.zeros(1)])",
    "np.matrix_transpose(np.ones((2, 3))).shape",
    "np.vecdot(np.eye(2), np.eye(2))",
    "np.cumulative_sum(np.ones(3), include_initial=True)",
    "[part.sum() for part in np.unstack(np.eye(2))] == [1, 1]",
    "np.isdtype(np.dtype(float), 'real floating')",
    "np.linalg.vector_norm(np.array([3.0, 4.0]))",
    "np.linalg.matrix_norm(np.eye(4))",
    "np.linalg.svdvals(np.eye(2))",
    "np.trapezoid([1, 2, 3])",
    "np.astype(np.ones(1), bool)",
    "np.asarray([1.0, 2.0], copy=True)",
    "np.take(np.arange(3.0), i)",
    "np.arange(3.0).take(i)",
    "np.repeat(np.arange(3.0), i)",
    "np.arange(3.0).repeat(i)",
    "np.bincount(i, weights=np.ones(3))",
    "np.random.default_rng(0).normal(size=3)",
    "np.random.default_rng(0).choice(3, p=[0.2, 0.3, 0.5], size=2).tolist()",
)


@pytest.mark.skipif(np.__version__ < "2", reason="these are NumPy 2's")
@pytest.mark.parametrize("source", ALIKE)
def test_numpy_there_does_what_it_does_here(run, source):
    here = json.loads(running.run(json.dumps({"cells": [NUMPY, line(source)]})))
    assert here["passed"], here["text"]
    assert run(NUMPY, line(source)) == here


def test_names_that_are_gone_here_are_gone_there(run):
    listed = "import json\nfrom onpage import levelling"
    text = run({"kind": "setup", "source": listed}, line("print(json.dumps(levelling.names()))"))["text"]
    there, here = json.loads(text), levelling.names()
    extra = {name: set(there[name]) - set(here[name]) - set(levelling.STANDING) for name in MODULES}
    assert not any(extra.values()), extra
    for name in ("product", "in1d", "float_", "NaN"):
        assert (name in there["numpy"]) == (name in here["numpy"])
