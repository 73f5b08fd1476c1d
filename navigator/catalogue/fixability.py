"""Who can put it right: the programme's override, else the leaf's default, moved on by what was told."""

from dataclasses import dataclass

from navigator.catalogue.catalogue import Category, Cue, Fixability, Moved, Override, catalogue, fixable
from navigator.catalogue.cue_detection import cues_in_answers, cues_in_text

__all__ = ["Override", "Verdict", "cues_in_answers", "cues_in_text", "decide", "fixable"]

# The order of trying; what is not in it (protocol, divert, none) never moves.
_ORDER = (Fixability.NAVIGATOR, Fixability.SERVICE, Fixability.SUPPLIER)


@dataclass(frozen=True)
class Verdict:
    """The answer for the reporter: who can fix it, why, what happens now and what helps meanwhile."""

    fixability: Fixability
    fixable: bool | None
    reason: str
    next_step: str
    workaround: str
    moved_by: tuple[Cue, ...] = ()


def decide(category: Category, override: Override | None, cues: frozenset[Cue]) -> Verdict:
    """Who can fix a category in a programme, given what is known of it."""
    own = override or Override(category.fixability, category.reason)
    who, moved_by = _moved_on(category, own.fixability, cues)
    words = catalogue().moved
    return Verdict(
        fixability=who,
        fixable=fixable(who),
        reason=_why(words, who, moved_by) if moved_by else own.reason or category.reason,
        next_step=words.next_step[who] if moved_by else own.next_step or category.next_step,
        workaround=own.workaround or category.patient_workaround or category.workaround,
        moved_by=moved_by,
    )


_Moved = tuple[Fixability, tuple[Cue, ...]]


def _moved_on(category: Category, start: Fixability, cues: frozenset[Cue]) -> _Moved:
    """Whom the furthest cue moves it to, and every cue that does; a fix never moves back."""
    if start not in _ORDER:
        return start, ()
    rank = _ORDER.index
    moves = {cue: category.moves[cue] for cue in Cue if cue in cues and cue in category.moves}
    who = max([start, *moves.values()], key=rank)
    return who, tuple(cue for cue, to in moves.items() if to is who and who is not start)


def _why(words: Moved, who: Fixability, moved_by: tuple[Cue, ...]) -> str:
    *most, last = (words.because[cue] for cue in moved_by)
    because = f"{', '.join(most)} and {last}" if most else last
    return f"{because[0].upper()}{because[1:]}. {words.reason[who]}"
