"""Did training help, and whom: how-to questions of those who came and of those who did not; confidence."""

from collections.abc import Iterable, Iterator
from statistics import fmean

from sqlmodel import Session

from navigator.insight.finding import Comparison, Finding
from navigator.insight.queries import ReportScope, once
from navigator.insight.table import Bar, Cell, Row, Table, count_cell, text_cell
from navigator.small_numbers import MIN_COUNT, rounded
from navigator.training.confidence import Means, means
from navigator.training.effect import Difference, Effect, Group, HeldSession, effects, held_sessions
from navigator.training.recurring import Recurring, recurring_topics
from navigator.training.topics import BY_ID

NAME = "training_effect"
NOT_SHOWN = "not shown"
FEW = text_cell("fewer than 5 people")
COLUMNS = ("Of whom", "People", "Before", "After", "Difference")
HELP = (
    "Practitioners who came to a session, and their colleagues who did not, in the same weeks: up to four"
    " before it and as many after. Nothing is told of fewer than 5 people. Nobody was chosen by lot to come,"
    " so what changed may have other reasons too."
)


def table(session: Session, scope: ReportScope) -> Table:
    """How-to questions before and after, of those who came and of those who did not; and confidence."""
    rows = [row for effect in _effects(session, scope) for row in _effect_rows(effect)]
    return Table(
        name=NAME,
        title="Did training help, and whom",
        help_text=HELP,
        columns=COLUMNS,
        rows=(*rows, *_confidence_rows(session, _held(session, scope))),
        bars=tuple(bar for effect in _effects(session, scope) for bar in _bars(effect)),
        headline=_headline(_effects(session, scope)),
        now_label="After",
        before_label="Before",
    )


def _headline(effects: list[Effect]) -> Row:
    """The difference of all sessions together; without any, that there is nothing to tell."""
    if not effects:
        return Row("sessions of which a week or more has passed", "", (count_cell(0),))
    if (difference := effects[0].difference) is None:
        return Row("how much training changed", "", (_difference_cell(effects[0]),))
    change = _change_text(difference.mean)
    cell = Cell(change, change if _is_shared(effects[0]) else NOT_SHOWN)
    meaning = (
        f"how-to questions by those who came, beyond what changed for colleagues ({_interval(difference)})"
    )
    return Row(meaning, "", (cell,))


def _bars(effect: Effect) -> Iterator[Bar]:
    """How many questions those who came asked, and how many the others did; none of few people."""
    for who, group in (("came", effect.came), ("did not come", effect.others)):
        if group.people >= MIN_COUNT:
            label = f"{group.people} who {who}{_about(effect)}"
            yield Bar(label, round(sum(group.after)), round(sum(group.before)))


def _about(effect: Effect) -> str:
    """What a row is about, where there are others beside it."""
    return f": {BY_ID[effect.topic].label}" if effect.topic and effect.is_one_of_several else ""


def findings(session: Session, scope: ReportScope) -> Iterable[Finding]:
    """Training that clearly changed something, and topics asked about again with no session to come."""
    for effect in _effects(session, scope):
        if (difference := effect.difference) and difference.is_clear and effect.topic:
            yield _effect_finding(effect, difference)
    for recurring in recurring_topics(session, scope.actor, _service_ids(scope)):
        if recurring.session is None:
            yield _recurring_finding(recurring, scope)


def _service_ids(scope: ReportScope) -> list[int]:
    return [service.id for code, service in scope.services.items() if scope.service in ("", code)]


@once
def _held(session: Session, scope: ReportScope) -> list[HeldSession]:
    return held_sessions(session, _service_ids(scope), scope.days)


@once
def _effects(session: Session, scope: ReportScope) -> list[Effect]:
    return effects(session, _held(session, scope), scope.ticket_condition())


def _effect_rows(effect: Effect) -> Iterator[Row]:
    topic, about = BY_ID[effect.topic].label if effect.topic else "All topics", _about(effect)
    held = f"{topic}, {effect.sessions} {'session' if effect.sessions == 1 else 'sessions'}."
    yield _group_row(f"How-to questions of those who came{about}", held, effect.came)
    yield _group_row(f"Of those who did not come{about}", "In the same weeks.", effect.others)
    meaning = "What changed for those who came, less what changed for the others."
    yield Row(f"Difference{about}", meaning, (*(text_cell("–"),) * 3, _difference_cell(effect)))


def _group_row(label: str, whom: str, group: Group) -> Row:
    people = count_cell(group.people)
    if group.people < MIN_COUNT:
        return Row(label, whom, (people, FEW, FEW, FEW))
    before, after = _each_cell(group.before), _each_cell(group.after)
    change = _change_text(fmean(group.changes))
    is_shown = NOT_SHOWN not in (before.shared, after.shared)
    return Row(label, whom, (people, before, after, Cell(change, change if is_shown else NOT_SHOWN)))


