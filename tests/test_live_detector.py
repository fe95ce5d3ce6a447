"""The detector's figure refuses what it can't show, and says what it found."""

import pytest
from traitlets import TraitError

from attnlib.live import Detector
from attnlib.live.detector import SCENES, WAYS


@pytest.mark.parametrize(
    ("trait", "value"),
    [
        ("kinds", [0, 1, 3]),
        ("kinds", []),
        ("boxes", [[3, 10, 7, 6]]),
        ("boxes", [[10, 10, 7]]),
        ("shades", [0.5, 1.5, 0.5]),
        ("query", 8),
        ("query", -1),
        ("way", "by heart"),
        ("side", 24),
    ],
)
def test_impossible_state_is_refused_and_the_old_one_kept(trait, value):
    shown = Detector()
    before = shown.state()
    with pytest.raises(TraitError):
        setattr(shown, trait, value)
    assert shown.state() == before


def test_the_first_scene_is_found_whole_and_the_description_says_so():
    shown = Detector()
    assert sorted(said.kind for said in shown.spoken()) == [0, 1, 2]
    assert shown.query == shown.spoken()[0].query
    says = shown.description()
    assert all(f"(query {said.query})" in says for said in shown.spoken())


def test_each_way_says_something_else_of_a_scene():
    boxes = [Detector("touching", way=way).found()[0].boxes.round(3).tolist() for way in WAYS]
    assert all(one != other for i, one in enumerate(boxes) for other in boxes[:i])


def test_a_picture_has_a_frame_and_a_name_for_each_answer():
    for scene in SCENES:
        shown = Detector(scene)
        assert len(shown.picture().texts) == len(shown.spoken())
