"""Who answers for a hazard of the hazard log, as a setting."""

from sqlmodel import Session

from navigator.administration.lookups import Key
from navigator.administration.record_schemas import HazardSetting
from navigator.administration.setting_kind import SettingKind
from navigator.catalogue.hazard_owner import HazardOwner
from navigator.catalogue.hazards import hazards
from navigator.errors import NotFound


def find_hazard_owner(session: Session, key: Key) -> HazardOwner | None:
    """Who answers for the hazard of a number, if somebody does."""
    if key[0] not in hazards():
        raise NotFound("There is no such hazard.")
    return session.get(HazardOwner, key[0])


def new_hazard_owner(_: Session, key: Key) -> HazardOwner:
    """Nobody answers for it yet."""
    return HazardOwner(code=key[0])


HAZARD_KIND = SettingKind(
    "hazard",
    "Who answers for a hazard",
    HazardSetting,
    find_hazard_owner,
    new_hazard_owner,
    of_service=False,
    deletable=True,
)
