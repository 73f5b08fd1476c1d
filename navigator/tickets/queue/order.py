"""Orders of the queue: what each sorts by, which way, and the keyset cursors of its pages."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

from sqlalchemy import BindParameter, ColumnElement, Integer, bindparam, func, tuple_
from sqlmodel import col

from navigator.pagination import decode, encode, moment, no_such_page, sort_key
from navigator.tickets.queue.views import View
from navigator.tickets.ticket import Ticket

Sort = Literal["", "due", "activity", "age"]
_NEWEST_FIRST: Mapping[View, Sort] = MappingProxyType(
    {"needs_answer": "activity", "my_answers": "activity", "ended": "activity"}
)


@dataclass(frozen=True)
class Order:
    """One order: its columns, the values that a row has in them, and what its cursors begin with.

    The cursors of the first orders there were begin with nothing, so that those handed out go on to hold.
    """

    columns: tuple[Any, ...]
    values: Callable[[Any], tuple[Any, ...]]
    mark: tuple[int, ...] = ()
    is_newest_first: bool = False

    @property
    def parameters(self) -> list[BindParameter[Any]]:
        """What a position is bound to, one for each column."""
        return [bindparam(f"after_{at}", type_=column.type) for at, column in enumerate(self.columns)]

    @property
    def by(self) -> Sequence[ColumnElement[Any]]:
        """What to sort by."""
        return [column.desc() for column in self.columns] if self.is_newest_first else self.columns

    @property
    def is_after(self) -> ColumnElement[bool]:
        """That a row comes after a position."""
        row, position = tuple_(*self.columns), tuple_(*self.parameters)
        return row < position if self.is_newest_first else row > position

    def encode(self, ticket: Any) -> str:
        """The cursor of a ticket, or of its row."""
        return encode((*self.mark, *sort_key(*self.values(ticket))))

    def decode(self, cursor: str) -> Mapping[str, Any]:
        """The position of a cursor, as the statement is bound to it; of another order's there is none."""
        key = decode(cursor)
        if key[: len(self.mark)] != self.mark or len(key) != len(self.mark) + len(self.columns):
            raise no_such_page()
        values = zip(self.parameters, key[len(self.mark) :], strict=True)
        return {
            each.key: value if isinstance(each.type, Integer) else moment(value) for each, value in values
        }


_DUE: tuple[Any, ...] = (
    col(Ticket.due_at),
    col(Ticket.priority),
    col(Ticket.reported_at),
    col(Ticket.number),
)
_CALL_AT: ColumnElement[Any] = func.coalesce(
    col(Ticket.next_call_at), col(Ticket.reported_at), type_=_DUE[0].type
)
DUE = Order(_DUE, lambda row: (row.due_at, row.priority, row.reported_at, row.number))
_CALLS = Order(
    (_CALL_AT, *_DUE[1:]),
    lambda row: (row.next_call_at or row.reported_at, row.priority, row.reported_at, row.number),
)
_ORDERS: Mapping[Sort, Order] = MappingProxyType(
    {
        "due": DUE,
        "activity": Order(
            (col(Ticket.last_activity_at), col(Ticket.number)),
            lambda row: (row.last_activity_at, row.number),
            mark=(1,),
            is_newest_first=True,
        ),
        "age": Order(
            (col(Ticket.reported_at), col(Ticket.number)),
            lambda row: (row.reported_at, row.number),
            mark=(2,),
        ),
    }
)


def usual_sort(view: View) -> Sort:
    """What a view is sorted by unless asked otherwise; "" of calls, which have an order of their own."""
    return "" if view == "calls" else _NEWEST_FIRST.get(view, "due")


def order_of(view: View, sort: Sort) -> Order:
    """The order of a view, by when to call where calls are listed, else by what is asked for."""
    return _ORDERS.get(sort or usual_sort(view), _CALLS)
