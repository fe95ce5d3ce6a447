"""What a change to a chapter costs: the chapter is executed again, and no other."""

import yaml
from conftest import ROOT, run

CHAPTER = """\
---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  display_name: Python 3
  language: python
  name: python3
---
# {name}

```{{code-cell}} ipython3
from pathlib import Path

with Path({log!r}).open("a") as log:
    log.write("{name} ")
```
"""


def test_a_change_in_one_chapter_executes_that_chapter_only(tmp_path):
    log = tmp_path / "log.txt"
    book = tmp_path / "book"
    book.mkdir()
    settings = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))
    config = {"title": "Two pages", "execute": settings["execute"], "only_build_toc_files": True}
    (book / "_config.yml").write_text(yaml.safe_dump(config))
    (book / "_toc.yml").write_text("format: jb-book\nroot: one\nchapters:\n  - file: two\n")
    for name in ("one", "two"):
        (book / f"{name}.md").write_text(CHAPTER.format(name=name, log=str(log)))
    run("jupyter-book", "build", book)
    assert sorted(log.read_text().split()) == ["one", "two"]

    log.write_text("")
    changed = book / "two.md"
    changed.write_text(changed.read_text().replace("log.write", "1 + 1\n    log.write"))
    run("jupyter-book", "build", book)
    assert log.read_text().split() == ["two"]
