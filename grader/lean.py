"""Leave out what nbgrader and jsonschema import for other purposes than grading.

nbgrader imports its pages for JupyterLab whatever is asked of it, and with them a web server; of setuptools
it takes three functions. jsonschema imports each package that knows a format, such as durations and
colours, of which notebooks have none. And none of what is imported is garbage to look for.
"""

import contextlib
import gc
import importlib
import sys
from types import ModuleType

PAGES = ("assignment_list", "course_list", "validate_assignment", "formgrader")
ARCHIVES = "setuptools.archive_util"
FORMATS = ("fqdn", "isoduration", "rfc3339_validator", "rfc3987_syntax", "uri_template", "webcolors")


@contextlib.contextmanager
def lean():
    """Import nbgrader and nbformat in this block; after it, what was left out can be imported as ever."""
    stands_in = {}
    for name in PAGES:
        page = ModuleType(f"nbgrader.server_extensions.{name}")
        page.load_jupyter_server_extension = None
        stands_in[page.__name__] = page
    archives = ModuleType(ARCHIVES)
    for name in ("unpack_archive", "unpack_tarfile", "unpack_zipfile"):
        setattr(archives, name, _when_called(ARCHIVES, name))
    stands_in[ARCHIVES] = archives
    stands_in |= dict.fromkeys(FORMATS)  # None: there is no such module
    stands_in = {name: module for name, module in stands_in.items() if name not in sys.modules}
    sys.modules |= stands_in
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        for name in stands_in:
            del sys.modules[name]


def _when_called(module, name):
    def call(*args, **options):
        return getattr(importlib.import_module(module), name)(*args, **options)

    return call
