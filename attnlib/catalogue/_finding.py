"""Find exercises by their files."""

import importlib
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path

from attnlib.exercise import Exercise


class Catalogue(Mapping[str, Exercise]):
    """The exercises of a package of topics, by name and in the order of the course.

    Parameters
    ----------
    package : str
        The package with a subpackage for each topic, such as ``attnlib.catalogue``.
    folders : iterable of path-like
        Where its files are: the package's ``__path__``.
    order : mapping of str to sequence of str
        The names of each topic's exercises as the course asks them, topic by topic. What isn't listed comes
        last, by the alphabet.

    Raises
    ------
    ValueError
        When names are asked for: if two topics have a file of the same name. When an exercise is asked for:
        if its file declares none, or one with another name. The text names the files.

    Notes
    -----
    Only file names are read until an exercise is asked for, and then its file alone. A file or folder whose
    name begins with an underscore is none.
    """

    def __init__(self, package, folders, order):
        self._package = package
        self._folders = [Path(folder) for folder in folders]
        self._order = order

    def __getitem__(self, name: str) -> Exercise:
        file = self._files[name]
        exercise = getattr(
            importlib.import_module(f"{self._package}.{file.parent.name}.{name}"), "EXERCISE", None
        )
        if not isinstance(exercise, Exercise):
            raise ValueError(
                f"{file} declares no exercise: it must have EXERCISE = Exercise(name={name!r}, ...)"
            )
        if exercise.name != name:
            raise ValueError(
                f"{file} declares the exercise {exercise.name!r}: it must be called as its file, {name!r}"
            )
        return exercise

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)

    def __contains__(self, name: object) -> bool:
        return name in self._files

    def topic_of(self, name: str) -> str:
        """Return the topic that an exercise belongs to, which is the name of its folder.

        Raises
        ------
        KeyError
            If there is no such exercise.
        """
        return self._files[name].parent.name

    def file_of(self, name: str) -> Path:
        """Return the file that declares an exercise.

        Raises
        ------
        KeyError
            If there is no such exercise.
        """
        return self._files[name]

    @cached_property
    def _files(self) -> dict[str, Path]:
        found: dict[str, Path] = {}
        for folder in self._folders:
            for file in sorted(folder.glob("[!_]*/[!_]*.py"), key=self._place):
                if file.stem in found:
                    raise ValueError(
                        f"two exercises are called {file.stem!r}: {found[file.stem]} and {file}"
                    )
                found[file.stem] = file
        return found

    def _place(self, file):
        topic, name = file.parent.name, file.stem
        topics, names = list(self._order), list(self._order.get(topic, ()))
        return (
            (topics.index(topic) if topic in topics else len(topics), topic),
            (names.index(name) if name in names else len(names), name),
        )
