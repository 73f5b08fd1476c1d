"""The session of a report wizard: its autosaved draft, its answers so far, and its pages."""

from collections.abc import Hashable
from functools import cached_property
from typing import Any

from sqlmodel import Session
from starlette.responses import Response

from navigator.catalogue.accepting_reports import ServiceOffer, services_taking_reports, takes_reports
from navigator.catalogue.articles import count_article_use
from navigator.catalogue.lookups import (
    crisis_card_of,
    next_opening_of,
    service_by_code,
)
from navigator.catalogue.reference_data import reference_data
from navigator.catalogue.service import Service
from navigator.problems import affected
from navigator.tickets.actions.booked_calls import can_book
from navigator.tickets.actions.reporter import can_send_own_link
from navigator.tickets.attached_files import draft_files
from navigator.tickets.detail import TicketDetail
from navigator.tickets.promises import promises_to
from navigator.tickets.report_draft import ReportDraft
from navigator.tickets.reports import drafts
from navigator.tickets.reports.limits import check_draft_limits, check_rate_limits
from navigator.tickets.safety_notice import language_notice, safety_notice
from navigator.triage.safety_screen import screen
from navigator.triage.two_problems import two_problems
from web.kit import cookies, page_language
from web.kit.forms import Form
from web.kit.templating import PageRenderer, redirect, url
from web.public import report_categories, report_steps
from web.public.card_answers import answers_by_code, known_by_card, without_ended_card
from web.public.counted_once import known_token
from web.public.report_closed import closed_page, closed_service
from web.public.report_detours import detour_after
from web.public.report_forms import PlaceAnswer, TryAnswer
from web.public.report_offers import articles_of, place_context, settle_place, step_context, what_applies

_SHOWN_BY_CLOSED = frozenset({"place", "sent", "solved", "clear", "confirmation_closed"})
"""Pages that are shown of a service which takes no reports: for there is nothing more to type on them."""
_IN_LINK = frozenset({"service", "programme"})
"""What a service's printed link fills in."""
GONE = "Your answers are cleared. Please start again."
KEPT = "Your earlier answers were cleared. What you wrote just now is kept."


