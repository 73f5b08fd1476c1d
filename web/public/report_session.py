"""A report being told: its draft, its answers so far, and how its pages are shown."""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import Depends
from sqlmodel import Session
from starlette.responses import Response

from navigator import clock
from navigator.catalogue.accepting_reports import services_taking_reports
from navigator.catalogue.articles import Article, articles_for, count_article_use
from navigator.catalogue.catalogue import catalogue
from navigator.catalogue.lookups import (
    crisis_card_of,
    next_opening_of,
    programme_by_code,
    programmes_of,
    service_by_code,
)
from navigator.catalogue.service import Service
from navigator.problems.public_list import KnownProblem, known_problems
from navigator.tickets.inputs import ContactMethodInput
from navigator.tickets.report_draft import ReportDraft
from navigator.tickets.reports import drafts
from navigator.tickets.reports.limits import check_rate_limits
from web.kit import cookies
from web.kit.deps import Reading, Writing
from web.kit.forms import Form
from web.kit.templating import PageRenderer, Render, redirect
from web.public import report_steps
from web.public.report_forms import PlaceAnswer, TriedAnswer

DRAFT, SENT = "desk_draft", "desk_sent"
GONE = "Your answers were cleared after an hour. Please start again."


class ReportSession:
    """What the reporter has told so far, and the pages that ask for the rest."""

    def __init__(self, page: PageRenderer, session: Session, draft: ReportDraft | None) -> None:
        self.page, self.session = page, session
        # What was sent stays sent: Back and a second press of the button do no harm.
        self.sent = draft if draft and draft.sent_number else None
        self.draft = None if self.sent else draft
        self.kept: dict[str, Any] = self.draft.answers if self.draft else {}

    @property
    def onward(self) -> str:
        """The address of the first page that is still to be answered, or of what comes after all of them."""
        return "/report/sent" if self.sent else f"/report/{report_steps.next_step(self.kept)}"

    def ask(self, name: str, form: Form) -> Response:
        """The page of one step, with what was answered before; or the step that must come first."""
        step = report_steps.BY_NAME[name]
        if name not in self.kept and name != report_steps.next_step(self.kept):
            return redirect(self.onward)
        if name in self.kept:
            answer = step.model.model_validate(self.kept[name])
            form.fill(answer.boxes() if isinstance(answer, ContactMethodInput) else answer)
        return self.show(name, form=form, back_to=report_steps.previous_step(self.kept, name))

    def show(self, name: str, of: Service | None = None, **facts: Any) -> Response:
        """A page of the journey, with the crisis card of the service that it is `of`."""
        code = self.kept.get("place", {}).get("service")
        service = service_by_code(self.session, code) if code else of
        known: dict[str, Any] = {
            "service": service,
            "crisis": crisis_card_of(self.session, service),
            "read_at": next_opening_of(service) if service else None,
            "kept": self.kept,
            "form": Form(),
            "category": report_steps.category_chosen(self.kept),
            "catalogue": catalogue(),
            "soon": clock.today() + timedelta(days=7),
            "likely": report_steps.likely_categories(self.kept) if name == "which" else (),
            "problems": self._known() if name == "words" else (),
            "articles": self._articles() if name == "try" else (),
            "offers": services_taking_reports(self.session) if name == "place" else (),
            "programmes": programmes_of(self.session, service.id) if service and name == "check" else (),
        }
        return self.page(f"public/report/{name}.html", **known | facts)

    def _known(self) -> list[KnownProblem]:
        """What is already known of what they chose."""
        category = report_steps.category_chosen(self.kept)
        return known_problems(self.session, self.kept["place"]["programme"], category.id) if category else []

    def _articles(self) -> list[Article]:
        """What the service's articles say on what they chose."""
        category, place = report_steps.category_chosen(self.kept), self.kept.get("place", {})
        return articles_for(self.session, category.id, place.get("programme")) if category else []

    def answer(self, name: str, form: Form) -> Response:
        """Keep the answer to a step, or ask again and say why."""
        step = report_steps.BY_NAME[name]
        form.typed |= step.known(self.kept)
        given = form.read(step.model)
        if isinstance(given, PlaceAnswer):
            with form.trying(self.session):
                self._offered(given)
        if given is None or form.errors or not step.applies(self.kept):
            return self.ask(name, form)
        if isinstance(given, TriedAnswer) and self._has_helped(given):
            return redirect("/report/solved")
        return self._keep(name, given.model_dump(mode="json"))

    def _has_helped(self, given: TriedAnswer) -> bool:
        """Count what was shown, once however often they go back, and what helped: then nothing is sent."""
        codes = {one.code for one in self._articles()}
        count_article_use(self.session, codes if "try" not in self.kept else (), {given.article} & codes)
        category = report_steps.category_chosen(self.kept)
        if not (given.has_helped and self.draft and category):
            return False
        drafts.record_deflection(self.session, self.draft, **self.kept["place"], category=category.id)
        return True

    def _offered(self, place: PlaceAnswer) -> None:
        programme_by_code(self.session, service_by_code(self.session, place.service), place.programme)

    def _keep(self, name: str, answer: dict[str, Any]) -> Response:
        """Keep it and go on: to help first, when its words are ones that a person must read."""
        draft, token = (self.draft, None) if self.draft else drafts.start_draft(self.session)
        was_of_concern = draft.is_of_concern
        self.kept = report_steps.merge_answer(self.kept, name, answer)
        self.kept["articles"] = {"codes": [one.code for one in self._articles()]}
        hit = drafts.save_answers(draft, self.kept)
        going = redirect("/report/help" if hit and not was_of_concern else self.onward)
        return keep_token(going, DRAFT, token) if token else going

    def send(self, address: str) -> Response:
        """Send it, or say again that it was sent."""
        if self.draft and self.onward != "/report/check":
            return redirect(self.onward)
        if self.draft:
            told = report_steps.to_report(self.kept)
            check_rate_limits(self.session, address, told)
            drafts.send_draft(self.session, self.draft, told)
        if (draft := self.sent or self.draft) is None:
            return redirect("/report", GONE)
        return keep_token(redirect("/report/sent"), SENT, drafts.mint_private_link(self.session, draft))

    def forget(self) -> Response:
        """Clear all that was typed."""
        if self.draft:
            drafts.delete_draft(self.session, self.draft)
        return redirect("/", "Your answers are cleared.")


def keep_token(response: Response, name: str, token: str) -> Response:
    """Give the reporter's browser a token for as long as a draft is kept."""
    cookies.set_cookie(response, name, token, drafts.DRAFT_LASTS)
    return response


def _read(page: Render, session: Reading) -> ReportSession:
    return ReportSession(page, session, drafts.draft_of(session, cookies.read_cookie(page.request, DRAFT)))


def _write(page: Render, session: Writing) -> ReportSession:
    return ReportSession(
        page, session, drafts.draft_of(session, cookies.read_cookie(page.request, DRAFT), lock=True)
    )


def _sent_by(page: Render) -> str:
    return cookies.read_cookie(page.request, SENT)


ReadReport = Annotated[ReportSession, Depends(_read)]
WriteReport = Annotated[ReportSession, Depends(_write)]
SentToken = Annotated[str, Depends(_sent_by)]
