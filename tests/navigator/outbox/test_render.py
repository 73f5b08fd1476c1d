"""The words of letters: neutral, plain, and never the words of a ticket."""

import re

import pytest
from jinja2 import UndefinedError

from navigator.outbox.enqueue import TEMPLATES
from navigator.outbox.render import RenderedText, render
from navigator.people import password_reset
from navigator.people.one_time_token import TokenPurpose
from tests.cases import each_case

TO_REPORTERS = {
    "received", "answered", "waiting_for_you", "resolved", "quiet_warning", "closed", "link_again", "news",
    "contact_changed", "call_booked", "call_moved", "call_cancelled", "call_reminder", "mail_of_concern",
}  # fmt: skip
TO_STAFF = {
    "assigned", "reporter_wrote", "overdue", "unassigned", "undelivered", "guard_plan_without",
    "clinical_review", "clinical_review_unread", "clinical_review_answer", "passed_on", "invite", "reset",
    "invite_by_provider", "training_answered", "training_planned", "training_moved_up", "training_moved",
    "training_taken_off", "training_cancelled", "training_after", "training_later", "back_again", "limit",
    "for_practitioner",
    "mentioned", "watched_wrote", "watched_answered", "watched_resolved", "resolved_by_colleague",
    "call_for_you", "managers_report", "session_brief", "log_in_fails", "programme_down",
    "log_in_changed", "reset_waits",
    "webhook_paused", "webhook_given_up", "daily_digest",
}  # fmt: skip
TO_AFFECTED = {"try_again"}
TO_STRANGERS = {"mail_answered", "notice_confirm"}
TO_SUBSCRIBERS = {"notice"}
TO_CARDS = {"support_card"}
TO_SUPPLIERS = {"supplier"}
"""Its words are kept with what was sent: `tests/navigator/problems/test_supplier_pack.py`."""
LINK = "https://desk.service.example.nhs.uk/t/" + "x" * 43
SECRETS = {
    name: f"SECRET-{name}"
    for name in ("body", "text", "category", "name", "email", "phone", "reporter", "why", "answer")
}
TELLING = re.compile(r"mental|therap|health|nhs|clinic|treat|session|programme|patient|risk|safe", re.I)


def words(template: str, **facts: object) -> RenderedText:
    return render(
        template,
        {
            "reference": "DN-000123",
            "link": LINK,
            "days": 3,
            "at": "2027-09-22T09:30:00+00:00",
            "change": "cancelled",
            "lines": [{"label": "Tuesday 3pm", "text": "Wednesday 10 June. Go on as planned."}],
            "programme": "Fern",
            "title": "Assigning modules",
            "when": "Tue 16 Jun, 2pm",
            "venue": "Room 2",
            "every": "week",
            "period": "8 June to 14 June",
            "reported": "about 15",
            "before": "fewer than 5",
            "findings": [],
            "what": "app_added",
            "programme_name": "Fern",
            "leave": "LEAVE",
            "notice": {"words": "It is over.", "body": "It works again.", "ends_at": None},
            "crisis": [{"when": "Life at risk", "do": "Call 999"}],
            "told": [
                {"reference": "DN-000123", "words": "It is yours", "due_at": None, "link": f"{LINK[:-1]}y"}
            ],
            "takes_reports": True,
            **SECRETS,
            **facts,
        },
    )


def test_every_letter_is_known_here():
    to_others = TO_AFFECTED | TO_STRANGERS | TO_SUBSCRIBERS | TO_CARDS | TO_SUPPLIERS
    assert TO_REPORTERS | TO_STAFF | to_others == TEMPLATES


@each_case("template", sorted(TEMPLATES - TO_SUPPLIERS))
def test_a_letter_says_nothing_that_was_said_on_the_ticket(template: str):
    """T12 of the peers."""
    said = words(template)
    assert "SECRET" not in f"{said.subject}{said.body}{said.text}"
    assert said.body.count(LINK) == 1
    assert re.fullmatch(r"[^\n]{10,60}", said.subject)


