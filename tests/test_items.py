"""Difficulty and discrimination are the textbook's, and missing where they would say nothing."""

import math

import pytest
from classroom import ASSIGNMENT, CELLS, Pupil, class_of, make_class
from conftest import ROOT

from grader.course import require_assignment
from grader.results.items import FEWEST, item_statistics
from grader.results.summary import summarise

CLASS = range(11)


@pytest.fixture(autouse=True)
def in_project(monkeypatch):
    monkeypatch.chdir(ROOT)


def test_difficulty_is_the_mean_share_of_the_points():
    items = item_statistics({"q": {"anna": 3, "bert": 1, "cleo": 2}}, {"q": 5})
    assert items["q"].difficulty == pytest.approx(0.4)


def test_discrimination_is_the_correlation_with_the_others_worked_by_hand():
    got = [1] * 5 + [0] * 5
    others = [4, 3, 4, 2, 2, 1, 2, 0, 1, 1]
    # means 0.5 and 2; products of the deviations 0.5 (15 - 10) + 0.5 (10 - 5) = 5; squares 2.5 and 16
    items = item_statistics({"q": dict(enumerate(got)), "r": dict(enumerate(others))}, {"q": 1, "r": 4})
    assert items["q"].discrimination == pytest.approx(5 / math.sqrt(2.5 * 16))


def test_question_is_not_correlated_with_itself():
    alternating = {i: i % 2 for i in CLASS}
    steps = {i: i // 2 % 2 for i in CLASS}
    items = item_statistics({"q": alternating, "r": steps}, {"q": 1, "r": 1})
    assert abs(items["q"].discrimination) < 0.2


def test_question_that_only_the_weak_get_right_is_negative():
    strong = {i: i for i in CLASS}
    items = item_statistics({"q": {i: 10 - i for i in CLASS}, "r": strong}, {"q": 10, "r": 10})
    assert items["q"].discrimination == pytest.approx(-1)


@pytest.mark.parametrize(
    ("scores", "difficulty"),
    [
        ({"q": {i: i for i in range(FEWEST - 1)}, "r": {i: i for i in range(FEWEST - 1)}}, 0.4),
        ({"q": dict.fromkeys(CLASS, 5), "r": {i: i for i in CLASS}}, 0.5),
        ({"q": {i: i for i in CLASS}, "r": dict.fromkeys(CLASS, 1)}, 0.5),
        ({"q": {i: i for i in CLASS}}, 0.5),
        ({"q": {}, "r": {i: i for i in CLASS}}, None),
    ],
    ids=["small class", "all alike here", "all alike elsewhere", "only question", "nobody marked"],
)
def test_discrimination_is_none_where_it_would_say_nothing(scores, difficulty):
    item = item_statistics(scores, {"q": 10, "r": 10})["q"]
    assert item.difficulty == pytest.approx(difficulty)
    assert item.discrimination is None


def test_question_that_waits_for_somebody_is_left_out_of_the_others():
    scores = {"q": {i: i % 3 for i in CLASS}, "r": {i: i % 2 for i in CLASS}}
    alone = item_statistics(scores, {"q": 2, "r": 1})["q"]
    waiting = scores | {"essay": {i: i for i in CLASS if i != 3}}
    items = item_statistics(waiting, {"q": 2, "r": 1, "essay": 10})
    assert items["q"] == alone
    assert items["essay"].difficulty == pytest.approx(0.52)


def test_question_without_points_has_neither():
    scores = {"q": dict.fromkeys(CLASS, 0), "r": {i: i for i in CLASS}}
    item = item_statistics(scores, {"q": 0, "r": 10})["q"]
    assert (item.difficulty, item.discrimination) == (None, None)


def test_points_of_a_class_lead_to_the_statistics(tmp_path):
    weak = {"softmax": "wrong axis", "entropy": "bits"}
    pupils = {f"s{i:02}": Pupil(shows=weak if i < 4 else {}, by_hand=float(i % 4)) for i in range(12)}
    pupils["late"] = Pupil(late=3.0)
    questions = summarise(class_of(make_class(tmp_path, pupils)), require_assignment(ASSIGNMENT)).questions
    items = {question.name: question.item for question in questions}
    assert len(CELLS) > len(items)
    assert items["softmax"].difficulty == pytest.approx(9 / 13)
    assert items["softmax"].discrimination > 0.5
    assert items["softmax_jacobian"].difficulty == 1
    assert items["softmax_jacobian"].discrimination is None
