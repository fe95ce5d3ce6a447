"""Write worksheets to be worked by hand and their keys, as PDFs to print on A4 paper.

Without --seed they are the worked examples of the book; each seed gives others with their own keys.
"""

import argparse
import sys
from pathlib import Path

from attnlib.worksheets import names, write_worksheet


def main(arguments=None):
    """Run the command; return its exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "sheets", nargs="*", metavar="SHEET", help=f"which: {', '.join(names())} (default: all)"
    )
    parser.add_argument("--seed", type=_seed, metavar="N", help="draw example N, a whole number from 0")
    parser.add_argument(
        "--output", type=Path, metavar="DIR", default=Path(), help="where to write (default: here)"
    )
    options = parser.parse_args(arguments)
    if unknown := set(options.sheets) - set(names()):
        parser.error(f"there is no sheet {min(unknown)!r}: choose from {', '.join(names())}")
    try:
        written = [
            path
            for name in options.sheets or names()
            for path in write_worksheet(options.output, name, seed=options.seed)
        ]
    except OSError as error:
        print(f"worksheet: can't write to {options.output}: {error.strerror}", file=sys.stderr)
        return 1
    for path in written:
        print(path)
    return 0


def _seed(text):
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"expected a whole number from 0, got {text!r}")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
