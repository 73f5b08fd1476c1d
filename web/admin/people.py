"""User administration: the people of a service, their invitations, memberships, details and leaving."""

from collections.abc import Callable, Collection
from typing import Any

from sqlmodel import Session
from starlette.responses import Response

from navigator.catalogue.lookups import programmes_of, services
from navigator.outbox import account_emails
from navigator.people import accounts, directory, factor_reset, last_of_role
from navigator.people.accounts import AccountDetails, DepartureInput, Invitation, MembershipInput
from navigator.people.actor import Actor
from navigator.people.user import ROLE_WORDS, Membership, Role
from navigator.tickets.actions import leavers
from web.kit.deps import Admin, PathId, Reading, Router, Writing
from web.kit.forms import Form, ReadForm
from web.kit.templating import Render, redirect

router = Router(prefix="/people")

ROLES = (
    (Role.PWP, ROLE_WORDS[Role.PWP], "Reports problems and asks for training"),
    (Role.NAVIGATOR, ROLE_WORDS[Role.NAVIGATOR], "Gets tickets and puts them right"),
    (Role.CLINICIAN, ROLE_WORDS[Role.CLINICIAN], "Reads what somebody must read for safety"),
    (Role.MANAGER, ROLE_WORDS[Role.MANAGER], "Sees what keeps happening"),
    (Role.ADMIN, ROLE_WORDS[Role.ADMIN], "Invites people and changes settings"),
)


def role_words(session: Session, service_ids: Collection[int]) -> Callable[[list[Membership]], str]:
    """What says the roles of somebody in one of these services in words, composed ones by their names."""
    composed = {role.id: role.name for role in directory.composed_roles(session, service_ids)}

    def words_of(memberships: list[Membership]) -> str:
        held = {membership.role for membership in memberships}
        own = (composed.get(membership.composed_role_id or 0, "") for membership in memberships)
        return ", ".join([*(words for role, words, _ in ROLES if role in held), *filter(None, own)])

    return words_of


@router.get("")
def list_people(page: Render, session: Reading, actor: Admin) -> Response:
    """Everybody in the administrator's services."""
    colleagues = directory.list_staff(session, actor)
    waiting = factor_reset.waiting_for(session, actor)
    can_log_in = last_of_role.who_can_log_in(session, [colleague.user for colleague in colleagues])
    context = _context(session, actor) | {"waiting": waiting, "can_log_in": can_log_in}
    return page("admin/people/list.html", colleagues=colleagues, **context)


@router.get("/invite")
def invitation_form(page: Render, form: ReadForm, session: Reading, actor: Admin) -> Response:
    """The form for an invitation."""
    return page("admin/people/invite.html", form=form, **_context(session, actor))


@router.post("/invite")
def invite(page: Render, form: ReadForm, session: Writing, actor: Admin) -> Response:
    """Invite somebody by email."""
    if invitation := form.read(Invitation):
        with form.trying(session):
            return redirect("/people", account_emails.invite_in_words(session, actor, invitation))
    return page("admin/people/invite.html", form=form, **_context(session, actor))


@router.get("/{user_id}/places/{service_id}")
def membership_form(
    page: Render, session: Reading, actor: Admin, user_id: PathId, service_id: PathId
) -> Response:
    """The form for a membership: what somebody is in a service."""
    membership = accounts.membership_of(session, actor, user_id, service_id)
    form = Form().fill(membership.model_dump() | {"languages": ", ".join(membership.languages)})
    return page(
        "admin/people/membership.html", form=form, **_membership_context(session, actor, user_id, service_id)
    )


@router.post("/{user_id}/places/{service_id}")
def set_membership(
    page: Render, form: ReadForm, session: Writing, actor: Admin, user_id: PathId, service_id: PathId
) -> Response:
    """Change a membership."""
    if membership := form.fill({"service_id": service_id}).read(MembershipInput):
        with form.trying(session):
            leavers.set_membership(session, actor, user_id, membership)
            return redirect("/people", "Changed")
    return page(
        "admin/people/membership.html", form=form, **_membership_context(session, actor, user_id, service_id)
    )


@router.get("/{user_id}/details")
def details_form(page: Render, session: Reading, actor: Admin, user_id: PathId) -> Response:
    """The form for a name and an email address."""
    user = directory.find(session, actor, user_id).user
    form = Form().fill({"name": user.name, "email": user.email})
    return page("admin/people/details.html", form=form, user_id=user_id)


@router.post("/{user_id}/details")
def update_details(page: Render, form: ReadForm, session: Writing, actor: Admin, user_id: PathId) -> Response:
    """Correct a name and an email address."""
    if details := form.read(AccountDetails):
        with form.trying(session):
            accounts.update_details(session, actor, user_id, details)
            return redirect("/people", "Changed")
    return page("admin/people/details.html", form=form, user_id=user_id)


@router.get("/{user_id}/leave")
def leave_form(page: Render, session: Reading, actor: Admin, user_id: PathId) -> Response:
    """What happens when somebody leaves, to be confirmed."""
    return page("admin/people/leave.html", form=Form(), **_leave_context(session, actor, user_id))


@router.post("/{user_id}/leave")
def leave(page: Render, form: ReadForm, session: Writing, actor: Admin, user_id: PathId) -> Response:
    """Remove somebody: their tickets go to others."""
    if departure := form.read(DepartureInput):
        with form.trying(session):
            leavers.deactivate(session, actor, user_id, departure)
            return redirect("/people", "They have left. Their tickets are handed on")
    return page("admin/people/leave.html", form=form, **_leave_context(session, actor, user_id))


def _leave_context(session: Any, actor: Actor, user_id: int) -> dict[str, Any]:
    services_left = actor.services(Role.ADMIN)
    return {
        "colleague": directory.find(session, actor, user_id),
        "last": last_of_role.warnings(session, user_id, services_left),
        **_context(session, actor),
    }


def _membership_context(session: Any, actor: Actor, user_id: int, service_id: int) -> dict[str, Any]:
    accounts.membership_of(session, actor, user_id, service_id)  # refused to administrators elsewhere
    programmes = [(programme.code, programme.name) for programme in programmes_of(session, service_id)]
    return {
        "colleague": directory.find(session, actor, user_id),
        "service_id": service_id,
        "last": last_of_role.warnings(session, user_id, {service_id}),
        "programme_choices": programmes,
        **_context(session, actor),
    }


def _context(session: Any, actor: Actor) -> dict[str, Any]:
    administered = [service for service in services(session) if service.id in actor.services(Role.ADMIN)]
    choices = [(service.id, service.name) for service in administered]
    ids = [service.id for service in administered]
    composed = [(role.service_id, role.code, role.name) for role in directory.composed_roles(session, ids)]
    shown = {"roles": ROLES, "composed_roles": composed, "role_words": role_words(session, ids)}
    return {"services": administered, "service_choices": choices, **shown}
