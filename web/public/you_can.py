"""What a reporter can do on the page of their ticket, drawn once for all to whom the same is shown.

What is kept is drawn from a `Shape` alone, which has no address, date or number of anybody: each has a slot,
and is put in for its reader. Whoever told hours of quiet or access needs, or typed something, is drawn alone.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from markupsafe import Markup, escape
from sqlmodel import Session

from navigator import languages, phone_numbers
from navigator.outbox.delivery import works
from navigator.people.actor import Actor
from navigator.people.reporter import ContactMethod, Reporter, ReporterLink
from navigator.tickets.actions.reporter import can_send_own_link
from navigator.tickets.detail import links_to
from navigator.tickets.enums import TicketRole
from navigator.tickets.followed import FollowedTicket
from web.kit.forms import Form
from web.kit.templating import environment

_SLOT = re.compile("\ue001([a-z_-]+)\ue001")
_KEPT = 200


@dataclass(frozen=True)
class SameReporter:
    """What the forms show of a reporter that many have in common."""

    contact_method: str | None
    is_safe_to_contact: bool | None
    other_is_safe: bool
    page_language: str
    came_by_card: bool
    is_out_of_reach: bool
    email: str = ""
    phone: str = ""
    quiet_from_hour: None = None
    quiet_until_hour: None = None
    access_needs: tuple[()] = ()


@dataclass(frozen=True)
class Shape:
    """All that is said there, but for what stands in slots; `boxes` are those into which something is put."""

    reporter: SameReporter | None
    allowed: frozenset[str]
    is_joined: bool
    notice: bool
    can_send_link: bool
    pictures_go: bool
    languages: tuple[tuple[str, str], ...]
    is_weekly: str
    boxes: tuple[str, ...]
    spoken: str
    ways: tuple[ContactMethod, ...]


@dataclass(frozen=True)
class YouCan:
    """What is called by the template, which knows what was typed before."""

    detail: FollowedTicket
    links: Sequence[ReporterLink]
    notice: bool
    can_send_link: bool
    languages: Sequence[tuple[str, str]]

    def __call__(self, form: Form) -> Markup:
        """The end of the page."""
        links_list: Any = environment.globals["links_list"]
        links = links_list(self.links)
        if form.typed or form.errors or _told_more(self.detail.reporter):
            form.fill(self.detail.coming_session)
            shown = {"number": self.detail.ticket.number, "links": links}
            return _draw(self._shape(()), shown, form, self.detail.reporter)
        boxes = self._boxes()
        texts: dict[str, str] = {name: escape(text) for name, text in boxes.items()}
        texts |= {"number": str(self.detail.ticket.number), "links": links}
        html = _drawn_once(self._shape(tuple(boxes))).copy()
        html[1::2] = [texts[name] for name in html[1::2]]
        return Markup("".join(html))  # noqa: S704 - drawn by a template, and each text is escaped

    def _shape(self, boxes: tuple[str, ...]) -> Shape:
        ticket, reporter = self.detail.ticket, self.detail.reporter
        sent = any(each.has_attachments and each.author == "reporter" for each in self.detail.messages)
        return Shape(
            reporter=_same(reporter) if reporter else None,
            allowed=frozenset(self.detail.allowed),
            is_joined=TicketRole.JOINED_REPORTER in self.detail.roles,
            notice=self.notice,
            can_send_link=self.can_send_link,
            pictures_go=sent and not ticket.has_open_review,
            languages=tuple(self.languages),
            is_weekly="yes" if self.detail.coming_session.get("session_is_weekly") else "no",
            boxes=boxes,
            spoken=languages.current().code,
            ways=tuple(way for way in ContactMethod if works(way)),
        )

    def _boxes(self) -> Mapping[str, str]:
        """What is put into the boxes: nothing that whoever has only the code of a card may not see."""
        reporter, coming = self.detail.reporter, self.detail.coming_session.get("next_session")
        boxes = {f"next_session-{part}": str(getattr(coming, part, "")) for part in ("day", "month", "year")}
        if reporter and not reporter.came_by_card:
            boxes |= {"email": reporter.email, "phone": phone_numbers.readable(reporter.phone)}
        return {name: text for name, text in boxes.items() if text}


def what_they_can(session: Session, actor: Actor, detail: FollowedTicket, *, has_notice: bool) -> YouCan:
    """What the reporter of a ticket can do beside writing; `has_notice` if a clinician is asked."""
    return YouCan(
        detail,
        links=links_to(session, actor, detail),
        notice=has_notice,
        can_send_link=can_send_own_link(detail.reporter),
        languages=[(each.code, each.own_name) for each in languages.offered(detail.service.code)],
    )


def _told_more(reporter: Reporter | None) -> bool:
    if reporter is None:
        return False
    hours = reporter.quiet_from_hour, reporter.quiet_until_hour
    return hours != (None, None) or bool(reporter.access_needs)


def _same(reporter: Reporter) -> SameReporter:
    return SameReporter(
        contact_method=reporter.contact_method,
        is_safe_to_contact=reporter.is_safe_to_contact,
        other_is_safe=reporter.other_is_safe,
        page_language=reporter.page_language,
        came_by_card=reporter.came_by_card,
        is_out_of_reach=reporter.is_out_of_reach,
    )


@lru_cache(maxsize=_KEPT)
def _drawn_once(shape: Shape) -> list[str]:
    form = Form()
    form.typed.update({name: [_slot(name)] for name in shape.boxes})
    form.fill({"session_is_weekly": shape.is_weekly})
    shown = {"number": _slot("number"), "links": _slot("links")}
    return _SLOT.split(_draw(shape, shown, form, shape.reporter))


def _slot(name: str) -> str:
    return f"\ue001{name}\ue001"


def _draw(
    shape: Shape, shown: Mapping[str, Any], form: Form, reporter: Reporter | SameReporter | None
) -> Markup:
    facts = {name: getattr(shape, name) for name in Shape.__dataclass_fields__} | {"reporter": reporter}
    html = environment.get_template("public/track/you_can.html").render({**facts, **shown, "form": form})
    return Markup(html)  # noqa: S704 - drawn by a template
