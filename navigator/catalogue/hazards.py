"""The hazards of the hazard log, and who answers for each: shipped as data, answered for by settings."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import yaml
from sqlmodel import Session, select

from navigator.catalogue.hazard_owner import HazardOwner

FILE = Path(__file__).with_name("hazards.yaml")


@dataclass(frozen=True)
class Hazard:
    """What could harm somebody, what works against it, the test that fails without that, what is left."""

    code: str
    hazard: str
    control: str
    test: str
    left: str


@cache
def hazards() -> Mapping[str, Hazard]:
    """All hazards by their number, in the order of the log."""
    return {each["code"]: Hazard(**each) for each in yaml.safe_load(FILE.read_text(encoding="utf-8"))}


@dataclass(frozen=True)
class AnsweredHazard:
    """A hazard with who answers for it; `lacks` says what is missing, "" where nothing is."""

    hazard: Hazard
    owner: str = ""
    review_on: date | None = None
    lacks: str = ""


def answered_hazards(session: Session, today: date) -> list[AnsweredHazard]:
    """Every hazard with its owner and review date, and what is missing of them."""
    owners = {row.code: row for row in session.exec(select(HazardOwner))}
    return [_answered(hazard, owners.get(code), today) for code, hazard in hazards().items()]


def _answered(hazard: Hazard, row: HazardOwner | None, today: date) -> AnsweredHazard:
    if row is None or row.review_on is None or not row.owner:
        return AnsweredHazard(hazard, lacks="no owner")
    lacks = "its review is due" if row.review_on < today else ""
    return AnsweredHazard(hazard, row.owner, row.review_on, lacks)
