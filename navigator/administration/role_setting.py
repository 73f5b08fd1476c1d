"""A role that a service composes, as a setting: its name, and the rights that it is made of."""

from typing import Annotated, Any

from pydantic import AfterValidator, Field, ValidationInfo, model_validator
from sqlmodel import Session, col, delete, select

from navigator.administration.field_formats import in_order
from navigator.administration.lookups import Key, service_of
from navigator.administration.schema import Name, SettingSchema, is_stored
from navigator.administration.setting_kind import SettingKind
from navigator.errors import Conflict
from navigator.openid.tables import LoginRule
from navigator.people.composed_role import ComposedRole
from navigator.people.rights import NEEDS, RIGHTS
from navigator.people.user import ROLE_WORDS, Membership


def _check_right(right: str) -> str:
    if right not in RIGHTS:
        raise ValueError("Choose what they may do")
    return right


def _check_name(name: str, info: ValidationInfo) -> str:
    if not is_stored(info) and name.casefold() in {words.casefold() for words in ROLE_WORDS.values()}:
        raise ValueError("One of the five roles is called that. Choose another name.")
    return name


RightName = Annotated[str, AfterValidator(_check_right), Field(json_schema_extra={"enum": [*RIGHTS]})]


class RoleSetting(SettingSchema):
    """A role of a service’s own: what its people may do, of what the five roles may."""

    name: Annotated[Name, AfterValidator(_check_name)] = Field(title="what the role is called")
    rights: Annotated[list[RightName], Field(min_length=1), AfterValidator(in_order)] = Field(
        title="a right", json_schema_extra={"words": "Choose what they may do"}
    )

    @model_validator(mode="after")
    def _check_needs(self) -> "RoleSetting":
        for right in self.rights:
            if (needed := NEEDS.get(right)) and needed not in self.rights:
                raise ValueError(f"“{RIGHTS[right]}” goes on from “{RIGHTS[needed]}”: choose both")
        return self

    def shown_values(self) -> dict[str, Any]:
        """The rights in the words of the form."""
        return super().shown_values() | {"rights": tuple(RIGHTS.get(right, right) for right in self.rights)}


def find_role(session: Session, key: Key) -> ComposedRole | None:
    """A service's composed role of one code."""
    of_service = ComposedRole.service_id == service_of(session, key).id
    return session.exec(select(ComposedRole).where(of_service, ComposedRole.code == key[1])).one_or_none()


def new_role(session: Session, key: Key) -> ComposedRole:
    """A role that may do nothing yet."""
    return ComposedRole(service_id=service_of(session, key).id, code=key[1])


class RoleKind(SettingKind):
    """A composed role: it goes with all who have it."""

    def write(self, session: Session, key: Key, setting: SettingSchema | None) -> None:
        """Write it, effective at once for all who have it; with None, take it away from them."""
        role = find_role(session, key)
        if setting is None and role:
            _require_no_rule(session, role)
            session.exec(delete(Membership).where(col(Membership.composed_role_id) == role.id))
        super().write(session, key, setting)


def _require_no_rule(session: Session, role: ComposedRole) -> None:
    """Refuse to take away what a rule still gives: another role of the same name would be given by it."""
    gives_it = (LoginRule.service_id == role.service_id, LoginRule.composed == role.code)
    rules = select(LoginRule.title).where(*gives_it).order_by(LoginRule.title, col(LoginRule.id))
    if titles := session.exec(rules).all():
        raise Conflict(f"A rule for logging in gives this role: {', '.join(titles)}. Change that first.")


ROLE_KIND = RoleKind(
    "role",
    "Role of your own",
    RoleSetting,
    find_role,
    new_role,
    deletable=True,
    key_length=2,
    is_collection=True,
)
