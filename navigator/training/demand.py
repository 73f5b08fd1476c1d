"""Demand for training: open requests, one by one and counted by topic."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from navigator.people.actor import Actor
from navigator.people.user import Role, User
from navigator.training.requests import OPEN_STATUSES
from navigator.training.tables import TrainingRequest


def list_open_requests(session: Session, actor: Actor) -> list[tuple[TrainingRequest, str]]:
    """The open requests in the services where the actor is a navigator or manager, longest waiting first."""
    service_ids = sorted(actor.services(Role.NAVIGATOR, Role.MANAGER))
    query = (
        select(TrainingRequest, User.name)
        .join(User, col(User.id) == col(TrainingRequest.asked_by))
        .where(
            col(TrainingRequest.service_id).in_(service_ids), col(TrainingRequest.status).in_(OPEN_STATUSES)
        )
        .order_by(col(TrainingRequest.asked_at), col(TrainingRequest.id))
    )
    return list(session.exec(query))


@dataclass(frozen=True)
class Demand:
    """The number of open requests for a topic in a service, and since when the first has waited."""

    service_id: int
    topic: str
    request_count: int
    since: datetime


def demand(session: Session, actor: Actor) -> list[Demand]:
    """The open requests counted by topic and service, most wanted first."""
    requests_by_topic: dict[tuple[int, str], list[TrainingRequest]] = {}
    for request, _ in list_open_requests(session, actor):
        requests_by_topic.setdefault((request.service_id, request.topic), []).append(request)
    rows = [
        Demand(service, topic, len(requests), requests[0].asked_at)
        for (service, topic), requests in requests_by_topic.items()
    ]
    return sorted(rows, key=lambda row: (-row.request_count, row.since))
