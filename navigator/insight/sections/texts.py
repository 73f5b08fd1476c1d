"""Text messages: how many a service sent by month, in how many parts that are charged, and at what cost."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from sqlmodel import Session, col, select

from navigator import clock
from navigator.catalogue.service import Service
from navigator.insight.queries import ReportScope
from navigator.insight.table import Cell, Row, Table
from navigator.outbox.texts_sent import TextsSent
from navigator.small_numbers import rounded

_HELP = (
    "What the carrier took, by calendar month, whatever period is chosen. A long text is charged in parts. "
    "The cost is the parts at the price that the service set; a free allowance is not taken off."
)
_NO_PRICE = "No price is set: an administrator sets it, under Costs."
_MONTHS = 3


def table(session: Session, scope: ReportScope) -> Table:
    """The texts of each service in this month and the two before."""
    months = _months()
    counted = _counted(session, months[-1])
    codes = [scope.service] if scope.service else scope.services
    services = [scope.services[code] for code in codes]
    return Table(
        name="texts",
        title="Text messages by month",
        help_text=_HELP,
        columns=("Service", *(f"{month:%B %Y}" for month in months)),
        rows=tuple(_rows(services, months, counted)),
    )


def _months() -> tuple[date, ...]:
    found = [clock.today().replace(day=1)]
    while len(found) < _MONTHS:
        found.append((found[-1] - timedelta(days=1)).replace(day=1))
    return tuple(found)


def _counted(session: Session, since: date) -> Mapping[tuple[int, date], TextsSent]:
    query = select(TextsSent).where(col(TextsSent.month_on) >= since)
    return {(row.service_id, row.month_on): row for row in session.exec(query)}


def _rows(
    services: Iterable[Service], months: tuple[date, ...], counted: Mapping[tuple[int, date], TextsSent]
) -> Iterable[Row]:
    for service in services:
        found = [counted.get((service.id, month)) for month in months]
        yield Row(service.name, _price(service), tuple(_cell(each, service.text_pence) for each in found))


def _cell(sent: TextsSent | None, pence: float | None) -> Cell:
    if sent is None:
        return Cell("none", "none")
    cost = f", £{sent.parts * pence / 100:,.2f}" if pence else ""
    texts, parts = rounded(sent.texts), rounded(sent.parts)
    shared = "fewer than 5" if texts is None or parts is None else f"about {texts:,} in {parts:,} parts"
    about = f", about £{parts * pence / 100:,.2f}" if pence and parts and texts else ""
    parts_word = "part" if sent.parts == 1 else "parts"
    return Cell(f"{sent.texts:,} in {sent.parts:,} {parts_word}{cost}", f"{shared}{about}", sent.texts)


def _price(service: Service) -> str:
    if service.text_pence is None:
        return _NO_PRICE
    price = f"{service.text_pence:g} pence a part, from {service.text_cost_owner}."
    is_old = service.text_cost_review_on and service.text_cost_review_on < clock.today()
    return f"{price} It should have been looked at again by now." if is_old else price
