"""Patients' pages in other languages: offered once a service has signed the words, and no other words."""

import re
from collections.abc import Callable, Iterator
from datetime import date

import pytest
from sqlalchemy import text
from sqlmodel import Session, col, select

from navigator import database, go_live_check, languages
from navigator.administration.apply_change import apply_change, kind_of, preview_change
from navigator.administration.language_schema import LanguageSetting
from navigator.administration.service_schemas import CrisisLine, CrisisSetting
from navigator.catalogue.articles import Article
from navigator.catalogue.catalogue import catalogue
from navigator.catalogue.contact import Contact
from navigator.catalogue.device_needs import DeviceNeeds
from navigator.catalogue.language_signoff import LanguageSignOff
from navigator.catalogue.lookups import english_crisis_card_of, service_by_code
from navigator.catalogue.reference_data import reference_data
from navigator.errors import Invalid
from navigator.languages import LANGUAGES
from navigator.outbox.addresses import language_of, services_of
from navigator.outbox.outbox_message import OutboxMessage
from navigator.outbox.render import render
from navigator.people import private_links
from navigator.people.actor import SYSTEM
from navigator.people.reporter import Reporter
from navigator.problems import records
from navigator.problems.inputs import NewProblemInput
from navigator.tickets.actions import staff
from navigator.tickets.inputs import SayInput
from navigator.tickets.ticket import ClinicalReview
from tests.navigator.tickets.booking import book, london, offer_calls
from tests.navigator.tickets.report_factory import tell
from tests.page_visitor import Visitor
from tests.people import People
from tests.web.conftest import Enter
from tests.web.report_journey import report
from web.app import app
from web.kit.static_files import FOLDER

Sign = Callable[..., None]
POLISH = "Nie mogę się zalogować do aplikacji."
RISK = "Nie chcę już żyć"


@pytest.fixture(autouse=True)
def none_offered() -> Iterator[None]:
    """What one test signs, no other is offered."""
    languages.offer({})
    yield
    languages.offer({})


@pytest.fixture
def sign(session: Session, people: People) -> Sign:
    """Call it with a language: North signs its words."""

    def sign(code: str, service: str = "north", **more: object) -> None:
        words, review_on = LANGUAGES[code].mark, date(2027, 1, 1)
        setting = LanguageSetting(words=words, owner="Ewa Nowak", review_on=review_on, **more)  # type: ignore[arg-type]
        apply_change(session, SYSTEM, kind_of("language"), (service, code), setting)
        with database.reading() as page:  # as the first that reads it: a home page waits for it but a second
            reference_data(page)

    return sign


def offered(visitor: Visitor) -> list[str]:
    return [one.text(strip=True) for one in visitor.page.css(".desk-languages li")]


def lang(visitor: Visitor) -> str | None:
    return visitor.one("html").attributes["lang"]


@pytest.mark.parametrize("path", ["/", "/privacy", "/report", "/lost-link", "/known"])
def test_what_nobody_signed_is_not_offered_and_not_shown(people: People, path: str) -> None:
    visitor = Visitor(app)
    visitor.get(f"{path}?lang=pl", headers={"accept-language": "pl"})
    assert (lang(visitor), offered(visitor)) == ("en", [])
    assert "desk_language" not in visitor.cookies


def test_a_signed_language_is_chosen_by_a_link_and_kept(sign: Sign) -> None:
    sign("pl")
    visitor = Visitor(app)
    visitor.get("/")
    assert (lang(visitor), offered(visitor)) == ("en", ["English", "Polski"])
    visitor.get("/?lang=pl")
    assert lang(visitor) == "pl"
    assert "Uzyskaj pomoc" in visitor.text or "Pomoc z Twoim programem" in visitor.text
    visitor.get("/lost-link")
    assert lang(visitor) == "pl"
    visitor.press("Wyślij mi nowy link", reference="")
    assert visitor.problems
    assert visitor.problems[0] == "Podaj: Twój numer zgłoszenia"
    visitor.get("/?lang=en")
    assert (lang(visitor), visitor.get("/privacy").status_code) == ("en", 200)
    assert lang(visitor) == "en"


