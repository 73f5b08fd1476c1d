"""Texts that are not English: a person reads them, and known phrases of crisis are heard (11.A6)."""

import errno
import os
from datetime import date
from itertools import product
from pathlib import Path

import pytest
import yaml
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from navigator.triage import corpus, crisis_phrases, language_model
from navigator.triage.language import unchecked_language
from navigator.triage.safety_screen import screen
from tests.cases import each_case

HERE = Path(__file__).parent
OTHERS = yaml.safe_load((HERE / "other_languages.yaml").read_text("utf-8"))
PATIENTS = yaml.safe_load((HERE / "patient_lines.yaml").read_text("utf-8"))["ordinary"]
PHRASES = yaml.safe_load(Path(crisis_phrases.__file__).with_suffix(".yaml").read_text("utf-8"))
SHORT = (
    "ok",
    "webinar?",
    "Agnieszka Kowalczyk",
    "José María García López",
    "Dr Nguyen Thi Minh",
    "Bartłomiej Wiśniewski",
    "pls resend code asap",
    "cant log innnn plz hlep",
    "WHY DOES IT NOT WORK",
    "iPhone 8, iOS 16.2",
    "Samsung A12, Android 11, app 4.2.1",
    "Merci, that works now",
    "see https://example.org/hasło/nie/działa",
    "anna.nowak@poczta.example",
    "",
)


@each_case(("language", "text"), [(name, text) for name, texts in OTHERS.items() for text in texts])
def test_what_is_not_english_is_marked_and_alarms_nobody(language: str, text: str) -> None:
    """11.A6: Polish, Urdu, Panjabi, Bengali and Telugu passed silently, and harmless Welsh was flagged."""
    assert unchecked_language(text), language
    assert screen(text).why == (), language


@each_case("text", SHORT)
def test_short_english_names_and_addresses_are_not_marked(text: str) -> None:
    assert unchecked_language(text) == ""


def test_at_most_one_in_a_hundred_ordinary_reports_is_marked() -> None:
    """11.A6: false marks, measured on the reports of the corpus and on lines that are not in it."""
    reports = [example.text for example in corpus.category_examples()]
    for texts in (reports, PATIENTS):
        marked = [text for text in texts if unchecked_language(text)]
        assert len(marked) <= 0.01 * len(texts), marked


def test_a_sentence_in_another_language_within_english_is_marked() -> None:
    assert (
        unchecked_language("Hello, I cannot log in. Proszę niech ktoś do mnie zadzwoni. Thank you.") == "pl"
    )
    assert unchecked_language("Hello, I cannot log in. Somebody please ring me. Thank you.") == ""


def test_a_language_is_named_only_where_it_is_sure() -> None:
    assert unchecked_language("mera password kaam nahi kar raha hai") == "und"
    assert unchecked_language("Dydw i ddim yn gallu mewngofnodi i fy nghyfrif.") == "cy"


def test_texts_are_read_also_where_the_disk_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    """The screen of a desk with PostgreSQL would have failed with the disk beside it."""

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(language_model, "TemporaryFile", full)
    monkeypatch.setattr("tempfile.TemporaryFile", full)  # nor does py3langid find room elsewhere
    assert language_model.load().classify("Proszę niech ktoś do mnie zadzwoni")[0] == "pl"


def _said(phrase: str) -> list[str]:
    """A phrase in all its ways."""
    ways = (word.rstrip("?*").split("|") for word in phrase.split())
    return [" ".join(words) for words in product(*ways)]


@each_case(
    ("name", "phrase"),
    [
        (language["name"], said)
        for languages in (PHRASES["census"], PHRASES["others"])
        for language in languages.values()
        for phrase in language["phrases"]
        for said in _said(phrase)
    ],
)
def test_known_phrases_of_crisis_are_heard(name: str, phrase: str) -> None:
    """11.A6: alone, and within what else somebody writes; also as staff pass it on."""
    for text in (phrase, f"Login 1. {phrase}, 2"):
        assert any(name in reason or "suici" in reason for reason in screen(text, is_of_staff=True).why), text
        assert screen(text).hit


def test_the_phrases_have_an_owner_a_source_and_a_day_of_review() -> None:
    """11.A6: the ten languages most spoken in England besides English."""
    assert list(PHRASES["census"]) == ["pl", "ro", "pa", "ur", "pt", "es", "ar", "bn", "gu", "it"]
    assert PHRASES["owner"]
    assert isinstance(PHRASES["review_by"], date)
    assert PHRASES["reviewed"].keys() <= PHRASES["census"].keys() | PHRASES["others"].keys()
    assert all(len(language["phrases"]) >= 8 for language in PHRASES["census"].values())


def test_english_idioms_do_not_alarm_in_other_words() -> None:
    """ "od" is a word of Polish, and no misspelt overdose there; it still is one in English."""
    assert not screen("Nie mogę się zalogować od wczoraj").hit
    assert screen("I think she took an od last night").hit


@each_case("text", ["i wanna kms", "thinkin about overdsoe agen", "wanna kms", "i want 2 die"])
def test_english_that_is_misspelt_is_read_as_english(text: str) -> None:
    """A detector takes it for other languages: it must not be kept from what knows English."""
    assert screen(text).hit


def test_the_model_read_from_a_file_says_what_it_says_in_memory() -> None:
    whole, in_file = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True), language_model.load()
    texts = [*PATIENTS, *(text for texts in OTHERS.values() for text in texts), "", "?", "\U0001f642"]
    assert [in_file.rank(text) for text in texts] == [whole.rank(text) for text in texts]
