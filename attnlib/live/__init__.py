"""Live figures: small widgets that compute in the page, on a static site and in JupyterLab alike.

To add a figure called *Name*:

1. `name.py`: ``class Name(LiveFigure, script="name")`` with its state as traits, each tagged ``sync=True``
   and validated (`Vector` and `Matrix` take what NumPy takes). What Python knows already, such as the
   matrices of `attnlib.byhand`, is the default of a trait and is not typed again in JavaScript. `picture`
   draws the first state with `attnlib.plots`, for a page without JavaScript, and `description` says in a
   sentence or two what there is to see; it is the picture's alternative text. Traits that are large, as the
   weights of a model are, stand in ``beside``: a page reads them only when somebody looks.
2. `js/figures/name.js`: a script that exports ``compute(state)``, which turns the traits into the numbers
   shown and touches no page, and ``render({ model, el })``. It imports what it uses from `js/kit/`: one
   softmax, one slider, one grid for the keyboard, one Transformer. A page carries a script of the kit only
   if a figure on it imports that, and then once; what a second figure needs as well belongs there.
3. `js/figures/name.css`, where the kit's rules aren't enough. Colours are variables such as ``--live-blue``
   and ``--live-ink``, which come from `attnlib.plots.PALETTE` and follow the page into the dark; inside
   ``class="live-night"`` they are always those of the dark.
4. Export the class below, put ``from attnlib.live import Name; Name()`` into a cell of the chapter (caption
   and name go into its ``mystnb: figure:``), and write `tests/live_name.py` with its states.

The scripts are ES modules, and what a figure imports is joined into one text (`attnlib.live.scripts`): a
module that anywidget loads, or a classic script for all figures of a page, because browsers import nothing
from ``file://``.
"""

from attnlib.live.bugs import Bugs
from attnlib.live.byhand import ByHand
from attnlib.live.captions import Captions
from attnlib.live.descent import Descent
from attnlib.live.detector import Detector
from attnlib.live.figure import LiveFigure
from attnlib.live.framed import Framed
from attnlib.live.gpt import GPT
from attnlib.live.heads import Heads
from attnlib.live.hops import Hops
from attnlib.live.induction import Induction
from attnlib.live.masked import Masked
from attnlib.live.masks import Masks
from attnlib.live.online import Online
from attnlib.live.order import Order
from attnlib.live.race import Race
from attnlib.live.scaling import Scaling
from attnlib.live.similarity import Similarity
from attnlib.live.softmax import Softmax
from attnlib.live.speech import Speech
from attnlib.live.split import Split
from attnlib.live.spotlight import Spotlight
from attnlib.live.translator import Translator

__all__ = [
    "GPT",
    "Bugs",
    "ByHand",
    "Captions",
    "Descent",
    "Detector",
    "Framed",
    "Heads",
    "Hops",
    "Induction",
    "LiveFigure",
    "Masked",
    "Masks",
    "Online",
    "Order",
    "Race",
    "Scaling",
    "Similarity",
    "Softmax",
    "Speech",
    "Split",
    "Spotlight",
    "Translator",
]

#: Every figure, in the order of the chapters.
FIGURES = (
    Spotlight,
    Similarity,
    Scaling,
    Softmax,
    ByHand,
    Masks,
    Split,
    Heads,
    Descent,
    Order,
    GPT,
    Translator,
    Masked,
    Speech,
    Hops,
    Framed,
    Detector,
    Captions,
    Race,
    Online,
    Induction,
    Bugs,
)