def test_cached_pages_never_show_the_wrong_language(sign: Sign) -> None:
    sign("pl")
    sign("ur")
    english, polish, urdu = Visitor(app), Visitor(app), Visitor(app)
    english.get("/")
    for _ in range(2):
        for visitor, code in ((english, ""), (polish, "pl"), (urdu, "ur")):
            visitor.get(f"/privacy?lang={code}" if code else "/privacy")
            assert lang(visitor) == (code or "en")
            visitor.get("/privacy")
            assert lang(visitor) == (code or "en")
    assert urdu.one("html").attributes["dir"] == "rtl"
    assert "Cookie" in english.get("/privacy").headers["vary"]


def test_a_browsers_language_is_only_suggested(sign: Sign) -> None:
    sign("pl")
    visitor = Visitor(app)
    visitor.get("/", headers={"accept-language": "pl-PL,pl;q=0.9,en;q=0.8"})
    assert (lang(visitor), offered(visitor)) == ("en", ["English", "Polski?"])
    visitor.get("/", headers={"accept-language": "en-GB,pl;q=0.8"})
    assert offered(visitor) == ["English", "Polski"]


def test_only_the_service_that_signed_it_is_shown_in_it(sign: Sign, session: Session) -> None:
    sign("pl")
    visitor = Visitor(app)
    visitor.get("/report?lang=pl")
    visitor.post("/report/place", data={"service": "south", "programme": "fern"})
    assert lang(visitor) == "en"
    assert offered(visitor) == []


@pytest.mark.parametrize("page", ["", "/call", "/check"])
def test_nor_are_its_pages_of_a_report(sign: Sign, session: Session, people: People, page: str) -> None:
    sign("pl", "south")
    offer_calls(session, people.north)
    ticket = tell(session)
    session.add(DeviceNeeds(programme_id=ticket.programme_id or 0, owner="Ada", review_on=date(2027, 1, 1)))
    pat = Visitor(app)
    pat.cookies.set("desk_language", "pl")
    pat.get(f"/t/{private_links.mint(session, ticket.number)}")
    pat.get(f"/follow/{ticket.number}{page}")
    assert lang(pat) == "en"


def test_nor_are_its_confirmation_and_that_it_takes_none(sign: Sign, session: Session) -> None:
    sign("pl", "south")
    pat, late = Visitor(app), Visitor(app)
    report(pat)
    deputies = select(Contact).where(Contact.kind == "deputy").order_by(col(Contact.service_id))
    session.delete(session.exec(deputies).all()[0])
    session.flush()
    for visitor, page in ((pat, "/report/sent"), (late, "/report/place?service=north")):
        visitor.cookies.set("desk_language", "pl")
        visitor.get(page)
        assert visitor.path.startswith(page.partition("?")[0])
        assert lang(visitor) == "en"
    assert "takes no reports" in late.text


def test_a_language_is_chosen_on_a_form_that_came_back_too(sign: Sign, session: Session) -> None:
    sign("pl")
    ticket = tell(session)
    pat = Visitor(app)
    pat.get(f"/t/{private_links.mint(session, ticket.number)}")
    pat.post(f"/follow/{ticket.number}/answer", data={"body": ""})
    assert pat.problems
    pat.get(f"/follow/{ticket.number}/answer?lang=pl")
    assert (lang(pat), pat.path) == ("pl", f"/follow/{ticket.number}")


def test_none_is_chosen_while_that_would_lose_what_was_written(sign: Sign, session: Session) -> None:
    sign("pl")
    ticket = tell(session)
    pat = Visitor(app)
    pat.get(f"/t/{private_links.mint(session, ticket.number)}")
    assert offered(pat)
    pat.post(f"/follow/{ticket.number}/answer", data={"body": "It is long. " * 500})
    assert pat.problems
    assert "It is long. It is long." in pat.text
    assert not offered(pat)


