"""One ticket's life: a patient tells it, two navigators and a clinician see to it, the patient confirms."""

import pytest
from sqlmodel import select

from navigator import database
from navigator.catalogue.service import Service
from tests.browser.conftest import NARROW, WIDE, Come, Person


def tell(patient: Person, service: str = "North Talking Therapies") -> str:
    """A patient tells that they forgot their password, and gets a reference."""
    fill_in(patient, service)
    patient.press("Confirm and send")
    assert "We try to answer you by 10am on Wednesday 10 June" in patient.words
    return patient.page.locator("strong", has_text="DN-").first.inner_text()


def fill_in(
    patient: Person,
    service: str = "North Talking Therapies",
    words: str = "The reset page says no \U0001f622",
) -> None:
    """A patient answers everything, up to the page that shows their answers; a lone service is not asked."""
    patient.go("/")
    patient.page.get_by_role("button", name="Start now").click()
    if service:
        patient.choose(service)
    patient.choose("Fern")
    patient.press("Continue")
    patient.press("Continue")
    assert "There is a problem" in patient.words
    patient.write("Tell us what you see, or what does not work", words)
    patient.press("I forgot my password or PIN")
    patient.press("No, it did not help")
    patient.choose("Another date")
    for part, number in (("Day", "19"), ("Month", "6"), ("Year", "2026")):
        patient.write(part, number)
    patient.press("Continue")
    patient.choose("By email")
    patient.choose("Yes, it is safe")
    patient.press("Continue")
    assert "Enter the email address that we should write to" in patient.words
    patient.write("Your email address", "pat@post.example")
    patient.press("Continue")
    assert "Friday 19 June" in patient.words


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_tickets_life(come: Come, scripts: bool):
    with database.writing() as session:
        session.exec(select(Service).where(Service.code == "north")).one().undo_seconds = 0
    patient = come(NARROW, scripts)
    amina, tom, cole = (come(screen, scripts) for screen in (WIDE, NARROW, WIDE))
    reference = tell(patient)
    patient.leave_by(patient.page.locator("main a[href^='/t/']"))
    assert patient.path.startswith("/follow/")

    for one, who in ((amina, "amina"), (tom, "tom")):
        one.log_in_by_page(who)
        one.go("/desk")
        one.leave_by(one.page.get_by_role("link", name=reference))
    amina.press("Take it")
    tom.press("Take it")
    assert "Amina Yusuf took it" in tom.words
    tom.follow("Note for staff")
    tom.write("Note for staff", "She may have two accounts")
    amina.write("Reply to the reporter", "Please open the newest email and use its link.")
    amina.press("Send")
    tom.press("Save note for staff")
    assert "Amina Yusuf replied" in tom.words
    assert tom.page.get_by_label("Note for staff", exact=True).input_value() == "She may have two accounts"
    tom.press("Save note for staff")
    assert "Only staff see it" in tom.words

    patient.page.reload()
    assert "use its link" in patient.words
    assert "two accounts" not in patient.words
    patient.write("Write to us", "It works no more than I do. I want to end my life")
    patient.press("Send")
    assert "will read what you wrote" in patient.words

    cole.log_in_by_page("cole")
    cole.leave_by(cole.page.locator("main a[href^='/clinical-reviews/']").first)
    assert "I want to end my life" in cole.words
    cole.press("I have read this")
    cole.choose("I reached the person, or somebody with them")
    cole.write("Outcome", "Called her, she is safe; written in the record.")
    cole.press("Save the outcome and end the clinical review")
    assert "There is nothing to read" in cole.words

    amina.page.reload()
    amina.follow("Resolve")
    amina.choose("Put right")
    amina.write("What do you tell the reporter?", "We sent a fresh link. It works when we try it.")
    amina.press("Send and resolve")
    patient.page.reload()
    patient.look()
    patient.press("It works now")
    assert "This is closed." in patient.words
    amina.page.reload()
    assert "Closed" in amina.words
