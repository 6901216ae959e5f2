"""What a run is called where there is no room for all of it."""

import pytest

from core.runs.run import LONGEST_NAME, short_name


@pytest.mark.parametrize("parts", [["Digits", "learning rate 0.00125"], ["filters 16", "seed 3"]])
@pytest.mark.parametrize("between", [" · ", ", "])
def test_a_name_that_is_too_long_ends_after_a_whole_part(parts, between):
    whole = between.join(parts * 20)
    short = short_name(whole)
    assert len(short) <= LONGEST_NAME
    assert short.endswith("…")
    kept = short[:-1].split(between)
    assert kept == (parts * 20)[: len(kept)]
    assert len(short) + len(between) + max(map(len, parts)) > LONGEST_NAME  # no more is lost than has to be


def test_a_word_without_end_is_cut_and_says_so():
    assert short_name("x" * 200) == "x" * (LONGEST_NAME - 1) + "…"


def test_what_has_room_stays():
    assert short_name("x" * LONGEST_NAME) == "x" * LONGEST_NAME
