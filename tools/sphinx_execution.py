"""Sphinx extension: pages that are to be executed are executed side by side, before any of them is read.

MyST-NB executes a page when it reads it, so one waits for another. What it executed it keeps in a cache;
jupyter-cache's own executor fills that cache here with a process for each core. A page that fails is left
to MyST-NB, which executes it again and says what is wrong in the place where it always does; and so is one
whose result was lost because two processes wrote to the cache at once.
"""

import logging
from pathlib import Path

from jupyter_cache import get_cache
from jupyter_cache.executors import load_executor
from myst_nb.core.read import is_myst_markdown_notebook

READER = {"type": "plugin", "name": "myst_nb_md"}

logger = logging.getLogger(__name__)
logger.setLevel(logging.INFO)  # at this level the executor tells which page is being executed


def fill_cache(app, env, docnames):
    """Execute those of the pages about to be read that the cache doesn't hold, several at a time."""
    config = env.mystnb_config
    if config.execution_mode != "cache":
        return
    pages = [str(env.doc2path(name)) for name in docnames]
    pages = [page for page in pages if page.endswith(".md") and _is_executed(page)]
    if len(pages) < 2:
        return
    cache = get_cache(config.execution_cache_path)
    for page in pages:
        cache.add_nb_to_project(page, read_data=READER)
    executor = load_executor("local-parallel", cache, logger=logger)
    executor.run_and_cache(filter_uris=pages, timeout=config.execution_timeout)


def _is_executed(page):
    with Path(page).open(encoding="utf-8") as lines:
        return is_myst_markdown_notebook(lines)


def setup(app):
    """Execute before pages are read, with the kernels configured when the builder was made."""
    app.connect("env-before-read-docs", fill_cache)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
