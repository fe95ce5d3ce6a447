"""Write a worksheet of attention by hand and its key, as PDFs to print on A4 paper.

Without --seed it is the worked example of the book; each seed gives another example with its own key.
"""

import argparse
import sys
from pathlib import Path

from attnlib.worksheet import write_worksheet


def main(arguments=None):
    """Run the command; return its exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=_seed, metavar="N", help="draw example N, a whole number from 0")
    parser.add_argument(
        "--output", type=Path, metavar="DIR", default=Path(), help="where to write (default: here)"
    )
    options = parser.parse_args(arguments)
    try:
        written = write_worksheet(options.output, seed=options.seed)
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
