"""Routes for administrators' settings: read, set and remove each, audit log, and configuration file."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Header, Path, Response
from pydantic import BaseModel, Field

from api.deps import Caller, Reading, Router, Writing, audience
from api.errors import error_responses
from api.pagination import Before
from api.schemas import Out
from navigator.administration import apply_change, crisis_reading, history, import_export
from navigator.administration.lookups import Key
from navigator.administration.schema import SettingSchema
from navigator.administration.setting_kind import SettingKind
from navigator.administration.setting_kinds import SETTING_KINDS
from navigator.errors import NotFound
from navigator.fields import MAX_ID
from navigator.people.user import Role

router = Router(tags=["settings"], responses=error_responses(401, 403), dependencies=[audience(Role.ADMIN)])

Code = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9_.-]{0,80}$", examples=["north"])]
Which = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9_.-]{0,80}$", examples=["deputy"])]
IfMatch = Annotated[
    str,
    Header(alias="If-Match", max_length=40, description="The `ETag` read: 409 if it changed since"),
]


class AuditEntryOut(Out):
    """One entry of the audit log: who changed what, and the value before; null for something new."""

    id: int
    at: datetime = Field(validation_alias="created_at")
    actor_name: str
    subject: str = Field(examples=["hours"])
    key: str = Field(examples=["north"])
    title: str = Field(examples=["Opening hours and holidays"])
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    undoes: int | None


class AuditPage(BaseModel):
    """Some changes, newest first, and the cursor of those that follow."""

    changes: list[AuditEntryOut]
    next: int | None


@router.get("/changes", name="list_changes")
def list_changes(session: Reading, actor: Caller, before: Before = None) -> AuditPage:
    """What was changed, newest first."""
    entries = history.list_changes(session, actor, before)
    following = entries[-1].id if len(entries) == history.PAGE_SIZE else None
    return AuditPage(changes=[AuditEntryOut.model_validate(entry) for entry in entries], next=following)


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


async def _code_key(code: Code) -> Key:
    return (code,)


async def _pair_key(code: Code, which: Which) -> Key:
    return (code, which)


def _add_routes(kind: SettingKind) -> None:
    """Add the routes of one kind of setting: read, set and, if deletable, remove."""
    path = f"/settings/{kind.name}/" + ("{code}/{which}" if kind.key_length > 1 else "{code}")
    key_dependency: Any = Depends(_pair_key if kind.key_length > 1 else _code_key)
    label = kind.title[:1].lower() + kind.title[1:]

    def read(session: Reading, actor: Caller, response: Response, key: Key = key_dependency) -> SettingSchema:
        setting = apply_change.current_setting(session, actor, kind, key)
        if setting is None:
            raise NotFound("This is not set.")
        response.headers["ETag"] = f'"{apply_change.etag(setting)}"'
        return setting

    def put(
        session: Writing, actor: Caller, setting: SettingSchema, key: Key = key_dependency, seen: IfMatch = ""
    ) -> SettingSchema:
        crisis_reading.require_lines(setting)
        apply_change.apply_change(session, actor, kind, key, setting, seen.strip('"'))
        return setting

    def remove(session: Writing, actor: Caller, key: Key = key_dependency, seen: IfMatch = "") -> None:
        apply_change.current_setting(session, actor, kind, key)
        apply_change.apply_change(session, actor, kind, key, None, seen.strip('"'))

    put.__annotations__["setting"] = kind.schema
    description = kind.schema.__doc__
    options: dict[str, Any] = {"response_model": kind.schema, "responses": error_responses(404, 409)}
    options |= {"description": description}
    router.get(path, name=f"get_{kind.name}", summary=f"What is set: {label}", **options)(read)
    router.post(path, name=f"set_{kind.name}", summary=f"Set it: {label}", **options)(put)
    if kind.deletable:
        removal: dict[str, Any] = {
            "status_code": 204,
            "responses": error_responses(404, 409),
            "description": description,
        }
        name, summary = f"remove_{kind.name}", f"Take it away: {label}"
        router.post(f"{path}/removal", name=name, summary=summary, **removal)(remove)


for _kind in SETTING_KINDS.values():
    _add_routes(_kind)
