"""One setting: its form, a preview of the change, saving it, the list of changes, and undo."""

from typing import Annotated, Any

from fastapi import Path, Query
from sqlmodel import Session
from starlette.responses import Response

from navigator.administration import apply_change, history, overview, setting_words
from navigator.administration.apply_change import Preview
from navigator.administration.field_formats import DAY_NAMES
from navigator.administration.language_schema import LanguageSetting
from navigator.administration.log_in_providers import composed_names, provider_names
from navigator.administration.lookups import Key, find_service
from navigator.administration.schema import SettingSchema
from navigator.administration.service_schemas import CrisisSetting
from navigator.administration.setting_kind import SettingKind
from navigator.administration.setting_kinds import SETTING_KINDS
from navigator.catalogue.catalogue import catalogue
from navigator.catalogue.lookups import english_crisis_card_of
from navigator.catalogue.retention_period import RECORD_CLASSES
from navigator.errors import Invalid
from navigator.fields import Id
from navigator.languages import LANGUAGES
from navigator.people.actor import Actor
from navigator.tickets.placeholders import PLACEHOLDERS, render
from navigator.webhooks.events import EVENTS
from web.admin.setting_choices import CHOICES, CONTACTS, EXAMPLE_VALUES
from web.kit.deps import Admin, Reading, Router, Writing
from web.kit.forms import Form, ReadForm
from web.kit.templating import PageRenderer, Render, redirect

router = Router(prefix="/settings")

_LISTS = {"watch": "log-ins", "webhook": "webhooks", "mailbox": "mail"}
"""The pages that list the settings of a kind that a service has, by the kind’s name."""
_SHARED_PAGES = {
    "category": "/settings/categories",
    "article": "/settings/articles",
    "access": "/settings",
    "auditperiod": "/settings/audit",
    "hazard": "/settings/hazards",
    "sharing": "/settings/sharing",
    "peer": "/settings/sharing",
    "provider": "/settings/logging-in",
    "passwords": "/settings/logging-in",
}
"""The pages of settings that all services share; what is not here belongs to programmes."""

_PRESSED = {"do", "read_as"}
"""What is said on the preview alone, and not typed before."""

_Shown = tuple[SettingSchema | None, Preview]

KindName = Annotated[str, Path(pattern=f"^({'|'.join(SETTING_KINDS)})$")]
ChangeId = Annotated[Id, Path()]
Before = Annotated[Id | None, Query()]


@router.get("/changes")
def changes(page: Render, session: Reading, actor: Admin, before: Before = None) -> Response:
    """Everything that was changed, newest first."""
    page_of_changes = history.list_changes(session, actor, before)
    names = setting_words.named(session)
    in_words = {each.id: history.in_words(names, each) for each in page_of_changes}
    shown: dict[str, Any] = {"changes": page_of_changes, "in_words": in_words, "page_size": history.PAGE_SIZE}
    return page("admin/settings/changes.html", **shown)


@router.get("/changes/{id}")
def show_change(page: Render, session: Reading, actor: Admin, id: ChangeId, form: ReadForm) -> Response:
    """One change, field by field."""
    return _change_page(page, session, actor, id, form)


@router.post("/changes/{id}/undo")
def undo(page: Render, session: Writing, actor: Admin, id: ChangeId, form: ReadForm) -> Response:
    """Undo a change."""
    with form.trying(session):
        history.undo(session, actor, id)
        return redirect("/settings/changes", "It is as it was before.")
    return _change_page(page, session, actor, id, form)


def _change_page(page: PageRenderer, session: Session, actor: Actor, id: int, form: Form) -> Response:
    setting_change = history.get_change(session, actor, id)
    return page(
        "admin/settings/change.html",
        form=form,
        change=setting_change,
        in_words=history.in_words(setting_words.named(session), setting_change),
        can_undo=history.can_undo(setting_change),
        may_undo=history.may_undo(session, actor, setting_change),
        differences=history.before_and_after(session, setting_change),
    )


@router.get("/{name}/{path:path}")
def edit(page: Render, session: Reading, actor: Admin, form: ReadForm, name: KindName, path: str) -> Response:
    """The form of a setting, with its current values."""
    kind, key = apply_change.key_to_change(session, actor, name, path)
    setting = apply_change.current_setting(session, actor, kind, key)
    form.fill({**kind.form_values(setting), "seen": apply_change.etag(setting)})
    return _form_page(page, session, kind, key, form)


