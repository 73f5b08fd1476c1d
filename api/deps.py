"""Route dependencies: a session, the caller with their permission, their address and idempotency key.

Every route names its audience among its `dependencies`: `public` or `audience(Role…)`. It is asked before any
transaction of the route begins. A test walks all routes and fails on one without.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Path, Request
from fastapi.routing import APIRoute
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlmodel import Session
from starlette.exceptions import HTTPException

from api.deprecations import REPORT_TEXT, note_deprecated
from api.errors import error_responses
from api.query_names import known_names_only
from api.schemas import ConfirmedInput, ReportBody
from navigator.errors import Forbidden, NotLoggedIn
from navigator.fields import MAX_ID
from navigator.people import audit_spool
from navigator.people.actor import ANONYMOUS, Actor
from navigator.people.api_keys import actor_by_key
from navigator.people.client_ip import client_ip
from navigator.people.reporter import TicketNumber
from navigator.people.user import Role
from navigator.request_dependencies import (
    Everybody,
    ReceivesFiles,
    SentFiles,
    open_to_read,
    open_to_write,
    received,
    session_of_identity,
)
from navigator.request_threads import WITH_FILES, InOneThread, ThreadPool
from navigator.tickets.actions.reporter import reporter_by_link
from navigator.tickets.reports.idempotency import IdempotentRequest, idempotent_request
from navigator.triage.safety_screen import screen
from navigator.triage.two_problems import two_problems

# With the pages' these are as many as there are connections to read by: whoever waits holds no thread.
READERS = ThreadPool("api-reading", 3)
WRITERS = ThreadPool("api-writing", 2)

EVERYWHERE = error_responses(400, 408, 413, 415, 422, 500, 503)
"""The answers of any route to what is wrong."""
_JSON = re.compile(r"application/([^+]+\+)?json")

BEARER = HTTPBearer(
    scheme_name="key",
    auto_error=False,
    description="A service's key (`ndk_…`), or the last part of a private link: a key to its one ticket.",
)


async def _looks() -> None:
    """Nothing: it only says so."""


looks_at_files = Depends(_looks)
"""For routes that look at files that were not sent with their request."""


class ApiRoute(InOneThread, APIRoute):
    """A route of the API: all that one request of it does is done in one thread."""

    def pool(self) -> ThreadPool:
        """What is asked is read beside what is sent, and beside what looks at files."""
        if looks_at_files in self.dependencies:
            return WITH_FILES
        return READERS if "GET" in self.methods else WRITERS


class Router(APIRouter):
    """The routes of a file of the API: each refuses what it does not know, and says how it may fail."""

    def __init__(
        self,
        dependencies: Sequence[Any] = (),
        responses: Mapping[int | str, dict[str, Any]] = MappingProxyType({}),
        **options: Any,
    ) -> None:
        super().__init__(
            route_class=ApiRoute,
            dependencies=[Depends(_json_only), Depends(known_names_only), *dependencies],
            responses={**EVERYWHERE, **responses},
            generate_unique_id_function=_operation_id,
            **options,
        )


async def _json_only(request: Request) -> None:
    """Refuse a body whose content type is not JSON, rather than ignore it."""
    length = request.headers.get("content-length", "0")
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    is_form = "files" in request.scope  # of one of the few addresses that take files
    if (
        not _JSON.fullmatch(kind)
        and not is_form
        and (length != "0" or "transfer-encoding" in request.headers)
    ):
        raise HTTPException(415)


def _operation_id(route: APIRoute) -> str:
    return route.name


Reading = Annotated[Session, Depends(open_to_read)]
Writing = Annotated[Session, Depends(open_to_write)]


async def _caller(
    request: Request, shown: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)]
) -> Actor:
    actor: Actor | None = ANONYMOUS
    if shown is not None:
        with session_of_identity(request.method) as session:
            key = shown.credentials
            actor = actor_by_key(session, key) or reporter_by_link(session, key)
        if actor and actor.key_id is not None:
            audit_spool.note_key_use(actor)
    if actor is None:
        raise NotLoggedIn("This key is not good, or not any more.")
    request.state.actor = actor
    return actor


Caller = Annotated[Actor, Depends(_caller)]


class Keys:
    """Keys with one of these roles and, where it says so, reporters with the token of their private link."""

    def __init__(self, roles: tuple[Role, ...], reporter: bool) -> None:
        self.roles, self.reporter = roles, reporter
        self.audience = ", ".join([*roles, *(["reporter"] if reporter else [])])

    async def __call__(self, actor: Caller, request: Request) -> None:
        """Let such a key in."""
        if actor is ANONYMOUS:
            raise NotLoggedIn("This needs a key. Send it as: Authorization: Bearer …")
        is_reporter = self.reporter and actor.ticket_number is not None
        if not is_reporter and not any(actor.has(role) for role in self.roles):
            audit_spool.note_refusal(actor, request.method, f"/api/v1{request.scope['route'].path}")
            raise Forbidden(f"This needs another key. It is for: {self.audience}.")


def audience(*roles: Role, reporter: bool = False) -> Any:
    """For a route's `dependencies`: who may come in at all; what they may do to a ticket the ticket says."""
    return Depends(Keys(roles, reporter))


public = Depends(Everybody())


def _address(request: Request) -> str:
    peer = request.client.host if request.client else ""
    return client_ip(peer, request.headers.getlist("x-forwarded-for"))


async def _where(request: Request, actor: Caller) -> str | None:
    return None if actor.key_id is not None else _address(request)


Where = Annotated[str | None, Depends(_where)]
"""The internet address of a caller who has no key."""

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        pattern="^[!-~]+$",
        description="A random name for this request. Sent again within 24 hours, it gets the same answer.",
    ),
]


@dataclass(frozen=True)
class SentReport:
    """A report as it was sent, and the request's key, if it has one."""

    body: ReportBody
    once: IdempotentRequest | None


async def _sent_report(
    request: Request, actor: Caller, report_body: ReportBody, key: IdempotencyKey = None
) -> SentReport:
    if report_body.has_former_name:
        note_deprecated(request, REPORT_TEXT)
    screen(*report_body.free_texts)  # and remembered: not while the one writer of SQLite waits
    two_problems(report_body.text, report_body.reporter)
    if key is None:
        return SentReport(report_body, None)
    caller = f"key {actor.key_id}" if actor.key_id is not None else f"address {_address(request)}"
    return SentReport(report_body, idempotent_request(caller, key, report_body.model_dump_json()))


Sent = Annotated[SentReport, Depends(_sent_report)]
"""A report, read before its transaction begins: name it first among the arguments.

Once, or FastAPI would validate the body for each who asks for it.
"""


class _Received(ReceivesFiles):
    async def __call__(self, request: Request, where: Where) -> SentFiles:
        return received(request.scope.get("files", ()), where)


Files = Annotated[SentFiles, Depends(_Received())]
"""The files of a form: who comes is asked before they are looked at, and no session is open meanwhile."""

AttachmentId = Annotated[int, Path(ge=1, le=MAX_ID, description="The `id` in the message that it came with")]
Number = Annotated[TicketNumber, Path()]


def looked_at(actor: Actor, sent: ConfirmedInput | None) -> Actor:
    """A key that sends words which somebody has looked at, if they have."""
    return replace(actor, has_confirmed=bool(sent and sent.confirmed))


def signed(actor: Actor, by: str) -> Actor:
    """A key that acts for a person: the record names both."""
    return replace(actor, name=f"{by} ({actor.name})")