def test_none_is_chosen_where_a_link_is_shown_that_is_shown_once(sign: Sign, session: Session) -> None:
    """Another language asks for the page anew, which leads to the report: the link was gone for good."""
    sign("pl")
    ticket = tell(session)
    pat = Visitor(app)
    pat.get(f"/t/{private_links.mint(session, ticket.number)}")
    assert offered(pat)
    pat.post(f"/follow/{ticket.number}/no-contact")
    assert "/t/" in pat.one("main").text()
    assert not offered(pat)


def test_a_language_is_chosen_without_losing_what_was_found(sign: Sign, people: People) -> None:
    sign("pl")
    visitor = Visitor(app)
    visitor.get("/help?found=1.2&programme=fern&lang=en")
    assert visitor.one(".desk-languages a").attributes["href"] == "?found=1.2&programme=fern&lang=pl"
    visitor.get("/help?found=%22%3E%3Cb%3E")
    assert visitor.one(".desk-languages a").attributes["href"] == "?found=%22%3E%3Cb%3E&lang=pl"


def test_changed_words_ask_again_and_the_administrator_is_told(
    sign: Sign, session: Session, enter: Enter, people: People
) -> None:
    sign("pl")
    Visitor(app).get("/")
    assert languages.is_offered("pl", "north")
    session.exec(select(LanguageSignOff)).one().words = "other words"
    session.flush()
    visitor = Visitor(app)
    visitor.get("/known?lang=pl")
    visitor.get("/report?lang=pl")
    assert (lang(visitor), offered(visitor)) == ("en", [])
    ada = enter("ada")
    ada.get("/settings/services/north")
    assert "Not offered: the words have changed since Ewa Nowak read them" in ada.text
    found = [str(one) for one in go_live_check.check_service(session, service_by_code(session, "north"))]
    assert any("pages in Polish are not offered: the words have changed" in one for one in found)
    ada.get("/settings/language/north/pl")
    assert "The words have changed since Ewa Nowak read them" in ada.text


def test_whoever_signs_has_read_the_words_as_they_are_now(
    session: Session, enter: Enter, people: People
) -> None:
    ada = enter("ada")
    ada.get("/settings/language/north/pl")
    assert "Zaloguj się" in ada.text
    day = {"review_on-day": "1", "review_on-month": "1", "review_on-year": "2027"}
    ada.press("Look at the change", owner="Ewa Nowak", **day)
    ada.press("Save this change")
    assert ada.problems == ["Confirm that Ewa Nowak has read these words"]
    box = ada.one("input[name=read_as]").attributes["value"] or ""
    ada.press("Save this change", read_as=box)
    assert session.exec(select(LanguageSignOff.owner)).all() == ["Ewa Nowak"]
    old = LanguageSetting(words="old", owner="Ewa Nowak", review_on=date(2027, 1, 1))
    with pytest.raises(Invalid):
        apply_change(session, SYSTEM, kind_of("language"), ("north", "ur"), old)


def test_what_is_only_tried_is_offered_to_nobody(session: Session, people: People) -> None:
    setting = LanguageSetting(words=LANGUAGES["pl"].mark, owner="Ewa Nowak", review_on=date(2027, 1, 1))
    preview_change(session, SYSTEM, kind_of("language"), ("north", "pl"), setting)
    assert not languages.is_offered("pl")