@router.post("/{name}/{path:path}")
def change(
    page: Render, session: Writing, actor: Admin, form: ReadForm, name: KindName, path: str
) -> Response:
    """Preview a change; save it once somebody has looked at that."""
    kind, key = apply_change.key_to_change(session, actor, name, path)
    setting = None if form.chosen("gone", "yes") else form.read(kind.schema)
    if not form.errors and form.value("do") != "edit":
        with form.trying(session):
            if form.value("do") == "save" and _is_read(form, setting):
                apply_change.apply_change(session, actor, kind, key, setting, form.value("seen"))
                return redirect(_page_after(kind, key, setting), "Changed.")
            preview = apply_change.preview_change(session, actor, kind, key, setting)
            return _preview_page(page, session, kind, key, form, (setting, preview))
    return _form_page(page, session, kind, key, form)


def _is_read(form: Form, setting: SettingSchema | None) -> bool:
    """Whether the person who answers for crisis wording or a language has read it; else the form says so."""
    if not isinstance(setting, CrisisSetting | LanguageSetting) or not setting.owner:
        return True
    what = "lines" if isinstance(setting, CrisisSetting) else "words"
    if not (is_read := form.chosen("read_as", apply_change.etag(setting))):
        form.refuse(Invalid("", {"read_as": f"Confirm that {setting.owner} has read these {what}"}))
    return is_read


def _form_page(page: PageRenderer, session: Session, kind: SettingKind, key: Key, form: Form) -> Response:
    return page(f"admin/settings/{kind.name}.html", form=form, **_context(session, kind, key))


def _preview_page(
    page: PageRenderer, session: Session, kind: SettingKind, key: Key, form: Form, shown: _Shown
) -> Response:
    setting, preview = shown
    return page(
        "admin/settings/preview.html",
        form=form,
        setting=setting,
        setting_etag=apply_change.etag(setting),
        preview=preview,
        typed=[
            (name, value) for name, values in form.typed.items() for value in values if name not in _PRESSED
        ],
        example=render(form.value("body"), EXAMPLE_VALUES),
        **_context(session, kind, key),
    )


def _context(session: Session, kind: SettingKind, key: Key) -> dict[str, Any]:
    return {
        "kind": kind,
        "key": key,
        "is_new": key[-1] == apply_change.NEW_KEY,
        "is_set": kind.read(session, key) is not None,
        "form_url": f"/settings/{kind.name}/{'/'.join(key)}",
        "back_to": _back_link(kind, key),
        "set_for": overview.setting_label(session, kind, key),
        "catalogue": catalogue(),
        "programme_choices": [
            (each.programme.code, each.programme.name) for each in overview.programme_overviews(session)
        ],
        "choices": CHOICES,
        "provider_choices": provider_names(session) if kind.name == "loginrule" else (),
        "composed_choices": composed_names(session, key) if kind.name == "loginrule" else (),
        "rule_targets": overview.rule_targets(session, key) if kind.name == "rule" else ((), ()),
        "contact_names": {kind: name for kind, name, _ in CONTACTS},
        "day_names": DAY_NAMES,
        "language": LANGUAGES[key[-1]] if kind.name == "language" else None,
        "english_crisis": english_crisis_card_of(session, find_service(session, key))
        if kind.name == "language"
        else None,
        "placeholders": PLACEHOLDERS,
        "events": EVENTS,
        "administrators": overview.administrators(session, key) if kind.name == "webhook" else (),
        "record_class": RECORD_CLASSES.get(key[-1]),
    }


def _page_after(kind: SettingKind, key: Key, setting: SettingSchema | None) -> str:
    """The page to go to when it is saved: of a service that is gone there is none."""
    return "/settings" if setting is None and kind.name == "service" else _back_link(kind, key)


def _back_link(kind: SettingKind, key: Key) -> str:
    """The back link: the page on which the setting is shown."""
    if kind.name in _LISTS:
        return f"/settings/{_LISTS[kind.name]}/{key[0]}"
    if kind.name in ("loginrule", "role"):
        return "/settings/logging-in"
    if kind.of_service:
        return f"/settings/services/{key[0]}" if key[0] != apply_change.NEW_KEY else "/settings"
    return _SHARED_PAGES.get(kind.name, "/settings/programmes")
