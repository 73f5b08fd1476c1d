"""Opening a support card by its QR code or its typed code, into the report form with much of it answered."""

from pydantic import BaseModel, Field, field_validator
from starlette.responses import Response

from navigator.errors import TooMany
from navigator.fields import Line
from navigator.people import card_codes
from navigator.support_cards.opening import open_card
from navigator.tickets.reports import drafts
from navigator.tickets.reports.limits import check_draft_limits
from navigator.usability.asking import is_asked_by_card
from web.kit import cookies
from web.kit.deps import Reading, Router, public
from web.kit.forms import ReadForm
from web.kit.templating import Render, redirect
from web.public.card_answers import answers_from_card
from web.public.report_deps import WriteReport
from web.public.report_session import ReportSession, keep_token

router = Router(dependencies=[public])


class CardCode(BaseModel):
    """The code of a card, as it is typed; `afresh` leaves the report that was begun in this browser."""

    code: Line = Field(min_length=1, title="the code on your card")
    afresh: str = ""

    @field_validator("code")
    @classmethod
    def _is_spelt_right(cls, value: str) -> str:
        if (code := card_codes.canonical(value)) is None:
            example = f"10 letters and numbers, like {card_codes.EXAMPLE}"
            raise ValueError(f"Check the code: one sign is wrong or missing. It has {example}")
        return code


@router.get("/c/{code}")
def scan(wizard: WriteReport, code: str) -> Response:
    """Open a card by the address in its QR code: a draft begins, and nothing else changes."""
    return _open(wizard, code)


@router.get("/card")
def ask_for_code(page: Render, session: Reading, form: ReadForm) -> Response:
    """The box for the code of a card."""
    return page("public/card/code.html", form=form, asks=is_asked_by_card(session))


@router.post("/card")
def type_code(wizard: WriteReport, form: ReadForm) -> Response:
    """Open a card by its code."""
    if card := form.read(CardCode):
        return _open(wizard, card.code, is_afresh=card.afresh == "yes")
    return wizard.page("public/card/code.html", form=form, asks=False)


@router.post("/card/away")
def put_away(wizard: WriteReport) -> Response:
    """Go on without the card: it is somebody else’s, or what it knows is not right any more."""
    if wizard.draft:
        check_draft_limits(wizard.session, wizard.address, is_new=False)
        answers = {step: answer for step, answer in wizard.answers.items() if step != "card"}
        drafts.save_answers(wizard.draft, answers)
        wizard.answers = answers
    return redirect(wizard.next_url)


def _open(wizard: ReportSession, code: str, is_afresh: bool = False) -> Response:
    try:
        card = open_card(wizard.session, wizard.address, code)
    except TooMany as refused:
        return wizard.page("public/card/gone.html", status=refused.status, too_many=True)
    if card is None:
        return wizard.page("public/card/gone.html", status=404, too_many=False)
    if wizard.draft and wizard.answers.get("card", {}).get("support_code") == card.code:
        return redirect(wizard.next_url)
    if wizard.draft and not is_afresh:
        return wizard.page("public/card/begun.html", code=card.code, onward=wizard.next_url)
    if wizard.draft:
        drafts.abandon_draft(wizard.session, wizard.draft)
    return _begin(wizard, answers_from_card(wizard.session, card))


def _begin(wizard: ReportSession, answers: dict[str, object]) -> Response:
    check_draft_limits(wizard.session, wizard.address, is_new=True)
    (wizard.draft, token), wizard.sent = drafts.start_draft(wizard.session), None
    wizard.answers = answers
    drafts.save_answers(wizard.draft, answers)
    response = redirect(wizard.next_url)
    cookies.delete_cookie(response, cookies.SENT)
    return keep_token(response, cookies.DRAFT, token)
