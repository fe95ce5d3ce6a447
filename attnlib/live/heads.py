"""The sentence of chapter 8: two heads that look at the same words and see different things."""

import matplotlib.pyplot as plt
import numpy as np
import traitlets

from attnlib import plots
from attnlib.heads import MultiHeadAttention
from attnlib.live.figure import LiveFigure, Matrix

SENTENCE = ("The", "ghost", "of", "Banquo", "haunts", "Macbeth")
KINDS = (0, 1, 0, 1, 2, 1)  # small words, nouns, a verb
QUESTIONS = ("the word before", "its own kind")


def two_questions(kinds, strength=12.0):
    """Return two heads, the first for the previous token and the second for tokens of one kind.

    Parameters
    ----------
    kinds : sequence of int, of length T
        The kind of each token.
    strength : float, default 12.0
        The larger, the surer the heads are.

    Returns
    -------
    layer : MultiHeadAttention
        The two heads, of size T.
    x : ndarray of float, shape (T, 2 * T)
        The tokens: T features for where they stand, and T for what kind they are.

    Examples
    --------
    >>> layer, x = two_questions([0, 1, 0])
    >>> _, weights = layer(x, return_weights=True)
    >>> weights[0].argmax(axis=-1)
    array([0, 0, 1])
    """
    t = len(kinds)
    x = np.hstack([np.eye(t), np.eye(t)[list(kinds)]])
    before = np.eye(t, k=-1)
    before[0, 0] = 1  # the first has nobody before it: itself
    nothing = np.zeros((t, t))
    w_q = strength * np.block([[before, nothing], [nothing, np.eye(t)]])
    identity = np.eye(2 * t)
    return MultiHeadAttention(w_q, identity, identity, identity, 2), x


class Heads(LiveFigure, script="heads"):
    """Two heads on one sentence: arcs above it for the first, below it for the second.

    Parameters
    ----------
    layer : MultiHeadAttention, optional
        One or two heads; by default those of `two_questions` for the sentence below.
    x : array_like of float, shape (T, d_model), optional
        Their tokens.
    **traits
        The traits below, by name.

    Attributes
    ----------
    tokens : list of str
        The words, from left to right.
    questions : list of str
        What each head asks for.
    x, w_q, w_k : list of list of float
        The tokens, and the matrices that make queries and keys of them; read-only.
    n_heads : {1, 2}
        Among how many heads the features are divided.
    query : int
        Who asks: a position in `tokens`.

    Examples
    --------
    >>> Heads(query=4).description()
    '“haunts” asks. Head 0, the word before: “Banquo” 0.96. Head 1, its own kind: “haunts” 0.96.'
    """

    tokens = traitlets.List(traitlets.Unicode(), SENTENCE, minlen=1).tag(sync=True)
    questions = traitlets.List(traitlets.Unicode(), QUESTIONS, minlen=2, maxlen=2).tag(sync=True)
    x = Matrix(read_only=True).tag(sync=True)
    w_q = Matrix(read_only=True).tag(sync=True)
    w_k = Matrix(read_only=True).tag(sync=True)
    n_heads = traitlets.Enum((1, 2), 2).tag(sync=True)
    query = traitlets.Int(3).tag(sync=True)

    def __init__(self, layer=None, x=None, **traits):
        if layer is None:
            layer, x = two_questions(KINDS)
        for name, matrix in (("x", x), ("w_q", layer.w_q), ("w_k", layer.w_k)):
            self.set_trait(name, matrix)
        super().__init__(**{"n_heads": layer.n_heads} | traits)

    @traitlets.validate("query")
    def _is_in_the_sentence(self, proposal):
        if not 0 <= proposal["value"] < len(self.tokens):
            last = len(self.tokens) - 1
            raise traitlets.TraitError(f"query must be 0 to {last}, got {proposal['value']}")
        return proposal["value"]

    def weights(self):
        """Return the attention weights, of shape (n_heads, T, T)."""
        identity = np.eye(len(self.w_k))[:, : len(self.w_q[0])]
        layer = MultiHeadAttention(self.w_q, self.w_k, identity, np.eye(identity.shape[1]), self.n_heads)
        return layer(np.array(self.x), return_weights=True)[1]

    def picture(self):
        """Draw the weights of who asks with `attnlib.plots.bars`, a panel for each head."""
        weights = self.weights()[:, self.query]
        with plots.style():
            size = (5.0, 0.9 + 0.4 * len(self.tokens))
            _, axes = plt.subplots(1, self.n_heads, figsize=size, squeeze=False)
            for h, ax in enumerate(axes[0]):
                plots.bars(weights[h], self.tokens, ax=ax)
                ax.set_title(f"head {h}:\n{self.questions[h]}" if self.n_heads == 2 else "one head")
                ax.set_xlim(0, 1.35)
            axes[0, 0].figure.suptitle(f"{self.tokens[self.query]} asks", weight="bold")
        return axes[0, 0]

    def description(self):
        """Say who asks, and whom each head attends to."""
        heads = []
        for h, weights in enumerate(self.weights()[:, self.query]):
            seen = [
                f"“{token}” {weight:.2f}"
                for token, weight in zip(self.tokens, weights, strict=True)
                if weight >= 0.05
            ]
            name = f"Head {h}, {self.questions[h]}" if self.n_heads == 2 else "One head"
            heads.append(f"{name}: {', '.join(seen)}.")
        return " ".join([f"“{self.tokens[self.query]}” asks.", *heads])
