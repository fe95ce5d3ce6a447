"""The shipped weights give what was recorded of them, and training begins as it did."""

import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from conftest import ROOT

import attnlib.trained
from attnlib.data import park as sentences
from attnlib.models.transformer import gpt
from attnlib.trained import load, names, park
from attnlib.trained.catalogue import EXPERIMENTS
from attnlib.trained.experiment import require_fitting

FOLDER = Path(attnlib.trained.__file__).parent
SUMS = 2e-3  # the last bits of sums differ between processors
DRAWS = 3e-2  # and may then turn a draw or a guess
LIMITS = {  # what the weights may take, in bytes
    "a head, positions, and two GPTs": 450_000,
    "questions, retrieval, summaries, speech": 500_000,
    "translators, BERT beside its causal twin, T5": 600_000,
    "three detectors": 450_000,
    "captions, looked for in five ways": 450_000,
    "digits and framed digits": 350_000,
    "induction heads, judges of notices": 180_000,
}


def close(actual, recorded, name):
    assert actual.keys() == recorded.keys(), name
    for key, value in recorded.items():
        allowed = SUMS if key.startswith(("nats", "weight")) else DRAWS
        assert actual[key] == pytest.approx(value, abs=allowed), f"{name}: {key}"


def test_every_experiment_has_weights_and_a_record():
    assert set(names()) == set(EXPERIMENTS)
    assert {path.stem for path in FOLDER.glob("*.npz")} == set(EXPERIMENTS)


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_shipped_weights_reach_what_was_recorded(name):
    experiment = EXPERIMENTS[name]
    params, record = load(name, experiment)
    close(experiment.evaluate(params), record["results"], name)
    assert sum(value.size for value in params.values()) == record["n_params"]
    assert record["steps"] == experiment.steps
    assert len(record["curve"]) == 100


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_training_begins_as_recorded(name):
    record = load(name).record
    again = EXPERIMENTS[name].train(seed=record["seed"], steps=len(record["first_losses"]))
    np.testing.assert_allclose(again.losses, record["first_losses"], rtol=2e-3)
    assert np.mean(record["curve"][:1]) > record["curve"][-1]


BASELINES = [
    "witches",
    "park",
    "macbeth",
    "castle-two-hops",
    "archive-mean",
    "reports-copy",
    "translation-dot",
    "bert-both",
    "t5",
    "detr-matched",
    "captions-soft",
    "digits",
    "framed",
    "induction-two",
    "notices-read",
]


@pytest.mark.parametrize("name", BASELINES)
def test_baselines_are_as_recorded(name):
    close(EXPERIMENTS[name].baselines(), load(name).record["baselines"], name)


def test_the_park_gpt_is_between_its_floor_and_counting():
    record = load("park").record
    nats, floor = record["results"]["nats"], record["baselines"]["nats of the generator"]
    assert floor < nats < floor + 0.015
    assert record["baselines"]["nats of a 5-gram"] > 0.6
    assert record["results"]["last_word"] > 0.95
    assert record["results"]["consistent"] > 0.95


def test_counting_beats_the_macbeth_gpt():
    record = load("macbeth").record
    nats = {n: record["baselines"][f"nats of a {n}-gram"] for n in range(1, 6)}
    assert min(nats, key=nats.get) == 4
    assert nats[4] < record["results"]["nats"] < nats[2]


def test_only_some_positions_carry_beyond_the_trained_length():
    results = {
        name.removeprefix("copying-"): load(name).record["results"]
        for name in names()
        if name.startswith("copying-")
    }
    right = {positions: result["right of 64"] for positions, result in results.items()}
    assert right["rotary"] > 0.98
    assert 0.5 < right["relative"] < 0.75
    assert all(right[positions] < 0.5 for positions in ("learned", "sinusoidal", "alibi", "none"))
    trained = {positions: result["right of 16"] for positions, result in results.items()}
    assert all(trained[kind] > 0.99 for kind in ("learned", "sinusoidal", "rotary", "relative"))
    assert all(trained[kind] < 0.5 for kind in ("alibi", "none"))


def test_the_head_finds_the_witches_in_the_play_and_in_other_scenes():
    results = load("witches").record["results"]
    assert min(results.values()) > 0.98


def test_held_out_sentences_are_new_and_all_sentences_consistent():
    training, held_out = park.data()
    assert not set(training) & set(held_out)
    assert len(held_out) > 300
    for text in [*training[:100], *held_out]:
        assert sentences.consistent(text.removeprefix(f"{sentences.START} "))


def test_the_floor_is_the_entropy_of_sentences_that_are_all_equally_likely():
    rng = np.random.default_rng(0)
    drawn = [sentences.sentence(rng) for _ in range(60_000)]
    kinds = len(set(drawn))
    n = sentences.N_SENTENCES
    assert n == 11520 == round(np.exp(sentences.ENTROPY))
    assert kinds == pytest.approx(n * (1 - np.exp(-len(drawn) / n)), rel=0.01)


def test_weights_are_small():
    sizes = {
        path.name: path.stat().st_size for path in FOLDER.iterdir() if path.suffix in (".npz", ".json")
    }
    assert sum(sizes.values()) < sum(LIMITS.values()), sizes
    assert (FOLDER / "trained.json").read_text("utf-8").count("\n") == len(EXPERIMENTS) + 2
    json.loads((FOLDER / "trained.json").read_text("utf-8"))


def test_weights_of_another_model_are_refused():
    with pytest.raises(ValueError, match=r"name must be one of archive-attention, .*, got 'parc'"):
        load("parc")
    other = re.escape("params must be those of this model: expected (61, 48) as 'tokens'")
    macbeth = load("macbeth").params
    del macbeth["block0.self.w_q"], macbeth["positions"]
    with pytest.raises(ValueError, match=r"expected \(48, 48\) as 'block0.self.w_q', got nothing"):
        require_fitting(macbeth, park.EXPERIMENT)
    wrong = load("park").params | {"tokens": np.zeros((60, 48))}
    with pytest.raises(ValueError, match=other):
        require_fitting(wrong, park.EXPERIMENT)
    with pytest.raises(ValueError, match="ids must be in the vocabulary"):
        gpt(load("macbeth").params, [60], n_heads=4)


def test_train_names_the_models_it_knows():
    command = [sys.executable, ROOT / "tools" / "train.py", "parc"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "there is no model called parc" in done.stderr
    assert "usage: train.py" in done.stderr
