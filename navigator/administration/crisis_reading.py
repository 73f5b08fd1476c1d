"""Reading crisis wording before it is signed: which lines a change signs, and who must have read them."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlmodel import Session

from navigator.administration.configuration_file import Configuration
from navigator.administration.schema import SettingSchema
from navigator.administration.service_schemas import CrisisLine, CrisisSetting
from navigator.administration.setting_kinds import SETTING_KINDS
from navigator.errors import Invalid


@dataclass(frozen=True)
class SignedWording:
    """Crisis wording that somebody is to answer for from now on: whose, and each line."""

    service: str
    owner: str
    lines: tuple[CrisisLine, ...]


def require_lines(setting: SettingSchema) -> None:
    """Refuse that somebody signs lines which the caller has not written out, and so may not have seen."""
    if isinstance(setting, CrisisSetting) and setting.owner and "lines" not in setting.model_fields_set:
        raise Invalid("There is a problem", {"lines": f"Write out the lines that {setting.owner} has read."})


def newly_signed(session: Session, configuration: Configuration) -> list[SignedWording]:
    """The crisis wording of a file that names who answers for it, and is not in force so already."""
    return list(_newly_signed(session, configuration))


def _newly_signed(session: Session, configuration: Configuration) -> Iterator[SignedWording]:
    for service in configuration.services:
        in_force = SETTING_KINDS["crisis"].read(session, (service.code,))
        if service.crisis.owner and service.crisis != in_force:
            yield signed_wording(service.name, service.crisis)


def signed_wording(service: str, setting: CrisisSetting) -> SignedWording:
    """The wording of a setting, as its owner is to read it."""
    return SignedWording(service, setting.owner, tuple(setting.lines))
