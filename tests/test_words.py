"""English and French: no sentence a user can see lacks its translation, and both have the same fields."""

import string

import pytest

from dashboard.catalogue import messages
from dashboard.words import LANGUAGES, catalogue

OTHERS = [code for code in LANGUAGES if code != "en"]


def fields(text):
    return sorted(name for _literal, name, _spec, _conversion in string.Formatter().parse(text) if name)


@pytest.mark.parametrize("language", OTHERS)
def test_every_sentence_is_translated(language):
    known = catalogue(language)
    missing = [f"{place}: {text}" for text, place in messages().items() if text not in known]
    assert not missing, "run `make words`, then translate:\n" + "\n".join(missing)


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_has_the_same_fields(language):
    for english, translated in catalogue(language).items():
        assert set(fields(translated)) == set(fields(english)), english


@pytest.mark.parametrize("language", OTHERS)
def test_nothing_unused_is_kept(language):
    assert set(catalogue(language)) <= set(messages())


def test_the_sentences_of_pages_settings_errors_and_plugins_are_found():
    found = messages()
    for text in ("See a network learn", "Length of each step downhill.", "Ankle boot", "It overfits"):
        assert any(text in one for one in found), text
    assert any("is out of range" in text for text in found)
