"""Unsorted mail that another system sorts by a key: for a navigator of the service, who has read it there."""

from dataclasses import replace
from typing import Annotated

from pydantic import Field
from sqlmodel import Session

from navigator.fields import Email
from navigator.mail_in.unsorted import MAY_SORT, AsideInput, JoinInput, ReportOfMailInput, find_mail
from navigator.people.actor import Actor
from navigator.people.named_person import named_person

By = Annotated[Email, Field(title="who sorts it", description="Their address at the desk: a navigator")]


class SignedReportInput(ReportOfMailInput):
    """That a mail becomes a report, and who says so."""

    by: By


class SignedJoinInput(JoinInput):
    """The ticket that a mail belongs to, and who says so."""

    by: By


class SignedAsideInput(AsideInput):
    """Why a mail belongs nowhere, and who says so."""

    by: By


def sorter(session: Session, actor: Actor, id: int, by: str) -> Actor:
    """The navigator who sorts a mail by a key: what is done to a ticket is theirs, and names the key."""
    mail = find_mail(session, actor, id)
    words = "Enter the address of a navigator of the service"
    return replace(named_person(session, actor, mail.service_id, by, MAY_SORT, words), key_id=None)
