"""`nbgrader zip_collect`'s unpacking, for archives that students packed.

nbgrader unpacks what is in archives again until it finds no more, which may be never, stops for the whole
class at one file that is no archive, and unpacks any amount.
"""

import contextlib
import shutil
import stat
import tarfile
import zipfile
from pathlib import Path, PurePosixPath

from nbgrader.plugins.zipcollect import ExtractorPlugin
from traitlets import Integer

from grader.text import PlainLog

CHUNK = 2**20


class TooMuchError(ValueError):
    """An archive would take more room than there is for it."""


class Extractor(ExtractorPlugin):
    """Unpacks a platform's download, and the archives that students handed in, each as far as it may go."""

    most_download = Integer(8192, help="Most of a download from Canvas or Moodle, in MiB.").tag(config=True)
    most_handed_in = Integer(64, help="Most of an archive that was handed in, in MiB.").tag(config=True)
    most_files = Integer(1000, help="Most files in an archive that was handed in.").tag(config=True)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.log.addFilter(PlainLog())

    def extract(self, archive_path, extracted_path):
        """Unpack or copy what is in one folder into another; say what can't be."""
        archive, extracted = Path(archive_path), Path(extracted_path)
        found = sorted(archive.rglob("*"))
        if not found:
            self.log.warning("No files found in directory: %s", archive_path)
        for path in found:
            place = extracted / path.relative_to(archive)
            if path.is_symlink():
                self.log.warning("%s is a symbolic link, and is left out", path)
            elif path.is_file() and path.suffix in self.zip_ext:
                folder = place.with_name(_stem(path))
                self._unpack(path, folder, self.most_download * 2**20, None)
                for inner in sorted(folder.rglob("*")):
                    if inner.is_file() and inner.suffix in self.zip_ext:
                        room = self.most_handed_in * 2**20
                        self._unpack(inner, inner.with_name(_stem(inner)), room, self.most_files)
            elif path.is_file():
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, place)

    def _unpack(self, path, folder, room, files):
        self.log.info("Extracting from: %s", path)
        try:
            unpack(path, folder, room=room, files=files)
        except (OSError, ValueError, EOFError, RuntimeError, *BROKEN) as error:
            self.log.warning("%s can't be unpacked whole: %s", path, error)


BROKEN = (zipfile.BadZipFile, tarfile.TarError, NotImplementedError)


def unpack(path, folder, *, room, files=None):
    """Unpack the ordinary files of an archive.

    Parameters
    ----------
    path : pathlib.Path
        A zip archive or a tar archive, compressed or not.
    folder : pathlib.Path
        Where to; names that lead out of it are left out.
    room : int
        Most bytes altogether.
    files : int, optional
        Most files.

    Raises
    ------
    TooMuchError
        If there would be more; what came before is there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for number, (name, opened) in enumerate(_members(path)):
        if files is not None and number >= files:
            raise TooMuchError(f"it has more than {files} files")
        inside = PurePosixPath(name.replace("\\", "/"))
        if inside.is_absolute() or ".." in inside.parts or "\0" in name:
            continue
        target = folder / inside
        with contextlib.closing(opened()) as source:
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("wb") as copy:
                while chunk := source.read(CHUNK):
                    room -= len(chunk)
                    if room < 0:
                        raise TooMuchError("it would take too much room")
                    copy.write(chunk)


def _members(path):
    """Yield ``(name, how to open it)`` of each ordinary file in an archive."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            for one in archive.infolist():
                if not one.is_dir() and not stat.S_ISLNK(one.external_attr >> 16):
                    yield one.filename, lambda one=one: archive.open(one)
    else:
        with tarfile.open(path) as archive:
            for one in archive:
                if one.isfile():
                    yield one.name, lambda one=one: archive.extractfile(one)


def _stem(path):
    return path.stem.removesuffix(".tar")