class ReportSession:
    """The answers of a reporter so far, and the pages that ask for the rest."""

    def __init__(
        self, page: PageRenderer, session: Session, draft: ReportDraft | None, address: str = ""
    ) -> None:
        self.page, self.session, self.address = page, session, address
        # What was sent stays sent: Back and a second press of the button do no harm.
        self.sent = draft if draft and draft.sent_number else None
        self.draft = None if self.sent else draft
        answers: dict[str, Any] = self.draft.answers if self.draft else {}
        self.answers = without_ended_card(session, answers, lock=bool(address))
        if service := self.answers.get("place", {}).get("service"):
            page_language.speak_for(page.request, service)

    @property
    def next_url(self) -> str:
        """The address of the first page that is still to be answered, or of what comes after all of them."""
        return "/report/sent" if self.sent else f"/report/{report_steps.next_step(self.answers)}"

    def show_step(self, name: str, form: Form) -> Response:
        """The page of one step, with what was answered before; or the step that must come first."""
        if name in report_steps.OLD_STEPS:
            return redirect(f"/report/{report_steps.OLD_STEPS[name]}")
        if name == "place" and (closed := self._closed(form)):
            return closed
        asked = self.answers.keys() | known_by_card(self.answers)
        if name not in asked and name != report_steps.next_step(self.answers):
            return redirect(self.next_url)
        if name in self.answers:
            form.fill(report_steps.as_boxes(self.answers[name]))
        back_to = report_steps.previous_step(self.answers, name)
        return self.render(name, form=form, back_to=back_to, same=self._same(name, form))

    def _same(self, name: str, form: Form) -> Hashable:
        """What makes this page the same for many: the first question, before anything is answered.

        A printed link may name a service and a programme in its address; what nobody has is not kept.
        """
        if name != "place" or self.draft or self.answers or form.typed.keys() - _IN_LINK:
            return None
        known = {offer.service.code for offer in self._offers}
        known |= {programme.code for offer in self._offers for programme in offer.programmes}
        filled = tuple(tuple(form.all(box)) for box in sorted(_IN_LINK))
        is_known = all(known.issuperset(codes) and len(codes) <= 1 for codes in filled)
        token = reference_data(self.session).token
        return (token, filled) if token and is_known else None

    def begin(self, form: Form) -> Response:
        """The first question; of a report that was begun here no more is said than that there is one."""
        # A link that names two chooses neither: a browser would take the last, unseen.
        form.typed = {box: values for box, values in form.typed.items() if len(values) == 1}
        if self.draft:
            return self.page("public/report/begun.html", form=form, onward=self.next_url)
        if self.sent:
            self.page.ended_cookies |= {cookies.SENT, cookies.DRAFT}
        return self.show_step("place", form)

    def begin_afresh(self, form: Form) -> Response:
        """Leave what was begun here; a service's printed link goes on filling in the first question."""
        self._leave_draft()
        place = {name: form.value(name)[:200] for name in ("service", "programme")}
        return end_draft(redirect(url("/report", **place)))

    def _leave_draft(self) -> None:
        if self.draft:
            drafts.abandon_draft(self.session, self.draft)
        self.draft, self.answers = None, {}

    def render(self, name: str, service: Service | None = None, **context: Any) -> Response:
        """A page of the wizard, with the crisis card of the service: of the answers, or as given."""
        code = self.answers.get("place", {}).get("service")
        service = service_by_code(self.session, code) if code else service
        if name not in _SHOWN_BY_CLOSED and code and service and not takes_reports(self.session, service):
            return self._closed_page(service)
        defaults: dict[str, Any] = {
            "service": service,
            "crisis": crisis_card_of(self.session, service),
            "read_at": next_opening_of(service) if service else None,
            "answers": self.answers,
            "form": Form(),
            "has_draft": self.draft is not None,
            "pictures": draft_files(self.session, self.draft) if name in ("check", "pictures") else (),
            "category": report_categories.category_chosen(self.answers),
            **(place_context(self._offers) if name == "place" else {}),
            **step_context(self.session, name, self.answers),
        }
        return self.page(f"public/report/{name}.html", **defaults | context)

    @cached_property
    def _offers(self) -> list[ServiceOffer]:
        return services_taking_reports(self.session)

    def _closed(self, form: Form) -> Response | None:
        """What to do instead of the first question, while the service takes no reports, or none does."""
        code = form.value("service") or self.answers.get("place", {}).get("service", "")
        service = None if form.value("other") else closed_service(self.session, self._offers, code)
        return None if self._offers and service is None else self._closed_page(service)

    def _closed_page(self, service: Service | None, status: int = 200) -> Response:
        is_unsent = self.draft is not None
        return closed_page(self.page, self.session, service, self._offers, is_unsent, status)

    def save_step(self, name: str, form: Form) -> Response:
        """Save the answer to a step, or show the step again with its errors."""
        if name in report_steps.OLD_STEPS:
            return self.show_step(name, form)
        step = report_steps.BY_NAME[name]
        form.typed |= step.known(self.answers)
        answer = form.read(step.model)
        if isinstance(answer, PlaceAnswer):
            with form.trying(self.session):
                settle_place(self.session, answer, self._offers)
        service = None if name == "place" else self._service()
        if service and not takes_reports(self.session, service):
            return self._closed_page(service, status=503)
        if answer is None or form.errors or not step.applies(self.answers):
            return self.show_step(name, form)
        if isinstance(answer, TryAnswer) and self._has_helped(answer):
            return redirect("/report/help" if self._is_of_concern else "/report/solved")
        return self._save_answer(name, answer.model_dump(mode="json"))

    def _has_helped(self, answer: TryAnswer) -> bool:
        """Count the articles shown, once however often they go back, and a deflection where one helped."""
        codes = {article.code for article in articles_of(self.session, self.answers)}
        count_article_use(self.session, codes if "try" not in self.answers else (), {answer.article} & codes)
        category = report_categories.category_chosen(self.answers)
        if not (answer.has_helped and self.draft and category):
            return False
        if not self._is_of_concern:  # else its writer sends it, or clears it and is told what that means
            place = {name: self.answers["place"][name] for name in ("service", "programme")}
            drafts.record_deflection(self.session, self.draft, **place, category=category.id)
        return True

    @property
    def _is_of_concern(self) -> bool:
        """Whether the safety screen noticed something in the draft, which is not sent yet."""
        return bool(self.draft and self.draft.is_of_concern)

    def _service(self) -> Service | None:
        code = self.answers.get("place", {}).get("service")
        return service_by_code(self.session, code) if code else None

    def read_ahead(self, name: str, form: Form) -> None:
        """Screen and sort the words so far, before a transaction begins: both are remembered for it."""
        step, answers = report_steps.BY_NAME.get(name), self.answers
        typed = form.typed | (step.known(answers) if step else {})
        answer = step and Form((box, value) for box in typed for value in typed[box]).read(step.model)
        if answer:
            answers = report_steps.merge_answer(answers, name, answer.model_dump(mode="json"))
        screen(*drafts.free_text_answers(answers))
        if report_steps.next_step(answers) == "check":
            report = report_steps.to_report(answers)
            screen(*report.free_texts)
            if step is None:  # it is being sent
                two_problems(report.text, report.reporter)

    def _save_answer(self, name: str, answer: dict[str, Any]) -> Response:
        """Autosave an answer and go on: to help first, when the safety screen finds something to read."""
        before = self.answers.get(name, answer)
        if before.get("service") != answer.get("service"):  # another service is told nothing of what one was
            self._leave_draft()
        check_draft_limits(self.session, self.address, is_new=self.draft is None)
        said = KEPT if not (self.draft or self.sent) and name != "place" else ""
        draft, token = (self.draft, None) if self.draft else drafts.start_draft(self.session)
        # Who was shown what to do before they said where can send it from there now.
        was_helped = draft.is_of_concern and (name != "place" or name in self.answers)
        self.answers = report_steps.merge_answer(self.answers, name, answer)
        self.answers["offered"] = what_applies(self.session, self.answers)
        detour = detour_after(self.session, name, self.answers)
        is_hit = drafts.save_answers(draft, self.answers)
        onward = f"/report/{detour}" if detour else self.next_url
        response = redirect("/report/help" if is_hit and not was_helped else onward, said)
        return keep_token(response, cookies.DRAFT, token) if token else response

    def send(self, address: str, is_unfinished: bool = False) -> Response:
        """Send the report, or say again that it was sent; unfinished, with what is known so far."""
        if (service := self._service()) and not takes_reports(self.session, service):
            return self._closed_page(service, status=503)
        is_ready = report_steps.is_enough_to_send if is_unfinished else report_steps.is_complete
        if self.draft and not is_ready(self.answers):
            return redirect(self.next_url)
        if self.draft:
            check_rate_limits(self.session, address)
            ticket = drafts.send_draft(self.session, self.draft, report_steps.to_report(self.answers))
            affected.note_report(self.session, known_token(self.page.request), ticket)
        if (draft := self.sent or self.draft) is None:
            return redirect("/report", GONE)
        if not drafts.is_confirmed(draft):
            return redirect("/report/sent")
        return keep_token(
            redirect("/report/sent"), cookies.SENT, drafts.mint_private_link(self.session, draft)
        )

    @property
    def is_confirmed(self) -> bool:
        """Whether a report was sent so lately that its confirmation is still shown."""
        return self.sent is not None and drafts.is_confirmed(self.sent)

    def show_closed(self) -> Response:
        """That the confirmation is closed; while a report is being written, its next question."""
        return redirect(self.next_url) if self.draft else self.render("confirmation_closed")

    def show_sent(self, detail: TicketDetail, token: str, form: Form | None = None) -> Response:
        """What happens next with what was sent; first what to do now, while a clinician must read it."""
        page_language.speak_for(self.page.request, detail.service.code)
        notices = {
            "notice": safety_notice(self.session, detail.ticket),
            "language_notice": language_notice(self.session, detail.ticket),
        }
        more = {"detail": detail, "token": token, "form": form or Form()}
        more["can_send_link"] = can_send_own_link(detail.reporter)
        more["can_book"] = can_book(detail)
        promises = promises_to(self.session, detail)
        return self.render("sent", service=detail.service, promises=promises, **more, **notices)

    def begin_other(self, detail: TicketDetail) -> Response:
        """Begin a further report of whoever sent one: what they said of themselves is not asked again."""
        check_draft_limits(self.session, self.address, is_new=True)
        (self.draft, token), self.sent = drafts.start_draft(self.session), None
        code = detail.reporter.support_code if detail.reporter else ""
        self.answers = report_steps.kept_for_another(detail) | answers_by_code(self.session, code)
        drafts.save_answers(self.draft, self.answers)
        response = redirect(self.next_url)
        cookies.delete_cookie(response, cookies.SENT)
        return keep_token(response, cookies.DRAFT, token)

    def ask_before_clearing(self) -> Response:
        """Whether to delete the draft; what was noticed in it is said, for then nobody reads it."""
        onward = "/report/help" if self._is_of_concern else self.next_url
        return self.render("clear", is_of_concern=self._is_of_concern, onward=onward)

    def clear(self) -> Response:
        """Delete the draft with all that was typed."""
        if self.draft:
            drafts.delete_draft(self.session, self.draft)
        return end_draft(redirect("/", "Your answers are cleared."))


def keep_token(response: Response, name: str, token: str) -> Response:
    """Give the reporter's browser a token for as long as a draft is kept."""
    cookies.set_cookie(response, name, token, drafts.DRAFT_LASTS)
    return response


def end_draft(response: Response) -> Response:
    """Take the draft's token from the reporter's browser."""
    cookies.delete_cookie(response, cookies.DRAFT)
    return response
