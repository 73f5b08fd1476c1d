"""Screening ahead: what somebody wrote is read by the safety screen before a transaction of its route begins.

A long text takes the screen some 30 ms, for which the one writer of SQLite would wait. The screen remembers
what it read last, so that the same text costs nothing within the transaction. Name these among a route's
`dependencies`, which are solved before its arguments. Who is not let in has nothing screened.
"""

from fastapi import Depends

from navigator.fields import MAX_TEXT_LENGTH
from navigator.triage.safety_screen import screen
from web.kit.deps import Staff
from web.kit.forms import Form, ReadForm
from web.kit.reporter_deps import ReporterActor

_LONG = 100
"""Characters: what is shorter is read at once."""


def _screen(form: Form, is_of_staff: bool = False) -> None:
    for values in form.typed.values():
        for value in values:
            if _LONG <= len(value) <= MAX_TEXT_LENGTH:
                screen(value, is_of_staff=is_of_staff)


async def _of_staff(form: ReadForm, _actor: Staff) -> None:
    _screen(form, is_of_staff=True)


async def _report_of_staff(form: ReadForm, _actor: Staff) -> None:
    _screen(form)  # it may hold what a patient told


async def _of_reporter(form: ReadForm, _actor: ReporterActor) -> None:
    _screen(form)


screened_of_staff = Depends(_of_staff)
screened_report_of_staff = Depends(_report_of_staff)
screened_of_reporter = Depends(_of_reporter)
