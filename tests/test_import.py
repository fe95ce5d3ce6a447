import subprocess
import sys


def test_import_attnlib_brings_numpy_and_nothing_heavier():
    program = (
        "import sys; import numpy; before = set(sys.modules); import attnlib; "
        "print(*sorted({name.split('.')[0] for name in set(sys.modules) - before}))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    brought = {name for name in done.stdout.split() if name not in sys.stdlib_module_names}
    assert brought == {"attnlib"}


def test_every_exported_name_exists_and_hides_no_module():
    program = (
        "import attnlib, pkgutil; "
        "modules = {m.name for m in pkgutil.iter_modules(attnlib.__path__)}; "
        "assert all(hasattr(attnlib, name) for name in attnlib.__all__); "
        "assert attnlib.__all__ == sorted(attnlib.__all__); "
        "print(*sorted(n for n in modules & set(attnlib.__all__) if callable(getattr(attnlib, n))))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
