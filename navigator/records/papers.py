"""Papers as data: starting points of a DPIA and of DTAC, made of the settings and of the data map."""

from collections.abc import Iterator, Sequence
from typing import Any, Literal

from sqlmodel import Session, col, select

from navigator import clock
from navigator.catalogue.privacy_notice import PrivacyNotice
from navigator.catalogue.retention_period import RECORD_CLASSES, periods_of
from navigator.catalogue.service import Service
from navigator.records.data_map import described, places
from navigator.settings import settings

Paper = Literal["dpia", "dtac"]
TITLES = {"dpia": "Data protection impact assessment", "dtac": "Digital technology assessment criteria"}
A_START = (
    "**This is a start, made by the desk from its settings. It decides nothing. "
    "A person must check each line, answer what is open, and sign. "
    "Nothing in it is legal or clinical advice.**"
)
OPEN = "_Open: to be answered by whoever signs._"


def paper(session: Session, name: Paper) -> str:
    """A paper as Markdown."""
    sections = _DPIA if name == "dpia" else _DTAC
    parts = [f"# {TITLES[name]}: starting point", f"Made on {clock.today():%-d %B %Y}.", A_START]
    for title, lines in sections:
        parts += [f"## {title}", *lines(session)]
    parts += ["## Signed by", "| role | name | date |\n|---|---|---|\n| | | |\n| | | |"]
    return "\n\n".join(parts) + "\n"


def _services(session: Session) -> Iterator[str]:
    rows = []
    for service in session.exec(select(Service).order_by(col(Service.name))):
        notice = session.get(PrivacyNotice, service.id)
        said = notice if notice and notice.is_complete else None
        rows.append(
            (service.name, said.controller if said else "not filled in", said.lawful_basis if said else "",
             said.periods if said else "", said.contact if said else "",
             f"{said.owner}, review {said.review_on:%-d %B %Y}" if said and said.review_on else "")
        )  # fmt: skip
    yield _table(("service", "controller", "lawful basis", "periods", "contact", "owner"), rows)


def data_map_table(_: Session | None = None) -> Iterator[str]:
    """What is stored where, whose it is, why and how long, as a table."""
    rows = []
    by_class = sorted(places().values(), key=lambda each: (described(each.record_class).title, each.table))
    for place in by_class:
        each = described(place.record_class)
        rows.append((each.title, f"`{place.table}`", place.holds, each.whose, each.why, each.how_long))
    yield _table(("class", "table", "what stands in it", "whose", "why", "how long"), rows)


def _periods(session: Session) -> Iterator[str]:
    rows = []
    for service in session.exec(select(Service).order_by(col(Service.name))):
        periods = periods_of(session, service.id)
        for code, each in RECORD_CLASSES.items():
            decided = periods.get(code)
            days = decided.days if decided else each.days
            said = f"{days} days" if days else "kept until the service decides"
            who = f"{decided.owner}: {decided.reason}" if decided else "nobody has decided"
            rows.append((service.name, each.title, said, who))
    yield _table(("service", "class", "days", "who decided, and why"), rows)


def _technical(_: Session) -> Iterator[str]:
    config = settings()
    yield _table(
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


def _rights(_: Session) -> Iterator[str]:
    yield (
        "A manager of the service finds a person’s records, makes a copy that is reviewed piece by piece, "
        "corrects, holds and erases them, each time audited (docs/data.md)."
    )


def _hazards(_: Session) -> Iterator[str]:
    yield f"The hazard log is docs/clinical-safety/hazard-log.md. Name an owner for each hazard. {OPEN}"


def _open(_: Session) -> Iterator[str]:
    yield OPEN


Sections = Sequence[tuple[str, Any]]

_DPIA: Sections = (
    ("Who decides, on what basis", _services),
    ("What is stored where, why, how long", data_map_table),
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
    ("What is stored where, why, how long", data_map_table),
    ("Technical security", _technical),
    ("Interoperability", _open),
    ("Usability and accessibility", _open),
)


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join(f"| {' | '.join(_cell(cell) for cell in line)} |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
