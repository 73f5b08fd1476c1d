"""What administrators set: each setting read, set and taken away, the changes, and all as one file."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Path, Response
from pydantic import BaseModel, Field

from api.deps import Caller, Reading, Writing, audience
from api.errors import error_responses
from api.pagination import Before
from api.schemas import Out
from navigator.administration import apply_change, history, import_export
from navigator.administration.lookups import Key
from navigator.administration.schema import SettingSchema
from navigator.administration.setting_kinds import SETTING_KINDS, SettingKind
from navigator.errors import NotFound
from navigator.fields import MAX_ID
from navigator.people.user import Role

router = APIRouter(tags=["settings"], responses=error_responses(401, 403), dependencies=[audience(Role.ADMIN)])

Code = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9_.-]{0,80}$", examples=["north"])]
Which = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9_.-]{0,80}$", examples=["deputy"])]
IfMatch = Annotated[
    str,
    Header(alias="If-Match", max_length=40, description="The `ETag` read: 409 if it changed since"),
]


class ChangeOut(Out):
    """One change: who, what, and how it was before; `before` is null for something new."""

    id: int
    at: datetime = Field(validation_alias="created_at")
    actor_name: str
    subject: str = Field(examples=["hours"])
    key: str = Field(examples=["north"])
    title: str = Field(examples=["Opening hours and holidays"])
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    undoes: int | None


class ChangePage(BaseModel):
    """Some changes, newest first, and the cursor of those that follow."""

    changes: list[ChangeOut]
    next: int | None


@router.get("/changes", name="list_changes")
def listed(session: Reading, actor: Caller, before: Before = None) -> ChangePage:
    """What was changed, newest first."""
    found = history.list_changes(session, actor, before)
    following = found[-1].id if len(found) == history.PAGE_SIZE else None
    return ChangePage(changes=[ChangeOut.model_validate(one) for one in found], next=following)


@router.post("/changes/{id}/undo", name="undo_change", status_code=204, responses=error_responses(404, 409))
def undo(session: Writing, actor: Caller, id: Annotated[int, Path(ge=1, le=MAX_ID)]) -> None:
    """Set it as it was before this change."""
    history.undo(session, actor, id)


@router.get(
    "/configuration",
    name="get_configuration",
    response_class=Response,
    responses={200: {"content": {"application/yaml": {"schema": {"type": "object"}}}}},
)
def configuration(session: Reading, actor: Caller) -> Response:
    """Everything that is set in the key's service and for all, as one YAML file."""
    return Response(import_export.export_configuration(session, actor), media_type="application/yaml")


def _one(code: Code) -> Key:
    return (code,)


def _two(code: Code, which: Which) -> Key:
    return (code, which)


def _doors(subject: SettingKind) -> None:
    """One subject's doors: to read it, to set it and, where it may go, to take it away."""
    path = f"/settings/{subject.name}/" + ("{code}/{which}" if subject.key_length > 1 else "{code}")
    at: Any = Depends(_two if subject.key_length > 1 else _one)
    said = subject.title[:1].lower() + subject.title[1:]

    def read(session: Reading, actor: Caller, response: Response, key: Key = at) -> SettingSchema:
        part = apply_change.current_setting(session, actor, subject, key)
        if part is None:
            raise NotFound("This is not set.")
        response.headers["ETag"] = f'"{apply_change.etag(part)}"'
        return part

    def put(
        session: Writing, actor: Caller, what: SettingSchema, key: Key = at, seen: IfMatch = ""
    ) -> SettingSchema:
        apply_change.apply_change(session, actor, subject, key, what, seen.strip('"'))
        return what

    def remove(session: Writing, actor: Caller, key: Key = at, seen: IfMatch = "") -> None:
        apply_change.current_setting(session, actor, subject, key)
        apply_change.apply_change(session, actor, subject, key, None, seen.strip('"'))

    put.__annotations__["what"] = subject.schema
    about = subject.schema.__doc__
    known: dict[str, Any] = {"response_model": subject.schema, "responses": error_responses(404, 409)}
    known |= {"description": about}
    router.get(path, name=f"get_{subject.name}", summary=f"What is set: {said}", **known)(read)
    router.post(path, name=f"set_{subject.name}", summary=f"Set it: {said}", **known)(put)
    if subject.deletable:
        gone: dict[str, Any] = {"status_code": 204, "responses": error_responses(404, 409), "description": about}
        name, summary = f"remove_{subject.name}", f"Take it away: {said}"
        router.post(f"{path}/removal", name=name, summary=summary, **gone)(remove)


for _subject in SETTING_KINDS.values():
    _doors(_subject)
