"""The setting of a webhook: its row names its owner, an administrator of the service, by number."""

from collections.abc import Iterable
from typing import Any

from sqlmodel import Session, col, delete, select

from navigator.administration.lookups import Key, service_of
from navigator.administration.schema import SettingSchema
from navigator.administration.setting_kind import SettingKind
from navigator.administration.webhook_schema import WebhookSetting
from navigator.errors import Invalid
from navigator.people.directory import users_with_role
from navigator.people.user import Role, User
from navigator.webhooks.tables import WebhookDelivery, WebhookEndpoint, WebhookSecret


def find_webhook(session: Session, key: Key) -> WebhookEndpoint | None:
    """The webhook of a service by its code."""
    of_service = WebhookEndpoint.service_id == service_of(session, key).id
    return session.exec(
        select(WebhookEndpoint).where(of_service, WebhookEndpoint.code == key[1])
    ).one_or_none()


def new_webhook(session: Session, key: Key) -> WebhookEndpoint:
    """A webhook that tells nobody anything yet."""
    return WebhookEndpoint(service_id=service_of(session, key).id, code=key[1])


class WebhookKind(SettingKind):
    """A webhook of a service, whose owner is one of its administrators."""

    def read(self, session: Session, key: Key) -> SettingSchema | None:
        """The webhook as it is set; its owner by address, also one who has left."""
        if (row := find_webhook(session, key)) is None:
            return None
        owner = session.get(User, row.owner_id) if row.owner_id else None
        values = {name: getattr(row, name) for name in WebhookSetting.model_fields if name != "owner"}
        return WebhookSetting.stored(values | {"owner": owner.email if owner else ""})

    def write(self, session: Session, key: Key, setting: SettingSchema | None) -> None:
        """Write it, or take it away with its secrets and what was delivered."""
        row = find_webhook(session, key)
        if not isinstance(setting, WebhookSetting):
            _delete(session, row)
            return
        row = row or new_webhook(session, key)
        if row.url != setting.url:
            row.failing_since_at, row.paused_at, row.paused_because = None, None, ""
        row.owner_id = _owner(users_with_role(session, row.service_id, Role.ADMIN), setting.owner)
        values: dict[str, Any] = setting.model_dump(exclude={"owner"})
        for name, value in values.items():
            setattr(row, name, value)
        session.add(row)
        session.flush()


def _owner(admins: Iterable[User], email: str) -> int:
    found = next((user.id for user in admins if user.email.casefold() == email.casefold()), None)
    if found is None:
        raise Invalid("There is a problem", {"owner": "Choose an administrator of this service."})
    return found


def _delete(session: Session, row: WebhookEndpoint | None) -> None:
    if row is not None:
        # Whoever just queues a call to it, or writes down how one went, holds its row: they come first.
        session.exec(select(WebhookEndpoint.id).where(WebhookEndpoint.id == row.id).with_for_update()).all()
        for table in (WebhookDelivery, WebhookSecret):
            session.exec(delete(table).where(col(table.endpoint_id) == row.id))
        session.delete(row)
        session.flush()
