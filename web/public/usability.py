"""What patients think: one tap on a fix, and the ten questions of their programme by private link or card."""

from typing import Any, Literal

from pydantic import BaseModel, Field, field_validator
from sqlmodel import Session
from starlette.responses import Response

from navigator.errors import NotFound
from navigator.fields import Line
from navigator.languages import gettext
from navigator.people import card_codes
from navigator.people.actor import Actor
from navigator.support_cards.opening import open_card
from navigator.tickets.visibility import find
from navigator.usability import asking
from navigator.usability.sus import HIGHEST, LOWEST, NUMBERS, SOURCE, STATEMENTS, SusAnswers
from web.kit import page_language
from web.kit.deps import Address, PathNumber, Reading, Router, Writing, public
from web.kit.forms import Form, ReadForm
from web.kit.reporter_deps import ReporterActor
from web.kit.templating import PageRenderer, Render, redirect

router = Router()

CHOOSE = "Choose a number for {number}. If you cannot say, choose 3"
THANKS = "Thank you. Your answer is kept without your name."


class FixAnswer(BaseModel):
    """If a fix worked for somebody."""

    worked: Literal["yes", "no"] = Field(json_schema_extra={"words": "Choose yes or no"})


class AnswersByCard(SusAnswers):
    """The ten answers of whoever has a card."""

    code: Line = Field(min_length=1, title="the code on your card")

    @field_validator("code")
    @classmethod
    def _is_spelt_right(cls, value: str) -> str:
        if (code := card_codes.canonical(value)) is None:
            raise ValueError("Check the code: one sign is wrong or missing")
        return code


@router.post("/follow/{number}/worked")
def worked(session: Writing, actor: ReporterActor, form: ReadForm, number: PathNumber) -> Response:
    """If it was put right in a way that works."""
    if answer := form.read(FixAnswer):
        with form.trying(session):
            asking.answer_fix(session, actor, actor.own_ticket, answer.worked == "yes")
            return redirect(f"/follow/{number}", THANKS)
    return redirect(f"/follow/{number}")


@router.get("/follow/{number}/programme")
def questions(
    page: Render, session: Reading, actor: ReporterActor, form: ReadForm, number: PathNumber
) -> Response:
    """The ten questions of one’s programme."""
    return _questions(page, session, actor, form, number)


@router.post("/follow/{number}/programme")
def answer(
    page: Render, session: Writing, actor: ReporterActor, form: ReadForm, number: PathNumber
) -> Response:
    """Keep the answers, or say what is missing."""
    if sus := form.read(SusAnswers):
        with form.trying(session):
            asking.answer_of_reporter(session, actor, actor.own_ticket, sus)
            return redirect(f"/follow/{number}", THANKS)
    return _questions(page, session, actor, form, number)


def _questions(page: PageRenderer, session: Session, actor: Actor, form: Form, number: int) -> Response:
    asked = asking.asked_of_reporter(session, find(session, actor, actor.own_ticket))
    page_language.speak_for(page.request, asked.service.code)
    if not asked.of_programme and not form.errors:
        raise NotFound("You have answered this, or it is not asked any more.")
    return _page(page, form, number=number, service=asked.service)


@router.get("/card/programme", dependencies=[public])
def questions_by_card(page: Render, session: Reading, form: ReadForm) -> Response:
    """The ten questions, for whoever has a card, while any service asks them."""
    if not asking.is_asked_by_card(session):
        raise NotFound("Nobody asks this now.")
    return _by_card(page, form)


@router.post("/card/programme", dependencies=[public])
def answer_by_card(page: Render, session: Writing, address: Address, form: ReadForm) -> Response:
    """Keep the answers, where there is such a card and its service asks now."""
    if sus := form.read(AnswersByCard):
        with form.trying(session):
            if (card := open_card(session, address, sus.code)) is not None:
                asking.answer_by_card(session, card, sus)
                return redirect("/card", THANKS)
            form.errors["code"] = "We do not know this code. It may have ended"
    return _by_card(page, form)


def _by_card(page: PageRenderer, form: Form) -> Response:
    return _page(page, form, number=0)


def _page(page: PageRenderer, form: Form, **context: Any) -> Response:
    """The ten statements; those without a number say so."""
    if form.errors.pop("answers", ""):
        missing = [number for number in NUMBERS if not form.value(f"answers.{number}")]
        form.errors |= {f"answers.{number}": gettext(CHOOSE).format(number=number) for number in missing}
    points = [(str(point), str(point)) for point in range(LOWEST, HIGHEST + 1)]
    shown: dict[str, Any] = {"statements": STATEMENTS, "source": SOURCE, "points": points}
    return page("public/usability.html", form=form, **shown, **context)
