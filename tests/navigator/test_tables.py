"""Tables refuse what they have no column for: SQLModel alone would drop it and what somebody said."""

from typing import Any

import pytest
from sqlmodel import Session, select

from navigator import clock, database
from navigator.database import Table
from navigator.people.rate_limit import RateLimitCounter
from navigator.tickets.ticket import Ticket
from navigator.training.tables import TrainingRequest


def test_a_keyword_without_a_column_is_refused():
    columns: dict[str, Any] = {"service_id": 1, "topic": "assign", "words": "how to assign"}
    with pytest.raises(TypeError, match="TrainingRequest has no column words"):
        TrainingRequest(**columns)


def test_every_table_refuses_it():
    tables = [table for table in Table.__subclasses__() if table.__module__.startswith("navigator")]
    assert len(tables) > 30
    for table in tables:
        with pytest.raises(TypeError, match="no column nonsense"):
            table(**{"nonsense": 1})


def test_what_is_no_column_is_not_set_either():
    with pytest.raises(ValueError, match="no field"):
        Ticket(service_id=1, reporter_id=1, due_at=clock.now()).nonsense = 1


def test_each_row_has_defaults_of_its_own():
    first, second = (Ticket(service_id=1, reporter_id=1, due_at=clock.now()) for _ in range(2))
    first.cues.append("usual_fix_failed")
    assert (second.cues, second.status, second.reported_at) == ([], "new", clock.now())


def test_an_appended_row_is_what_the_orm_would_have_written(session: Session):
    database.append(session, RateLimitCounter, key_hash="one", window_at=clock.now())
    session.add(RateLimitCounter(key_hash="two", window_at=clock.now()))
    one, two = session.exec(select(RateLimitCounter)).all()
    assert one.model_dump(exclude={"key_hash"}) == two.model_dump(exclude={"key_hash"})
