"""Fixability: who can put it right, by the programme's override, else the category's default, and cues."""

from dataclasses import dataclass

from navigator.catalogue.catalogue import (
    Category,
    Cue,
    Fixability,
    MoveTexts,
    Override,
    Question,
    catalogue,
    fixable,
)
from navigator.catalogue.fixability_cues import cues_in_answers

__all__ = ["Override", "Verdict", "cues_in_answers", "decide", "fixable", "questions_that_decide"]

MAX_ASKED = 2

# The order of trying; what is not in it (protocol, divert, none) never moves.
_ORDER = (Fixability.NAVIGATOR, Fixability.SERVICE, Fixability.SUPPLIER)


@dataclass(frozen=True)
class Verdict:
    """The answer for the reporter: who can fix it, why, the next step and the workaround."""

    fixability: Fixability
    fixable: bool | None
    reason: str
    next_step: str
    workaround: str
    moved_by: tuple[Cue, ...] = ()


def decide(category: Category, override: Override | None, cues: frozenset[Cue]) -> Verdict:
    """Decide who can fix a category in a programme, given the cues in its report."""
    basis = override or Override(category.fixability, category.reason)
    fixability, moved_by = _move(category, basis.fixability, cues)
    texts = catalogue().moved
    return Verdict(
        fixability=fixability,
        fixable=fixable(fixability),
        reason=_reason_text(texts, fixability, moved_by) if moved_by else basis.reason or category.reason,
        next_step=texts.next_step[fixability] if moved_by else basis.next_step or category.next_step,
        workaround=basis.workaround or category.patient_workaround or category.workaround,
        moved_by=moved_by,
    )


_Move = tuple[Fixability, tuple[Cue, ...]]


def _move(category: Category, start: Fixability, cues: frozenset[Cue]) -> _Move:
    """Whom the furthest cue moves the fix to, and every cue that does; a fix never moves back."""
    if start not in _ORDER:
        return start, ()
    rank = _ORDER.index
    moves = {cue: category.moves[cue] for cue in Cue if cue in cues and cue in category.moves}
    furthest = max([start, *moves.values()], key=rank)
    return furthest, tuple(cue for cue, to in moves.items() if to is furthest and furthest is not start)


def _reason_text(texts: MoveTexts, fixability: Fixability, moved_by: tuple[Cue, ...]) -> str:
    return " ".join((*(texts.because_sentence(cue) for cue in moved_by), texts.reason[fixability]))


def questions_that_decide(
    category: Category, override: Override | None, told: frozenset[Cue] = frozenset()
) -> tuple[Question, ...]:
    """The closed questions for a patient of which an answer would change who can fix it: two at most.

    What the cues `told` in words have settled already is not asked.
    """
    so_far = decide(category, override, told).fixability

    def decides(question: Question) -> bool:
        cues = (told | {option.cue} for option in question.options if option.cue)
        return any(decide(category, override, cue).fixability is not so_far for cue in cues)

    return tuple(filter(decides, category.questions_for("patient")))[:MAX_ASKED]
