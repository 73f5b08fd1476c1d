"""Papers as data: starting points of a DPIA, DTAC and a hazard log, of settings, data map and hazards."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, Literal

from sqlmodel import Session, col, select

from navigator import clock
from navigator.catalogue.hazards import answered_hazards
from navigator.catalogue.privacy_notice import PrivacyNotice
from navigator.catalogue.retention_period import RECORD_CLASSES, periods_of
from navigator.catalogue.service import Service
from navigator.records.data_map import described, places
from navigator.settings import settings

PaperName = Literal["dpia", "dtac", "hazards"]
TITLES: Mapping[PaperName, str] = MappingProxyType(
    {
        "dpia": "Data protection impact assessment",
        "dtac": "Digital technology assessment criteria",
        "hazards": "Hazard log",
    }
)
A_START = (
    "This is a start, made by the desk from its settings. It decides nothing. "
    "A person must check each line, answer what is open, and sign. "
    "Nothing in it is legal or clinical advice."
)
OPEN = "Open: to be answered by whoever signs."


@dataclass(frozen=True)
class PaperTable:
    """A table of a paper; `widths` are shares of a page."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[int] | None = None


Block = str | PaperTable
"""A paragraph, or a table."""


@dataclass(frozen=True)
class Paper:
    """A starting point: its title, the day on which it was made, and its sections."""

    title: str
    made_on: date
    sections: Sequence[tuple[str, Sequence[Block]]]


def paper(session: Session, name: PaperName) -> Paper:
    """The starting point of a paper, to be checked and signed by a person."""
    sections = [(title, [*blocks(session)]) for title, blocks in _SECTIONS[name]]
    signed = PaperTable(("role", "name", "date"), [("", "", "")] * 2)
    return Paper(f"{TITLES[name]}: starting point", clock.today(), [*sections, ("Signed by", [signed])])


def _services(session: Session) -> Iterator[Block]:
    rows = []
    for service in session.exec(select(Service).order_by(col(Service.name), col(Service.id))):
        notice = session.get(PrivacyNotice, service.id)
        said = notice if notice and notice.is_complete else None
        rows.append(
            (service.name, said.controller if said else "not filled in", said.lawful_basis if said else "",
             said.periods if said else "", said.contact if said else "",
             f"{said.owner}, review {said.review_on:%-d %B %Y}" if said and said.review_on else "")
        )  # fmt: skip
    yield PaperTable(("service", "controller", "lawful basis", "periods", "contact", "owner"), rows)


def _data_map(_: Session) -> Iterator[Block]:
    rows = []
    by_class = sorted(places().values(), key=lambda each: (described(each.record_class).title, each.table))
    for place in by_class:
        each = described(place.record_class)
        rows.append((each.title, place.table, place.holds, each.whose, each.why, each.how_long))
    yield PaperTable(_MAP_COLUMNS, rows, (18, 16, 26, 11, 20, 20))


_MAP_COLUMNS = ("class", "table", "what stands in it", "whose", "why", "how long")


def _periods(session: Session) -> Iterator[Block]:
    rows = []
    for service in session.exec(select(Service).order_by(col(Service.name), col(Service.id))):
        periods = periods_of(session, service.id)
        for code, each in RECORD_CLASSES.items():
            decided = periods.get(code)
            days = decided.days if decided else each.days
            said = f"{days} days" if days else "kept until the service decides"
            who = f"{decided.owner}: {decided.reason}" if decided else "nobody has decided"
            rows.append((service.name, each.title, said, who))
    yield PaperTable(("service", "class", "days", "who decided, and why"), rows)


def _technical(_: Session) -> Iterator[Block]:
    config = settings()
    yield PaperTable(
        ("question", "what is set"),
        [
            ("People reach the desk by https", "yes" if config.base_url.startswith("https://") else "no"),
            ("Database", "PostgreSQL" if config.database.startswith("postgresql") else "SQLite"),
            ("Mail leaves over a protected connection", "no" if config.mail_security == "none" else "yes"),
            (
                "Pictures and PDFs lie",
                "in an S3 store" if config.attachment_store else "on this disk",
            ),
            ("A virus check looks at files", "yes" if config.clamav_socket else "no"),
        ],
    )


def _rights(_: Session) -> Iterator[Block]:
    yield (
        "A manager of the service finds a person’s records, makes a copy that is reviewed piece by piece, "
        "corrects, holds and erases them, each time audited (docs/data.md)."
    )


def _hazards(session: Session) -> Iterator[Block]:
    listed = answered_hazards(session, clock.today())
    lacking: dict[str, list[str]] = {}
    for each in listed:
        if each.lacks:
            lacking.setdefault(each.lacks, []).append(each.hazard.code)
    yield (
        "What could harm somebody, what in the desk works against it, and what is left to the service. It "
        "claims no compliance with DCB0129, DCB0160 or any other standard, and grades nothing: likelihood "
        "and severity are for the people who know the service."
    )
    said = [f"Not done, {what}: {', '.join(codes)}." for what, codes in lacking.items()]
    yield " ".join(said) or "Each hazard has an owner and a review date."
    rows = [
        (
            each.hazard.code, each.hazard.hazard, each.hazard.control, each.hazard.left or "–",
            each.owner or "NOBODY YET", f"{each.review_on:%-d %B %Y}" if each.review_on else "NOT SET",
        )
        for each in listed
    ]  # fmt: skip
    columns = ("", "hazard", "control in the desk", "left to the service", "owner", "review")
    yield PaperTable(columns, rows, (5, 20, 38, 38, 15, 12))
    yield f"Likelihood, severity, and what was decided of each. {OPEN}"


def _open(_: Session) -> Iterator[Block]:
    yield OPEN


Sections = Sequence[tuple[str, Any]]

_DPIA: Sections = (
    ("Who decides, on what basis", _services),
    ("What is stored where, why, how long", _data_map),
    ("How long each class is kept", _periods),
    ("Necessity and proportion", _open),
    ("Rights of people", _rights),
    ("How it is protected", _technical),
    ("Risks and what is done about them", _open),
    ("Who was consulted", _open),
)
_DTAC: Sections = (
    ("Clinical safety", _hazards),
    ("Data protection", _services),
    ("What is stored where, why, how long", _data_map),
    ("Technical security", _technical),
    ("Interoperability", _open),
    ("Usability and accessibility", _open),
)


_SECTIONS: Mapping[PaperName, Sections] = MappingProxyType(
    {"dpia": _DPIA, "dtac": _DTAC, "hazards": (("Hazards", _hazards), ("Who was consulted", _open))}
)
