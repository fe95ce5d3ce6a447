import re

import numpy as np
import pytest

from attnlib.byhand import MACBETH
from attnlib.data import park
from attnlib.data.copying import copy_batch
from attnlib.data.play import play, split_play
from attnlib.data.vocabulary import Vocabulary
from attnlib.data.witches import cast, scenes

SPEAKER = re.compile(r"[A-Z ]+\.")


def test_same_seed_same_data():
    for draw in (park.sentence, lambda rng: copy_batch(rng, 3, 7), lambda rng: scenes(rng, 5)):
        first, again, other = (draw(np.random.default_rng(seed)) for seed in (0, 0, 1))
        assert str(first) == str(again) != str(other)


def test_a_sentence_names_two_people_and_two_places_and_ends_with_one_of_them():
    rng = np.random.default_rng(0)
    ends = []
    for _ in range(300):
        text = park.sentence(rng)
        wishes, deed = text.split(" so ")
        named = [place for place in park.PLACES if f"the {place}" in wishes]
        assert len(named) == 2
        assert sum(re.search(rf"\b{who} like", wishes) is not None for who in park.PEOPLE) == 2
        ends.append(wishes.startswith(f"{deed.split()[0]} "))
        assert park.consistent(text)
    assert 0.4 < np.mean(ends) < 0.6  # the one who acts is named first half of the time


def test_a_sentence_that_ends_with_the_other_place_is_not_consistent():
    beginning = "tom likes to go to the park and we like to go to the station today so"
    assert park.consistent(f"{beginning} tom plays football .")
    assert park.consistent(f"{beginning} we play trains .")
    assert not park.consistent(f"{beginning} tom plays trains .")
    assert not park.consistent(f"{beginning} we plays trains .")
    assert not park.consistent(f"{beginning} anna plays trains .")
    assert not park.consistent("tom tom")


def test_the_vocabulary_of_the_park_holds_every_sentence():
    vocabulary = park.vocabulary()
    rng = np.random.default_rng(0)
    used = set()
    for _ in range(2000):
        ids = vocabulary.encode(park.sentence(rng))
        used |= set(ids.tolist())
    assert len(used) == len(vocabulary) - 2
    assert vocabulary.words[:2] == (park.PADDING, park.START)


def test_encode_and_decode_are_inverse():
    words = Vocabulary.of_words(["the park the sea", "a park"])
    for text in ("the sea", "a a park", ""):
        assert words.decode(words.encode(text)) == text
    characters = Vocabulary.of_characters("double, double")
    assert characters.decode(characters.encode("blue, ode")) == "blue, ode"


def test_padding_fills_and_is_marked():
    vocabulary = Vocabulary(["<padding>", "a", "b"])
    ids, keep = vocabulary.pad(["a b", "b", "b a a"], "<padding>")
    np.testing.assert_array_equal(ids, [[1, 2, 0], [2, 0, 0], [2, 1, 1]])
    np.testing.assert_array_equal(keep, [[1, 1, 0], [1, 0, 0], [1, 1, 1]])


def test_what_is_not_in_the_vocabulary_is_named():
    vocabulary = park.vocabulary()
    with pytest.raises(ValueError, match=re.escape("not in it are ['cat', 'hat']")):
        vocabulary.encode("the cat and the hat and cat")
    with pytest.raises(ValueError, match=r"not in it are \[''\]"):
        vocabulary.encode("the  park")
    with pytest.raises(ValueError, match="ids must be in the vocabulary: expected 0 to 60, got -1 to 61"):
        vocabulary.decode([-1, 61])
    with pytest.raises(ValueError, match="one comes twice"):
        Vocabulary("aba")


@pytest.mark.parametrize("back", [1, 3])
def test_copying_asks_for_the_word_some_places_back(back):
    ids, targets, keep = copy_batch(np.random.default_rng(0), 5, 11, n_words=7, back=back)
    for row, place in np.ndindex(5, 11):
        assert keep[row, place] == (place >= back)
        if place >= back:
            assert targets[row, place] == ids[row, place - back]
    assert ids.max() < 7


def test_the_witches_alone_both_tempt_and_are_uncanny():
    for x, witches in (scenes(np.random.default_rng(0), 500), cast()):
        tempts, uncanny = (MACBETH.features.index(name) for name in ("tempts", "uncanny"))
        np.testing.assert_array_equal(
            x[..., tempts] * x[..., uncanny], np.arange(x.shape[1]) == witches[:, None]
        )
        assert set(np.unique(x)) == {0, 1}
        assert x.any(axis=-1).all()
        assert x[..., tempts].sum() > len(x) or len(x) == 1  # others tempt as well


def test_the_play_is_clean_text_in_speeches():
    text = play()
    assert set(text) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ \n.,;:!?'\"-")
    for speech in text.strip().split("\n\n"):
        speaker, *lines = speech.split("\n")
        assert SPEAKER.fullmatch(speaker), speaker
        assert lines
        assert all(line == line.strip() and line and "  " not in line for line in lines), speech
    assert text.count('"') % 2 == 0


def test_the_held_out_speeches_are_not_in_the_training_text():
    training, held_out = (text.strip().split("\n\n") for text in split_play())
    whole = play().strip().split("\n\n")
    assert len(training) + len(held_out) == len(whole)
    assert whole[5::10] == held_out
    assert [speech for i, speech in enumerate(whole) if i % 10 != 5] == training