def _each_cell(questions: tuple[float, ...]) -> Cell:
    """A mean by person, which leaves the service only where it is of no few questions."""
    words = f"{fmean(questions):.1f} each"
    return Cell(words, words if sum(questions) >= MIN_COUNT else NOT_SHOWN)


def _change_text(change: float) -> str:
    if not round(abs(change), 1):
        return "about the same"
    return f"{abs(change):.1f} {'more' if change > 0 else 'fewer'} each"


def _difference_cell(effect: Effect) -> Cell:
    difference = effect.difference
    if difference is None:
        return text_cell("not known (fewer than 5 came, or fewer than 5 did not)")
    words = f"{_change_text(difference.mean)} ({_interval(difference)})"
    return Cell(words, words if _is_shared(effect) else NOT_SHOWN)


def _is_shared(effect: Effect) -> bool:
    """Whether the difference may leave the service: each part of it is of no few questions."""
    groups = (effect.came.before, effect.came.after, effect.others.before, effect.others.after)
    return all(sum(questions) >= MIN_COUNT for questions in groups)


def _interval(difference: Difference) -> str:
    """The 95 % interval in words: "95% interval: 1.2 to 6.0 fewer"."""
    low, high = difference.low, difference.high
    if high <= 0:
        return f"95% interval: {-high:.1f} to {-low:.1f} fewer"
    if low >= 0:
        return f"95% interval: {low:.1f} to {high:.1f} more"
    return f"95% interval: {-low:.1f} fewer to {high:.1f} more"


def _confidence_rows(session: Session, held: list[HeldSession]) -> Iterator[Row]:
    after, later = means(session, [one.id for one in held])
    yield _confidence_row("Confidence straight after", after)
    yield _confidence_row("Confidence six to eight weeks later", later)


def _confidence_row(label: str, told: Means | None) -> Row:
    meaning = "From 0 to 10, of those who told it before as well."
    if told is None:
        return Row(label, meaning, (FEW,) * 4)
    change = told.then - told.before
    direction = "higher" if change > 0 else "lower"
    words = f"{abs(change):.1f} {direction}" if round(abs(change), 1) else "about the same"
    cells = (text_cell(f"{told.before:.1f}"), text_cell(f"{told.then:.1f}"), text_cell(words))
    return Row(label, meaning, (count_cell(told.people), *cells))


def _effect_finding(effect: Effect, difference: Difference) -> Finding:
    topic, came = BY_ID[effect.topic].label, effect.came
    has_helped = difference.mean < 0
    start = f"After training on “{topic}”, those who came asked"
    end = f"{_change_text(difference.mean)} how-to questions, beyond what changed for colleagues"
    end = end.replace(" each how-to questions", " how-to questions each")
    sentence = f"{start} {end} ({_interval(difference)}; {came.people} came, {effect.others.people} did not)."
    return Finding(
        sentence=sentence,
        shared=f"{start} {end}."
        if _is_shared(effect)
        else f"Training on “{topic}” changed how often people ask.",
        advice="Offer it to those who have not come."
        if has_helped
        else "Ask those who came what is missing.",
        href="/training",
        link_text="Training",
        count=effect.came.people + effect.others.people,
        section=NAME,
        compared=_questions(effect),
    )


def _questions(effect: Effect) -> Comparison:
    """How many questions those who came asked before and after."""
    before, after = (round(sum(side)) for side in (effect.came.before, effect.came.after))
    shared = (rounded(before), rounded(after)) if _is_shared(effect) else (None, None)
    return Comparison(("how-to questions before, of those who came", "after it"), (before, after), shared)


def _recurring_finding(recurring: Recurring, scope: ReportScope) -> Finding:
    topic = BY_ID[recurring.topic].label
    (service,) = (one.name for one in scope.services.values() if one.id == recurring.service_id)
    return Finding(
        sentence=(
            f"{recurring.people} practitioners of {service} asked {recurring.questions} how-to questions"
            f" about “{topic}” in the last 30 days, and no session is planned."
        ),
        shared=f"Practitioners of {service} keep asking about “{topic}”, and no session is planned.",
        advice="Have a navigator plan a session.",
        href="/training",
        link_text="What is wanted",
        count=recurring.questions,
        section=NAME,
        compared=Comparison(
            ("sessions planned", "how-to questions in 30 days"),
            (0, recurring.questions),
            (0, rounded(recurring.questions)) if recurring.people >= MIN_COUNT else (None, None),
        ),
    )