def test_crisis_lines_are_signed_for_the_language_or_said_to_be_in_english(
    sign: Sign, session: Session
) -> None:
    sign("pl")
    visitor = Visitor(app)
    visitor.get("/report?lang=pl")
    visitor.press("Dalej", service="north", programme="fern")
    assert "Te wiersze są po angielsku" in visitor.text
    assert visitor.page.css(".desk-crisis ul[lang=en]")
    line = CrisisLine(when="Zagrożenie życia", do="Zadzwoń 999", short="Zadzwoń 999", call="999")
    sign("ur")  # another change, so that the first is not the same
    read = english_crisis_card_of(session, service_by_code(session, "north")).mark
    sign("pl", lines=[line], english_lines=read, answers="Odpowiadamy po angielsku. Poproś o tłumacza.")
    visitor.get("/report/words")
    assert "Zadzwoń 999" in visitor.text
    assert "Te wiersze są po angielsku" not in visitor.text
    assert "Odpowiadamy po angielsku. Poproś o tłumacza." in visitor.text


def test_crisis_lines_are_in_english_again_when_the_english_wording_changes(
    sign: Sign, session: Session, enter: Enter, people: People
) -> None:
    line = CrisisLine(when="Zagrożenie życia", do="Zadzwoń 999", short="Zadzwoń 999", call="999")
    read = english_crisis_card_of(session, service_by_code(session, "north")).mark
    sign("pl", lines=[line], english_lines=read)
    changed = CrisisLine(
        when="A life is at risk", do="Call 999 or 112 now", short="Call 999 or 112", call="999"
    )
    wording = CrisisSetting(lines=[changed], owner="Helen Cole", review_on=date(2027, 1, 1))
    apply_change(session, SYSTEM, kind_of("crisis"), ("north",), wording)
    visitor = Visitor(app)
    visitor.get("/report?lang=pl")
    visitor.press("Dalej", service="north", programme="fern")
    assert lang(visitor) == "pl"
    assert "Zadzwoń" not in visitor.text
    assert "Call 999 or 112" in visitor.text
    assert "Te wiersze są po angielsku" in visitor.text
    found = [str(one) for one in go_live_check.check_service(session, service_by_code(session, "north"))]
    assert any("crisis wording in Polish is not shown: the English has changed" in one for one in found)
    ada = enter("ada")
    ada.get("/settings/services/north")
    assert "Its crisis wording is not shown: the English has changed since Ewa Nowak read it" in ada.text
    ada.get("/settings/language/north/pl")
    assert "Call 999 or 112 now" in ada.one("main").text()
    with pytest.raises(Invalid):
        sign("pl", lines=[line], english_lines=read, answers="As it was")


def test_why_a_picture_is_not_taken_is_said_in_the_language_of_the_page(sign: Sign) -> None:
    sign("pl")
    visitor = Visitor(app)
    visitor.get("/report?lang=pl")
    visitor.post("/report/place", data={"service": "north", "programme": "fern"})
    visitor.post("/report/pictures", files=[("files", ("IMG.png", b"<html>", "image/png"))])
    assert lang(visitor) == "pl"
    assert visitor.problems[0].startswith("Nie wysłano „IMG.png”. To nie jest zdjęcie")


def test_what_the_script_of_pictures_says_is_in_the_language_of_the_page(sign: Sign) -> None:
    sign("pl")
    visitor = Visitor(app)
    visitor.get("/report?lang=pl")
    visitor.post("/report/place", data={"service": "north", "programme": "fern"})
    visitor.get("/report/pictures")
    words = visitor.one("input[type=file]").attributes
    script = (FOLDER / "uploads.js").read_text(encoding="utf-8")
    asked = {
        re.sub(r"[A-Z]", lambda found: f"-{found[0].lower()}", name)
        for name in re.findall(r"\bwords\.(\w+)", script)
    }
    assert asked
    assert {f"data-{name}" for name in asked} == {name for name in words if name.startswith("data-")}
    assert str(words["data-too-large"]).startswith("Nie wysłano „{name}”. Jest większy")
    assert words["data-sending"] == "Wysyłanie"
    assert visitor.one(".nhsuk-file-upload").attributes["data-i18n.choose-files-button"] == "Wybierz plik"
    assert not re.findall(r"[\"`“][A-Z]\w+[ :]", script)  # it has no words of its own


