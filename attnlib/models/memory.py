"""A memory network: a question that looks among facts, and looks again for what it found."""

import math

import numpy as np

from attnlib._arrays import require_count
from attnlib.autodiff import value_of
from attnlib.layers import attend, cross_entropy, embedding, linear, watching


def memory_params(rng, *, n_words, d_model, n_hops):
    """Draw the parameters that a memory network begins with.

    Parameters
    ----------
    rng : numpy.random.Generator
        The source of randomness.
    n_words : int
        The size of the vocabulary; word 0 is padding.
    d_model : int
        The feature size of a fact and of a question.
    n_hops : int
        How often the question looks among the facts.

    Returns
    -------
    dict of str to ndarray of float32
        ``question`` and ``keys``, the tables in which the words of a question and of a fact are looked up;
        for each hop ``hop0.values``, the table of what is read, and ``hop0.w``, what becomes of the
        question; ``out.w`` and ``out.b``.

    Raises
    ------
    TypeError
        If a size isn't an integer.
    ValueError
        If a size is less than 1.
    """
    for name, size in {"n_words": n_words, "d_model": d_model, "n_hops": n_hops}.items():
        require_count(name, size, 1)

    def table():
        return 0.2 * rng.standard_normal((n_words, d_model))

    def matrix(d_out):
        return rng.uniform(-1, 1, (d_model, d_out)) * math.sqrt(6 / (d_model + d_out))

    params = {"question": table(), "keys": table()}
    for i in range(n_hops):
        params |= {f"hop{i}.values": table(), f"hop{i}.w": matrix(d_model)}
    params |= {"out.w": matrix(n_words), "out.b": np.zeros(n_words)}
    return {name: value.astype(np.float32) for name, value in params.items()}


def bag(table, ids):
    """Return the sum of the words of each text, in any order: its bag of words.

    Parameters
    ----------
    table : array of float, shape (n_words, d_model)
        A row for each word.
    ids : array_like of int, shape (..., T)
        The words' numbers; 0 is padding and counts nothing.

    Returns
    -------
    array of float, shape (..., d_model)
        A vector for each text.

    Examples
    --------
    >>> bag(np.array([[9.0, 9.0], [1.0, 2.0], [10.0, 20.0]]), [[1, 2, 0], [1, 1, 2]])
    array([[11., 22.],
           [12., 24.]])
    """
    ids = np.asarray(ids)
    present = (ids != 0)[..., None].astype(value_of(table).dtype)
    return (embedding(table, ids) * present).sum(axis=-2)


def memory_network(params, facts, question):
    r"""Return a score for each word that may be the answer to a question about facts.

    .. math::

        p_h &= \mathrm{softmax}(u_h M^\top / \sqrt d) \\
        u_{h+1} &= u_h W_h + p_h C_h

    with u the question, M the facts as keys and C_h the facts as the values of hop h.

    Parameters
    ----------
    params : dict of str to array of float
        The parameters, as from `memory_params`: as many hops as they have.
    facts : array_like of int, shape (..., n_facts, T)
        The words of each fact, 0 where there is none. A fact without any word is never looked at.
    question : array_like of int, shape (..., T_q)
        The words of the question.

    Returns
    -------
    array of float, shape (..., n_words)
        The logits.

    Raises
    ------
    TypeError
        If the words aren't integers.
    ValueError
        If there is no hop, a word is outside the vocabulary, or a story has no fact.

    Notes
    -----
    One hop reads the facts that share words with the question. What it read is added to the question, so
    that the next hop can look for words that the question never had: from the letter to who has it, and
    from there to where they are.

    References
    ----------
    Sukhbaatar et al., "End-to-end memory networks", 2015, sections 2.1 and 2.2, with the keys of all hops
    in one table, and scores divided by the root of d as everywhere in this course.

    Examples
    --------
    >>> params = memory_params(np.random.default_rng(0), n_words=13, d_model=8, n_hops=2)
    >>> memory_network(params, [[[1, 2, 3], [4, 5, 0]]], [[7, 1]]).shape
    (1, 13)
    """
    n_hops = count_hops(params)
    facts = np.asarray(facts)
    present = (facts != 0).any(axis=-1)
    if not present.any(axis=-1).all():
        raise ValueError("facts must hold at least one fact for each question")
    u, keys = bag(params["question"], question), bag(params["keys"], facts)
    d_model = u.shape[-1]
    for i in range(n_hops):
        query = u.reshape(*u.shape[:-1], 1, d_model)
        read = attend(query, keys, bag(params[f"hop{i}.values"], facts), mask=present[..., None, :])
        u = linear(u, params[f"hop{i}.w"]) + read.reshape(*u.shape)
    return linear(u, params["out.w"], params["out.b"])


def hops(params, facts, question):
    """Return where a memory network looks at each hop.

    Parameters
    ----------
    params, facts, question
        As in `memory_network`.

    Returns
    -------
    ndarray of float, shape (n_hops, ..., n_facts)
        The weights on the facts.

    Examples
    --------
    >>> params = memory_params(np.random.default_rng(0), n_words=13, d_model=8, n_hops=2)
    >>> hops(params, [[1, 2, 3], [4, 5, 0], [0, 0, 0]], [7, 1])[:, 2]
    array([0., 0.], dtype=float32)
    """
    with watching() as seen:
        memory_network(params, facts, question)
    return np.stack([weights[..., 0, 0, :] for weights in seen])


def answer_loss(params, facts, question, answers):
    """Return the mean surprise at the answers, in nats.

    Parameters
    ----------
    params, facts, question
        As in `memory_network`.
    answers : array_like of int, shape (...)
        The words that answer.

    Returns
    -------
    array of float, shape ()
        In nats a question.
    """
    return cross_entropy(memory_network(params, facts, question), answers)


def count_hops(params):
    """Return how many hops parameters have; ValueError for those of another model."""
    n_hops = sum(name.startswith("hop") and name.endswith(".values") for name in params)
    needed = {"question", "keys", "out.w", "out.b", "hop0.values", "hop0.w"}
    missing = sorted(needed - set(params))
    if missing:
        raise ValueError(f"params must be those of a memory network: {missing[0]!r} is missing")
    return n_hops
