"""The Python that runs in a reader's browser: downloaded, cut to what a check needs, packed with attnlib.

It is the WebAssembly Python of a wheel of JupyterLite's, which is unzipped and never installed. A build
downloads it once, and packs it once for each state of the library.
"""

import gzip
import io
import json
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

from solve import store

ROOT = Path(__file__).resolve().parent.parent.parent
WHEEL = "jupyterlite-xeus-python==1.0.0"
SHA256 = "0be2393d3f738ecc920c6b5ec261c83d0ff2a1d79cdf5b8167dcdb95464b7e86"
ADAPTER = "xeus"  # of js/worker/adapter.js
INSIDE = "/xeus-python-kernel/static/"
LIBRARY = "lib/python3.11/site-packages"
LICENCES = "python-licences.txt"
ONPAGE = Path(__file__).parent / "onpage"

# What no answer, no check and no training has a use for
CUT_PYTHON = (
    r"/(idlelib|tkinter|lib2to3|turtledemo|ensurepip|pydoc_data|distutils|test|sqlite3|venv|wsgiref|curses"
    r"|dbm|xmlrpc|turtle\.py|mailbox\.py|imaplib\.py|smtplib\.py|nntplib\.py|ftplib\.py|cgi\.py|_pyio\.py"
    r"|asyncio/windows_\w+\.py)"
)
CUT_NUMPY = (
    r"/(tests|distutils|f2py|typing|_pyinstaller|doc|include|array_api|lib/npymath)/"
    r"|\.pyi$|\.pxd$|\.a$|lapack_lite|_umath_tests|_rational_tests|_struct_ufunc_tests|_operand_flag_tests"
    r"|_simd\."
)
# Of attnlib, what a check or a training needs: pictures, live figures and trained weights stay out
LEFT_OUT = ("live", "plots", "worksheets")
TAKEN = re.compile(r".*\.(py|txt|json)|data/.*\.npz")


def pack(output, cache):
    """Write the packed Python and its manifest into a folder.

    Parameters
    ----------
    output : path-like
        Gets the files, each with its content's hash in its name.
    cache : path-like
        Where the download and what is cut from it are kept between builds.

    Returns
    -------
    dict
        The manifest: ``adapter``, ``files`` (names by what they hold) and ``bytes`` to load in all.

    Raises
    ------
    RuntimeError
        If the wheel is neither in the cache nor to be downloaded; the text says what to do.
    """
    output, cache = Path(output), Path(cache)
    recipe = store.digest(SHA256.encode(), CUT_PYTHON.encode(), CUT_NUMPY.encode())
    packed = store.once(cache / f"python-{recipe}", lambda folder: _cut(_wheel(cache), folder))
    files = json.loads((packed / "files.json").read_text())
    for name in (*files.values(), LICENCES):
        if not (output / name).exists():
            shutil.copy(packed / name, output)
    files["attnlib"] = store.put(output, "attnlib", "tar.bin", _library())
    return {
        "adapter": ADAPTER,
        "files": files,
        "bytes": sum((output / name).stat().st_size for name in files.values()),
    }


def _wheel(cache):
    folder = store.once(cache / f"wheel-{SHA256[: store.DIGITS]}", _download)
    return next(folder.glob("*.whl"))


def _download(folder):
    wanted = folder / "requirements.txt"
    wanted.write_text(f"{WHEEL} --hash=sha256:{SHA256}\n")
    options = ["--no-deps", "--require-hashes", "--disable-pip-version-check", "--quiet"]
    done = subprocess.run(
        [sys.executable, "-m", "pip", "download", *options, "-r", wanted, "-d", folder],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(
            f"{WHEEL}, the Python of the exercises' pages, could not be downloaded. Connect this machine "
            f"to a package index, or name one with PIP_INDEX_URL.\n{done.stderr.strip()}"
        )


def _cut(wheel, folder):
    """Write what is needed of the wheel into a folder, packed, with a list of it."""

    def put(stem, suffix, content):
        return store.put(folder, stem, suffix, gzip.compress(content, 9, mtime=0))

    with zipfile.ZipFile(wheel) as archive:
        inside = {name.rpartition(INSIDE)[2]: name for name in archive.namelist() if INSIDE in name}

        def read(pattern):
            (name,) = [name for name in inside if re.fullmatch(pattern, name)]
            return archive.read(inside[name])

        files = {
            "script": put("python", "js.bin", read(r"xpython_wasm\.js")),
            "wasm": put("python", "wasm.bin", read(r"xpython_wasm\.wasm")),
            "python": put("stdlib", "tar.bin", _without(read(r"python-3[\d.]+-.*\.tar\.gz"), CUT_PYTHON)),
            "numpy": put("numpy", "tar.bin", _without(read(r"numpy-.*\.tar\.gz"), CUT_NUMPY)),
        }
        licences = json.loads(archive.read(inside["third-party-licenses.json"]))
        (own,) = [name for name in archive.namelist() if name.endswith("/licenses/LICENSE")]
        packages = [
            f"{one['name']} ({one['licenseId']})\n{one['extractedText']}" for one in licences["packages"]
        ]
        (folder / LICENCES).write_text("\n\n".join([archive.read(own).decode(), *packages]), "utf-8")
    (folder / "files.json").write_text(json.dumps(files))


def _without(packed, pattern):
    """Return a gzipped archive without the files that a pattern finds, and without compression."""
    smaller = io.BytesIO()
    with (
        tarfile.open(fileobj=io.BytesIO(packed)) as source,
        tarfile.open(fileobj=smaller, mode="w") as target,
    ):
        for member in source.getmembers():
            if member.isfile() and not re.search(pattern, f"/{member.name}"):
                _add(target, member.name, source.extractfile(member).read())
    return smaller.getvalue()


def _library():
    """Return attnlib and what runs on the page beside it, packed."""
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w") as archive:
        for path in sorted((ROOT / "attnlib").rglob("*")):
            within = path.relative_to(ROOT / "attnlib")
            if TAKEN.fullmatch(within.as_posix()) and within.parts[0] not in LEFT_OUT:
                _add(archive, f"{LIBRARY}/attnlib/{within.as_posix()}", path.read_bytes())
        for path in sorted(ONPAGE.glob("*.py")):
            _add(archive, f"{LIBRARY}/onpage/{path.name}", path.read_bytes())
    return gzip.compress(whole.getvalue(), 9, mtime=0)


def _add(archive, name, content):
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(content), 0o644
    archive.addfile(member, io.BytesIO(content))
