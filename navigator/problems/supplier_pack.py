"""The pack for a supplier: what is known of a fault, or of one report, and nothing that leads to a person.

It is made from a list of what may be in it. Counts are of all services, rounded, and none is under five. What
staff wrote of the fault, and first words that a person has cleared, pass a filter besides.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col

from navigator.catalogue.catalogue import Category, catalogue
from navigator.catalogue.programme import Programme
from navigator.dates_in_words import day
from navigator.pdf import Pdf
from navigator.problems.pack_facts import answered, answers_of, counts_of, devices_of
from navigator.problems.pack_words import clean, clean_reference, names_known
from navigator.problems.problem import Problem
from navigator.tickets.actions.clear_words import clearance_of, cleared_words, first_words, may_leave
from navigator.tickets.ticket import Ticket

NOT_KNOWN = "not known yet"


@dataclass(frozen=True)
class SupplierPack:
    """A pack: facts in a line each, parts with longer words, and first words that were cleared."""

    title: str
    facts: Mapping[str, str]
    parts: Mapping[str, str]
    words: Sequence[str] = ()

    def as_text(self) -> str:
        """The pack as the text of a mail."""
        facts = "\n".join(f"{_label(label)} {text}" for label, text in self.facts.items())
        parts = [f"{label}:\n{text}" for label, text in self._all_parts().items()]
        return "\n\n".join([facts, *parts])

    def as_markdown(self) -> str:
        """The pack as Markdown, in which no sign of what was typed is markup."""
        facts = "\n".join(f"- **{_label(label)}** {_plain(text)}" for label, text in self.facts.items())
        parts = [f"## {label}\n\n{_plain(text)}" for label, text in self._all_parts().items()]
        return "\n\n".join([f"# {_plain(self.title)}", facts, *parts]) + "\n"

    def as_pdf(self) -> bytes:
        """The pack as a PDF file."""
        pdf = Pdf(self.title)
        pdf.table(("What", "As we know it"), list(self.facts.items()), widths=(1, 2))
        for label, text in self._all_parts().items():
            pdf.heading(label, 2)
            pdf.paragraph(text)
        return pdf.to_bytes()

    def _all_parts(self) -> dict[str, str]:
        words = {"In their own words": "\n".join(f"“{text}”" for text in self.words)} if self.words else {}
        return {**self.parts, **words}


def _label(words: str) -> str:
    return words if words.endswith("?") else f"{words}:"


def _plain(text: str) -> str:
    escaped = re.sub(r"([\\`*_{}\[\]<>()#+!|~-])", r"\\\1", text)
    return re.sub(r"\n+", "\n\n", escaped)


def problem_pack(session: Session, problem: Problem) -> SupplierPack:
    """The pack of a whole fault, across all services."""
    of_problem = col(Ticket.problem_id) == problem.id
    names = names_known(session, of_problem)
    facts = {
        "Our reference": f"known problem {problem.id}",
        "Your reference": clean_reference(problem.supplier_reference, names),
        **_subject(session, problem.programme_id, catalogue().category(problem.category)),
        **({"Severity": f"{problem.severity} of 4"} if problem.severity else {}),
        **_of_versions(problem, names),
        **counts_of(session, problem),
        **answers_of(session, problem),
        **devices_of(session, problem),
    }
    words = [clean(text, names) for text in cleared_words(session, of_problem)]
    return SupplierPack(clean(problem.title, names), facts, _parts(problem, names), words)


def ticket_pack(session: Session, ticket: Ticket) -> SupplierPack:
    """The pack of one report: without its number, which leads to a person.

    A check of a phone is not in it: whoever sent one was told that the company may get counts of it.
    """
    problem = session.get(Problem, ticket.problem_id) if ticket.problem_id else None
    category = catalogue().category(ticket.category) if ticket.category else None
    names = names_known(session, col(Ticket.number) == ticket.number)
    facts = {
        "Our reference": f"known problem {problem.id}" if problem else "none: please quote this file",
        **_subject(session, ticket.programme_id, category),
        **(_of_versions(problem, names) if problem else {}),
        "Reported": day(ticket.reported_at),
        **dict(answered(ticket)),
    }
    message = first_words(session, ticket)
    is_cleared = clearance_of(session, message) is not None and may_leave(ticket)
    words = [clean(message.body, names)] if message and is_cleared else []
    title = clean(problem.title, names) if problem else category.staff_label if category else "A report"
    return SupplierPack(title, facts, _parts(problem, names) if problem else {}, words)


def words_as_they_leave(session: Session, ticket: Ticket) -> str:
    """The first words of a ticket as a supplier would read them, were they cleared."""
    message = first_words(session, ticket)
    return clean(message.body, names_known(session, col(Ticket.number) == ticket.number)) if message else ""


def _subject(session: Session, programme_id: int | None, category: Category | None) -> dict[str, str]:
    programme = session.get(Programme, programme_id) if programme_id else None
    return {
        "Programme": programme.name if programme else NOT_KNOWN,
        "Kind": f"{category.staff_label} ({category.id})" if category else NOT_KNOWN,
    }


def _of_versions(problem: Problem, names: Iterable[str]) -> dict[str, str]:
    return {"Versions": clean(problem.versions, names) or NOT_KNOWN}


def _parts(problem: Problem, names: Iterable[str]) -> dict[str, str]:
    parts = {
        "What is known": problem.known,
        "Steps": problem.steps,
        "What should happen": problem.expected,
        "What happens instead": problem.actual,
    }
    return {label: clean(text, names) for label, text in parts.items() if text}
