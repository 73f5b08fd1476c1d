"""What a page of the queue says of its list: which tickets it shows of how many, and sorted how."""

from sqlmodel import Session

from navigator.people.actor import Actor
from navigator.people.user import Role
from navigator.tickets.queue.counts import Counts
from navigator.tickets.queue.filters import Filters
from navigator.tickets.queue.order import Sort, usual_sort
from navigator.tickets.queue.queue import QueuePage, count_rest
from web.kit.template_filters import plural
from web.kit.templating import Link, url

SORTS: tuple[tuple[Sort, str], ...] = (("due", "Due"), ("activity", "Activity"), ("age", "Age"))


def sort_links(filters: Filters) -> list[tuple[Link, bool]]:
    """The ways to sort a view, each with whether it is sorted so; none where it has an order of its own."""
    usual = usual_sort(filters.view)
    named = {name: value for name, value in filters.parameters.items() if name != "sort"}
    offered = [] if usual == "" else SORTS[1:] if filters.view == "ended" else SORTS
    here = filters.sort or usual
    return [
        (Link(text, url("/desk", **named, sort="" if sort == usual else sort)), sort == here)
        for sort, text in offered
    ]


def mine_link(actor: Actor, filters: Filters, numbers: Counts) -> Link | None:
    """From what needs an answer to what a navigator must answer, which the menu counts too."""
    if filters.view != "needs_answer" or not actor.has(Role.NAVIGATOR):
        return None
    named = filters.parameters | {"view": "my_answers"}
    return Link("For you to answer", url("/desk", **named), numbers.by_view["my_answers"])


def range_text(
    session: Session, actor: Actor, filters: Filters, after: str | None, page: QueuePage, numbers: Counts
) -> str:
    """Which tickets are shown of how many: "1–50 of 213"; of those that are not counted, nothing."""
    shown = len(page.rows)
    if not page.next_cursor and not after:
        return plural(shown, "ticket") if shown else ""
    listed = filters.model_copy(update={"sort": ""})
    is_view = not (filters.figure or filters.since or filters.until)
    total = numbers.by_filters.get(listed, numbers.by_view.get(filters.view) if is_view else None)
    was_kept = total is not None and (bool(after) or total <= shown)  # and is of another moment than the rows
    if shown and (filters.view == "counted" or was_kept):
        total = count_rest(session, actor, filters)
    if total is None or not shown:
        return ""
    first = total - count_rest(session, actor, filters, after) + 1 if after else 1
    return f"{first:,}–{first + shown - 1:,} of {total:,}"