def test_a_polish_report_is_read_by_a_person_and_answered_in_polish(
    sign: Sign, session: Session, people: People
) -> None:
    sign("pl")
    pat = Visitor(app)
    pat.get("/report?lang=pl")
    pat.post("/report/place", data={"service": "north", "programme": "fern"})
    pat.post("/report/words", data={"text": f"{POLISH} {RISK}"})
    assert pat.path == "/report/help"
    assert "Nie musisz na nas czekać" in pat.text
    pat.press("Wyślij teraz")
    assert pat.path == "/report/sent"
    assert lang(pat) == "pl"
    (review,) = session.exec(select(ClinicalReview)).all()
    assert "words of risk in Polish" in review.reasons[0]
    assert "przeczyta Twoją wiadomość" in pat.text
    assert "ustali, kto może to naprawić" in pat.text
    assert "A digital navigator" not in pat.text
    assert session.exec(select(Reporter.page_language)).all() == ["pl"]


def test_the_private_link_and_letters_follow(
    sign: Sign, session: Session, people: People, enter: Enter
) -> None:
    sign("pl")
    pat = Visitor(app)
    pat.cookies.set("desk_language", "pl")
    pat.post("/report/place", data={"service": "north", "programme": "fern"})
    pat.post("/report/words", data={"common": "access.forgotten_password"})
    pat.post("/report/try", data={"fixed": "no"})
    pat.post("/report/session", data={"known": "no"})
    pat.post("/report/reach", data={"route": "email", "email": "pat@post.example", "safe": "yes"})
    pat.press("Potwierdź i wyślij")
    link = pat.one("main a[href^='/t/']").attributes["href"] or ""
    elsewhere = Visitor(app)
    elsewhere.get(link)
    assert lang(elsewhere) == "pl"
    assert "Nie pamiętam hasła lub kodu PIN" in elsewhere.text
    assert "Mamy Twoje zgłoszenie" in elsewhere.text
    message = session.exec(select(OutboxMessage).where(OutboxMessage.template == "received")).one()
    assert language_of(session, message, services_of(session, message)) == "pl"
    letter = render("received", {"reference": "DN-000001", "link": "/t/x"}, "pl")
    assert letter.subject == "DN-000001: mamy Twoją wiadomość"
    assert "Ten link jest prywatny." in letter.body
    session.exec(select(LanguageSignOff)).one().words = "other words"
    session.flush()
    assert language_of(session, message, services_of(session, message)) == "en"
    amina = enter("amina")
    amina.get(f"/tickets/{message.ticket_number}")
    assert "Reads pages in Polish" in amina.text


@pytest.mark.parametrize(("service", "words"), [("north", "Rozmowa telefoniczna"), ("south", "Phone call")])
def test_a_calendar_file_follows_where_the_service_signed(
    sign: Sign, session: Session, people: People, service: str, words: str
) -> None:
    sign("pl", service)
    offer_calls(session, people.north)
    ticket = tell(session)
    book(session, ticket.number, london("2026-06-10", "13:00"))
    pat = Visitor(app)
    pat.cookies.set("desk_language", "pl")
    pat.get(f"/t/{private_links.mint(session, ticket.number)}")
    assert f"SUMMARY:{words} DN-" in pat.get(f"/follow/{ticket.number}/call.ics").text


def test_pages_of_staff_stay_english(sign: Sign, enter: Enter) -> None:
    sign("pl")
    amina = enter("amina")
    amina.cookies.set("desk_language", "pl")
    for path in ("/desk", "/account", "/log-in", "/forgotten-password"):
        amina.get(path)
        assert lang(amina) == "en"
    stranger = Visitor(app)
    stranger.cookies.set("desk_language", "pl")
    stranger.get("/log-in")
    assert lang(stranger) == "en"
    stranger.press("Log in", email="", password="")
    assert lang(stranger) == "en"
    assert all("Podaj" not in one for one in stranger.problems)