@pytest.mark.parametrize("template", sorted(TO_REPORTERS))
def test_a_letter_to_a_reporter_gives_nothing_away_on_a_shared_phone(template: str):
    said = words(template, link="LINK")
    assert not TELLING.search(said.subject + said.body)
    assert said.subject.startswith("DN-000123: ")
    assert "This link is private." in said.body


def test_a_letter_to_who_has_a_known_problem_too_gives_nothing_away_and_fits_a_text():
    """11.E: it has no reference and no private link, for there is no ticket."""
    said = words("try_again", link="https://desk.service.example.nhs.uk/report")
    assert not TELLING.search(said.subject + said.body.replace("https://desk.service.example.nhs.uk", ""))
    assert len(said.text) <= 160


def test_a_letter_with_a_card_gives_nothing_away_and_fits_a_text():
    said = words("support_card", link="https://desk.service.example.nhs.uk/c/7K3-M9P-QX2C")
    assert not TELLING.search(said.subject + said.body.replace("https://desk.service.example.nhs.uk", ""))
    assert "This link is private." in said.body
    assert len(said.text) <= 160


@pytest.mark.parametrize("template", sorted(TO_REPORTERS))
def test_a_text_message_is_the_reference_the_news_and_the_link_in_one_message(template: str):
    said = words(template)
    assert said.text == f"{said.subject}\n{LINK}"
    assert len(said.text) <= 160


@each_case("template", sorted(TEMPLATES - TO_SUPPLIERS))
def test_sentences_are_short(template: str):
    sentences = re.split(r"[.?!:]\s", words(template, link="LINK").body)
    assert [sentence for sentence in sentences if len(sentence.split()) > 20] == []


@pytest.mark.parametrize("template", ["clinical_review", "clinical_review_unread"])
def test_an_alert_says_only_that_something_needs_reading(template: str):
    said = words(template)
    assert re.search(r"message (still )?needs reading$", said.subject)
    assert not re.search(r"suicid|harm|risk|crisis|danger|urgent", said.subject + said.body)


@pytest.mark.parametrize(
    ("old", "new"),
    [("hand_over", "clinical_review"), ("hand_over_unread", "clinical_review_unread")],
)
def test_a_message_that_was_queued_under_an_old_name_is_rendered(old: str, new: str):
    assert words(old) == words(new)


def test_a_line_break_cannot_add_a_header():
    """T24 of the peers."""
    said = words("answered", reference="DN-000123\r\nBcc: everyone@example.com")
    assert said.subject == "DN-000123"
    assert "\n" not in words("answered", reference="DN\u2028\x0b1").subject


def test_a_fact_that_is_missing_is_not_passed_over():
    with pytest.raises(UndefinedError):
        render("quiet_warning", {"reference": "DN-000123", "link": LINK})


def test_what_letters_promise_of_links_is_so():
    assert f"within {password_reset.TOKEN_LIFETIMES[TokenPurpose.INVITE].days} days" in words("invite").body
    assert (
        password_reset.TOKEN_LIFETIMES[TokenPurpose.RESET].seconds,
        "within an hour" in words("reset").body,
    ) == (
        3600,
        True,
    )


@pytest.mark.parametrize(
    "what",
    [
        "app_added",
        "app_removed",
        "passkey_added",
        "passkey_removed",
        "codes_made",
        "tries",
        "reset_asked",
        "reset_done",
    ],
)
def test_a_letter_about_a_log_in_says_what_changed_in_short_sentences(what: str):
    said = words("log_in_changed", what=what, link="LINK")
    assert re.fullmatch(r"[^\n]{10,60}", said.subject)
    assert [one for one in re.split(r"[.?!:]\s", said.body) if len(one.split()) > 20] == []
    assert (said.subject == words("log_in_changed", what="reset_done").subject) is (what == "reset_done")
