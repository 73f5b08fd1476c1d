"""The journey in Polish on a small phone without scripts; and pages from right to left no wider than it."""

from datetime import date

import pytest
from sqlmodel import col, select

from navigator import database, languages
from navigator.administration.apply_change import apply_change, kind_of
from navigator.administration.language_schema import LanguageSetting
from navigator.languages import LANGUAGES
from navigator.people.actor import SYSTEM
from navigator.people.reporter import Reporter
from navigator.tickets.ticket import ClinicalReview, Message
from tests.browser.conftest import NARROW, Come, Person

RISK = "Nie mogę się zalogować do aplikacji. Nie chcę już żyć."
"""“I cannot log in to the app. I do not want to live any more.”"""


@pytest.fixture
def signed(address: str) -> None:
    """North has signed every language."""
    languages.offer({})
    with database.writing() as session:
        for language in languages.TRANSLATIONS:
            setting = LanguageSetting(words=language.mark, owner="Ewa Nowak", review_on=date(2027, 1, 1))
            apply_change(session, SYSTEM, kind_of("language"), ("north", language.code), setting)


def is_polish(pat: Person) -> bool:
    return pat.page.locator("html").get_attribute("lang") == "pl"


@pytest.mark.slow
def test_the_journey_in_polish_with_words_of_risk(signed: None, come: Come) -> None:
    pat = come(NARROW, scripts=False, locale="pl-PL")
    pat.go("/")
    pat.follow("Polski?")
    assert is_polish(pat)
    pat.press("Zacznij")
    pat.choose("North Talking Therapies")
    pat.choose("Fern")
    pat.press("Dalej")
    pat.write("Powiedz nam, co widzisz albo co nie działa", RISK)
    pat.press("Dalej")
    assert pat.path == "/report/help"
    assert "Nie musisz na nas czekać" in pat.words
    assert "116 123" in pat.words
    assert "Te wiersze są po angielsku" in pat.words
    pat.press("Wyślij teraz")
    assert "Dziękujemy za wiadomość" in pat.words
    assert "Człowiek czyta to, co piszesz. Możemy odpowiedzieć po angielsku." in pat.words
    pat.go(pat.page.locator("main a[href^='/t/']").first.get_attribute("href") or "")
    assert is_polish(pat)
    assert "przeczyta Twoją wiadomość" in pat.words
    with database.reading() as session:
        reviews = session.exec(select(ClinicalReview.reasons).order_by(col(ClinicalReview.id))).all()
        said = session.exec(select(Message.body, Message.unchecked_language).order_by(col(Message.id))).all()
        assert session.exec(select(col(Reporter.page_language))).all() == ["pl"]
    assert any("words of risk in Polish" in reason for reasons in reviews for reason in reasons)
    assert (RISK, "pl") in said


@pytest.mark.parametrize("code", ["ur", "bn", "cy", "easyread"])
def test_no_page_is_wider_than_a_small_phone(signed: None, come: Come, code: str) -> None:
    pat = come(NARROW)
    pat.go("/")
    pat.go(f"/?lang={code}")
    assert pat.page.locator("html").get_attribute("lang") == LANGUAGES[code].lang
    for path in ("/privacy", "/accessibility", "/lost-link", "/known", "/report", "/nowhere"):
        pat.go(path)
        direction = pat.page.evaluate("getComputedStyle(document.body).direction")
        assert direction == LANGUAGES[code].direction
