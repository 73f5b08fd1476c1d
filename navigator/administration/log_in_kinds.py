"""How people log in, as settings: rows of providers, rules and passwords, and what is refused of them."""

from sqlmodel import Session, col, select

from navigator.administration.log_in_schemas import LoginRuleSetting, PasswordsSetting, ProviderSetting
from navigator.administration.lookups import THIS_DESK, Key, service_of
from navigator.administration.role_setting import find_role
from navigator.administration.schema import SettingSchema
from navigator.administration.setting_kind import SettingKind
from navigator.catalogue.service import Service
from navigator.errors import Conflict, Invalid, NotFound
from navigator.openid.tables import LoginProvider, LoginRule
from navigator.people import sessions
from navigator.people.password_setting import PasswordSetting, takes_passwords
from navigator.people.provider_account import ProviderAccount
from navigator.people.user import Membership, Role, User

NOBODY_YET = (
    "First an administrator of every service must have logged in by a provider that is on: else nobody could "
    "log in to switch passwords on again."
)


def find_provider(session: Session, key: Key) -> LoginProvider | None:
    """The provider of a code."""
    return session.exec(select(LoginProvider).where(LoginProvider.code == key[0])).one_or_none()


def new_provider(_: Session, key: Key) -> LoginProvider:
    """A provider without an address yet."""
    return LoginProvider(code=key[0])


def find_login_rule(session: Session, key: Key) -> LoginRule | None:
    """A service's rule for logging in, of one code."""
    of_service = LoginRule.service_id == service_of(session, key).id
    return session.exec(select(LoginRule).where(of_service, LoginRule.code == key[1])).one_or_none()


def new_login_rule(session: Session, key: Key) -> LoginRule:
    """A rule for logging in that gives nothing yet."""
    return LoginRule(service_id=service_of(session, key).id, code=key[1], title="")


def find_passwords(session: Session, key: Key) -> PasswordSetting | None:
    """Whether passwords are taken: there is one such setting, which says yes by itself."""
    if key != THIS_DESK:
        raise NotFound("We cannot find that.")
    return session.get(PasswordSetting, 1) or PasswordSetting()


def new_passwords(_: Session, __: Key) -> PasswordSetting:
    """Passwords are taken."""
    return PasswordSetting()


class LogInKind(SettingKind):
    """A setting of how people log in: refused where nobody could, or where it names what there is not.

    Who came by a way that is switched off is logged out with it.
    """

    def write(self, session: Session, key: Key, setting: SettingSchema | None) -> None:
        """Write it, unless an administrator would be locked out."""
        if isinstance(setting, LoginRuleSetting):
            _check_rule(session, key, setting)
        if isinstance(setting, ProviderSetting):
            _forget_former(session, key, setting.issuer)
        super().write(session, key, setting)
        if not takes_passwords(session) and not has_proven_provider(session):
            raise Conflict(NOBODY_YET)
        if isinstance(setting, ProviderSetting | PasswordsSetting) and not setting.is_active:
            provider = find_provider(session, key) if isinstance(setting, ProviderSetting) else None
            sessions.end_begun_by(session, provider.id if provider else None)


def _check_rule(session: Session, key: Key, rule: LoginRuleSetting) -> None:
    """Refuse a rule by no provider, or for a composed role that its service has not."""
    if find_provider(session, (rule.provider,)) is None:
        raise Invalid("There is a problem", {"provider": "Choose a provider from the list."})
    if rule.composed and find_role(session, (key[0], rule.composed)) is None:
        raise Invalid("There is a problem", {"composed": "Choose a role of this service."})


def _forget_former(session: Session, key: Key, issuer: str) -> None:
    """Forget a secret that was given for another issuer, to which it would be shown, and who came by that."""
    provider = find_provider(session, key)
    if provider and provider.issuer != issuer:
        provider.sealed_secret = ""
        sessions.end_begun_by(session, provider.id)


def has_proven_provider(session: Session) -> bool:
    """Whether somebody who administers every service has logged in by a provider that is on."""
    query = (
        select(Membership.user_id, Membership.service_id)
        .join(ProviderAccount, col(ProviderAccount.user_id) == col(Membership.user_id))
        .join(LoginProvider, col(LoginProvider.issuer) == col(ProviderAccount.issuer))
        .join(User, col(User.id) == col(Membership.user_id))
        .where(Membership.role == Role.ADMIN, col(LoginProvider.is_active), col(User.is_active))
    )
    administered: dict[int, set[int]] = {}
    for user_id, service_id in session.exec(query):
        administered.setdefault(user_id, set()).add(service_id)
    services = set(session.exec(select(Service.id)))
    return any(services <= own for own in administered.values())


LOG_IN_KINDS = (
    LogInKind(
        "loginrule",
        "Rule for logging in",
        LoginRuleSetting,
        find_login_rule,
        new_login_rule,
        deletable=True,
        key_length=2,
        is_collection=True,
    ),
    LogInKind(
        "provider",
        "Log-in provider",
        ProviderSetting,
        find_provider,
        new_provider,
        of_service=False,
        is_collection=True,
    ),
    LogInKind("passwords", "Passwords", PasswordsSetting, find_passwords, new_passwords, of_service=False),
)
