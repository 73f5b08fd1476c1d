"""The people of a service, for its administrators: who is invited, what they are, and how they leave."""

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from navigator.catalogue.lookups import programmes_of, services
from navigator.outbox import account_emails
from navigator.people import accounts, directory
from navigator.people.accounts import AccountDetails, Invitation, MembershipInput
from navigator.people.actor import Actor
from navigator.people.user import Membership, Role
from navigator.tickets.actions import leavers
from web.kit.deps import Admin, Reading, Writing
from web.kit.forms import Form, ReadForm
from web.kit.templating import Render, redirect

router = APIRouter(prefix="/people")

ROLES = (
    (Role.PWP, "Practitioner (PWP)", "Reports problems and asks for training"),
    (Role.NAVIGATOR, "Digital navigator", "Gets tickets and puts them right"),
    (Role.CLINICIAN, "Duty clinician", "Reads what somebody must read for safety"),
    (Role.MANAGER, "Manager", "Sees what keeps happening"),
    (Role.ADMIN, "Administrator", "Invites people and changes settings"),
)


def role_words(held: list[Membership]) -> str:
    """The roles of somebody in a service, in words."""
    return ", ".join(words for role, words, _ in ROLES if role in {one.role for one in held})


@router.get("")
def people(page: Render, session: Reading, actor: Admin) -> Response:
    """Everybody in the administrator's services."""
    colleagues = directory.staff_of(session, actor)
    return page("admin/people/list.html", colleagues=colleagues, **_facts(session, actor))


@router.get("/invite")
def new(page: Render, form: ReadForm, session: Reading, actor: Admin) -> Response:
    """Ask who to invite."""
    return page("admin/people/invite.html", form=form, **_facts(session, actor))


@router.post("/invite")
def invite(page: Render, form: ReadForm, session: Writing, actor: Admin) -> Response:
    """Invite somebody; a letter tells them."""
    if typed := form.read(Invitation):
        with form.trying(session):
            account_emails.invite(session, actor, typed)
            return redirect("/people", "Invited. A link for a password is on its way to them")
    return page("admin/people/invite.html", form=form, **_facts(session, actor))


@router.get("/{user_id}/places/{service_id}")
def membership_form(page: Render, session: Reading, actor: Admin, user_id: int, service_id: int) -> Response:
    """What somebody is in a service, to be changed."""
    known = accounts.membership_of(session, actor, user_id, service_id)
    form = Form().fill(known.model_dump() | {"languages": ", ".join(known.languages)})
    return page("admin/people/membership.html", form=form, **_of(session, actor, user_id, service_id))


@router.post("/{user_id}/places/{service_id}")
def set_membership(
    page: Render, form: ReadForm, session: Writing, actor: Admin, user_id: int, service_id: int
) -> Response:
    """Change what somebody is in a service."""
    if typed := form.fill({"service_id": service_id}).read(MembershipInput):
        with form.trying(session):
            leavers.set_membership(session, actor, user_id, typed)
            return redirect("/people", "Changed")
    return page("admin/people/membership.html", form=form, **_of(session, actor, user_id, service_id))


@router.get("/{user_id}/details")
def details(page: Render, session: Reading, actor: Admin, user_id: int) -> Response:
    """What somebody is called, and where letters to them go."""
    user = directory.find(session, actor, user_id).user
    form = Form().fill({"name": user.name, "email": user.email})
    return page("admin/people/details.html", form=form, user_id=user_id)


@router.post("/{user_id}/details")
def update_details(page: Render, form: ReadForm, session: Writing, actor: Admin, user_id: int) -> Response:
    """Correct it."""
    if typed := form.read(AccountDetails):
        with form.trying(session):
            accounts.update_details(session, actor, user_id, typed)
            return redirect("/people", "Changed")
    return page("admin/people/details.html", form=form, user_id=user_id)


@router.get("/{user_id}/leave")
def leave_form(page: Render, session: Reading, actor: Admin, user_id: int) -> Response:
    """Say what happens when somebody leaves."""
    return page(
        "admin/people/leave.html", one=directory.find(session, actor, user_id), **_facts(session, actor)
    )


@router.post("/{user_id}/leave")
def leave(page: Render, form: ReadForm, session: Writing, actor: Admin, user_id: int) -> Response:
    """Send somebody away."""
    with form.trying(session):
        leavers.leave(session, actor, user_id)
        return redirect("/people", "They have left. Their tickets are handed on")
    one = directory.find(session, actor, user_id)
    return page("admin/people/leave.html", form=form, one=one, **_facts(session, actor))


def _of(session: Any, actor: Actor, user_id: int, service_id: int) -> dict[str, Any]:
    one = directory.find(session, actor, user_id)
    offered = [(programme.code, programme.name) for programme in programmes_of(session, service_id)]
    return {"one": one, "service_id": service_id, "offered": offered, **_facts(session, actor)}


def _facts(session: Any, actor: Actor) -> dict[str, Any]:
    mine = [service for service in services(session) if service.id in actor.services(Role.ADMIN)]
    offers = [(service.id, service.name) for service in mine]
    return {"services": mine, "offers": offers, "roles": ROLES, "role_words": role_words}