def test_what_staff_wrote_is_marked_as_english_on_a_page_in_another_language(
    sign: Sign, session: Session, people: People
) -> None:
    sign("pl")
    article = Article(
        code="tap", title="Tap twice", category="access.forgotten_password", body="Tap it.\n\nTwice."
    )
    session.add(article)
    told = NewProblemInput(
        service="north", programme="fern", category="use.outage_or_error", title="Fern is down",
        known="INTERNAL", workaround="Write on paper.", is_public=True,
    )  # fmt: skip
    problem = records.open_problem(session, people.amina, told)
    problem.is_outage = True
    ticket = tell(session)
    for body in (
        "Please try again now, and tell us if it works.",
        "Proszę spróbować jeszcze raz i napisać do nas.",
    ):
        staff.reply(session, people.amina, ticket.number, SayInput(body=body))
    link = f"/t/{private_links.mint(session, ticket.number)}"
    marks = [["Tap twice", "Tap it. Twice."], ["Fern is down", "Write on paper."]]
    for code, marked in (("pl", (marks, ["en", "pl"])), ("en", ([[], []], []))):
        visitor = Visitor(app)
        visitor.get("/help/tap?lang=" + code)
        shown = [english(visitor)]
        visitor.get("/")
        shown.append(english(visitor))
        visitor.get(link)
        visitor.get(f"/follow/{ticket.number}?lang={code}")
        of_staff = [one.attributes["lang"] for one in visitor.page.css(".desk-public > div")]
        assert (lang(visitor), shown, of_staff) == (code, *marked)


def test_a_services_own_words_are_marked_and_the_catalogues_are_translated(
    sign: Sign, session: Session
) -> None:
    sign("pl")
    ticket = tell(session)
    visitor = Visitor(app)
    visitor.get(f"/t/{private_links.mint(session, ticket.number)}")
    of_catalogue = next(each.patient_workaround for each in catalogue().leaves if each.patient_workaround)
    for workaround, marked in ((of_catalogue, []), ("Ask at our front desk.", ["Ask at our front desk."])):
        session.execute(text("UPDATE ticket SET workaround = :it"), {"it": workaround})
        session.expire_all()
        visitor.get(f"/follow/{ticket.number}?lang=pl")
        assert "Co możesz robić do tego czasu" in visitor.text
        assert english(visitor) == marked


def english(visitor: Visitor) -> list[str]:
    """What is marked as English in the main part of a page, but for the crisis lines."""
    marked = visitor.page.css("main [lang=en]:not(ul)")
    return [" ".join(one.text(separator=" ").split()) for one in marked]


def test_where_something_goes_wrong_it_is_said_in_the_language(sign: Sign) -> None:
    sign("pl")
    visitor = Visitor(app)
    visitor.get("/?lang=pl")
    visitor.get("/nowhere")
    assert lang(visitor) == "pl"
    assert "Nie znaleziono strony" in visitor.text
    visitor.get("/follow/999")
    assert "Ten link nie działa na tym urządzeniu" in visitor.text


def test_easy_read_is_english_with_short_sentences(sign: Sign, people: People) -> None:
    sign("easyread")
    visitor = Visitor(app)
    visitor.get("/?lang=easyread")
    visitor.get("/privacy")
    assert lang(visitor) == "en"
    assert visitor.page.css("body.desk-easy-read")
    assert "Your browser keeps it for us." in visitor.text


def test_english_pages_cost_no_catalogue(people: People) -> None:
    languages._catalogue.cache_clear()
    report(Visitor(app))
    assert languages._catalogue.cache_info().currsize == 0


def test_what_a_service_wrote_of_its_records_is_marked_as_english(sign: Sign) -> None:
    """Its full stops stood at the wrong end in a language that is read from right to left."""
    sign("ur")
    visitor = Visitor(app)
    visitor.get("/privacy?lang=ur")
    assert visitor.page.css_first("dd [lang=en][dir=ltr]")
