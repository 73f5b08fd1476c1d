"""Routes for API keys: list, create and revoke."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import Path
from pydantic import BaseModel, Field
from pydantic.json_schema import SkipJsonSchema

from api.deps import Caller, Reading, Router, Writing, audience
from api.errors import error_responses
from api.pagination import After
from api.schemas import Out
from navigator.administration import api_keys
from navigator.administration.api_keys import KeyInput
from navigator.fields import MAX_ID
from navigator.pagination import SortKey, page_of, sort_key
from navigator.people.api_keys import ApiKey
from navigator.people.user import Role

router = Router(
    prefix="/keys", tags=["keys"], responses=error_responses(401, 403), dependencies=[audience(Role.ADMIN)]
)


class KeyBody(KeyInput):
    """A key to make. It cannot be an administrator's or a clinician's."""

    service_id: SkipJsonSchema[Literal[0]] = 0  # a key acts in one service: nobody need name it


class KeyOut(Out):
    """A key as it is listed: what it opens is shown only once, when it is made."""

    id: int
    name: str
    role: Role
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


class KeyPage(BaseModel):
    """Some keys, and the cursor of those that follow."""

    keys: list[KeyOut]
    next: str | None


class NewKey(BaseModel):
    """A new key. Keep it now: it is never shown again."""

    key: str = Field(examples=["ndk_…"])


@router.get("")
def list_keys(session: Reading, actor: Caller, after: After = None) -> KeyPage:
    """The keys of the key's service: those in use first, newest first."""
    keys, following = page_of(api_keys.list_keys(session, actor), _sort_key, after)
    return KeyPage(keys=[KeyOut.model_validate(key) for key in keys], next=following)


def _sort_key(key: ApiKey) -> SortKey:
    return sort_key(key.revoked_at is not None, MAX_ID - key.id)


@router.post("", status_code=201)
def make_key(session: Writing, actor: Caller, key_input: KeyBody) -> NewKey:
    """Make a key; it is shown this once."""
    (service_id,) = actor.services()
    return NewKey(
        key=api_keys.create(session, actor, key_input.model_copy(update={"service_id": service_id}))
    )


@router.post("/{id}/revocation", status_code=204, responses=error_responses(404))
def revoke_key(
    session: Writing, actor: Caller, id: Annotated[int, Path(ge=1, le=MAX_ID, examples=[1])]
) -> None:
    """End a key at once, this one too."""
    api_keys.revoke(session, actor, id)
