"""English and French: no sentence a user can see lacks its translation, and both have the same fields."""

import string
import warnings

import pytest

from dashboard.catalogue import messages, missing
from dashboard.words import LANGUAGES, catalogue, of_plugins, points, speaking, together

pytestmark = pytest.mark.xdist_group("words")  # what one test has read serves the others

OTHERS = [code for code in LANGUAGES if code != "en"]


def fields(text):
    return {name for _literal, name, _spec, _conversion in string.Formatter().parse(text) if name}


def translated(language):
    return {**catalogue(language).single, **catalogue(language).forms}


@pytest.mark.parametrize("language", OTHERS)
def test_every_sentence_is_translated(language):
    ours, plugins = missing(language, set(translated(language)))
    assert not ours, "run `make words`, then translate:\n" + "\n".join(ours)
    if plugins:
        warnings.warn("plug-ins without translation; paste and translate:\n" + "\n".join(plugins), stacklevel=1)


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_has_the_same_fields(language):
    for english, text in {**catalogue(language).single, **of_plugins(language)}.items():
        assert fields(text) == fields(english), english
    for (one, many), forms in catalogue(language).forms.items():
        assert fields(forms[0]) in (fields(one), fields(many)), one
        assert all(fields(form) == fields(many) for form in forms[1:]), many


@pytest.mark.parametrize("language", OTHERS)
def test_nothing_unused_is_kept(language):
    assert set(translated(language)) <= set(messages())


@pytest.mark.parametrize(
    ("language", "n", "said"),
    [
        ("en", 0, "0 pictures"),
        ("en", 1, "1 picture"),
        ("en", 2, "2 pictures"),
        ("fr", 0, "0\N{NO-BREAK SPACE}image"),
        ("fr", 2, "2\N{NO-BREAK SPACE}images"),
    ],
)
def test_each_language_counts_in_its_own_way(language, n, said):
    assert catalogue(language).plural(n, "{n} picture", "{n} pictures").format(n=n) == said


def test_the_sentences_of_pages_settings_errors_and_plugins_are_found():
    found = [text for text in messages() if isinstance(text, str)]
    for text in ("See a network learn", "Length of each step downhill.", "Ankle boot", "It overfits"):
        assert any(text in one for one in found), text
    assert any("is out of range" in text for text in found)
    assert ("{n} picture", "{n} pictures") in messages()


@pytest.mark.parametrize(
    ("language", "difference", "said"),
    [
        ("en", 0.016, "1.6 points"),
        ("en", 0.01, "1.0 point"),
        ("fr", 0.016, "1,6 point"),  # below two, French counts one
        ("fr", -0.0199, "−2,0 points"),
        ("fr", 0.02, "2,0 points"),
        ("en", -0.0001, "0.0 points"),
    ],
)
def test_points_are_counted_and_have_a_minus_sign(language, difference, said):
    with speaking(language):
        assert points(difference) == said


def test_no_line_ends_before_the_signs_that_french_sets_apart():
    space = "\N{NO-BREAK SPACE}"
    assert together("« Oui » : 95 % ?") == f"«{space}Oui{space}»{space}: 95{space}%{space}?"
    assert together("voir :material/help: ici, 3 %d") == "voir :material/help: ici, 3 %d"
    assert not [text for text in catalogue("fr").single.values() if together(text) != text]
