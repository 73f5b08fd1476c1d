"""Notices of the demonstration: an outage from the first notice to the last, and work that is planned."""

from datetime import time, timedelta
from typing import Any

from navigator import clock
from navigator.demo.context import DemoContext
from navigator.demo.event_queue import Scenario
from navigator.demo.story_of_desk import NoticeStep, NoticeStory
from navigator.problems import publish_notice, records
from navigator.problems.inputs import NewProblemInput
from navigator.problems.notice_inputs import NoticeInput


def notice_scenario(context: DemoContext, told: NoticeStory) -> Scenario:
    """A problem is opened, and everybody is told how far it has come."""
    author = context.people.actors[told.by]
    session = yield context.dates.moment(told.opened)
    values = told.model_dump(include={"service", "programme", "category", "title", "known", "workaround"})
    id = records.open_problem(session, author, NewProblemInput(**values)).id
    for step in told.steps:
        session = yield context.dates.moment(step.at)
        notice_input = NoticeInput.model_validate(_values(step), strict=False)
        notice = publish_notice.send_notice(session, author, id, notice_input)
        if notice.published_at is None:  # nobody takes it back
            publish_notice.publish(session, author, notice)


def _values(step: NoticeStep) -> dict[str, Any]:
    values: dict[str, Any] = {"state": step.state, "body": step.body}
    if not step.starts:
        return values
    begins = clock.london_time(
        clock.today() + timedelta(days=step.begins_in), time.fromisoformat(step.starts)
    )
    starts, ends = clock.local(begins), clock.local(begins + timedelta(hours=step.lasts))
    return values | {
        "starts_on": starts.date(),
        "starts": starts.time(),
        "ends_on": ends.date(),
        "ends": ends.time(),
    }
