"""Settings of an installation from environment variables `NAVIGATOR_*`, each with a safe default."""

import os
import secrets
import tempfile
from contextlib import suppress
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from navigator import private_files


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


def _without_last_slash(value: object) -> object:
    return value.rstrip("/") if isinstance(value, str) else value


class Settings(BaseSettings):
    """Every setting with its default; `navigator check` lists them."""

    model_config = SettingsConfigDict(env_prefix="NAVIGATOR_", extra="forbid")

    data_dir: Path = Field(
        default=Path("data"), description="Folder for the database, pictures, the secret and unsent mail"
    )
    database_url: str = Field(
        default="",
        pattern=r"^(sqlite(\+pysqlite)?:///[^#]+|postgresql(\+psycopg)?://\S+)?$",
        description="sqlite:///… or postgresql+psycopg://…; empty: SQLite in data_dir",
    )
    read_url: str = Field(
        default="",
        pattern=r"^(postgresql\S+)?$",
        description="A streaming standby of the database, to read reports, searches and exports from",
    )
    read_lag_seconds: float = Field(
        default=5, gt=0, description="Seconds that it may be behind; above, the database itself is read"
    )
    base_url: Annotated[str, BeforeValidator(_without_last_slash)] = Field(
        default="http://127.0.0.1:8000",
        pattern=r"^https?://[^\s/]+(/\S*)?$",
        description="Address that people reach the desk at, for links",
    )
    source_url: str = Field(
        default="",
        pattern=r"^(https?://\S+)?$",
        description="Where the source code of this installation is, for the footer (AGPL section 13)",
    )
    secret: SecretStr = Field(
        default=SecretStr(""), description="Signs cookies; empty: made once and kept in data_dir"
    )
    mail_host: str = Field(
        default="", description="SMTP server; empty: mail is written to mail_dir instead of sent"
    )
    mail_port: int = Field(default=587, description="SMTP port")
    mail_security: Literal["starttls", "tls", "none"] = Field(
        default="starttls", description="How SMTP is protected"
    )
    mail_user: str = Field(default="", description="SMTP log-in")
    mail_password: SecretStr = Field(default=SecretStr(""), description="SMTP password")
    mail_from: str = Field(default="navigator-desk@localhost", description="Sender of all mail")
    notify_key: SecretStr = Field(
        default=SecretStr(""), description="GOV.UK Notify API key, for text messages"
    )
    notify_url: str = Field(
        default="https://api.notifications.service.gov.uk", description="GOV.UK Notify address"
    )
    notify_template: str = Field(
        default="", description="GOV.UK Notify template id with one field, ((message))"
    )
    notify_callback_token: SecretStr = Field(
        default=SecretStr(""),
        description="Bearer token that GOV.UK Notify sends with receipts and texts; empty: none are taken",
    )
    texts_by: Literal["govuk_notify", "nhs_notify", "nobody"] = Field(
        default="govuk_notify",
        description="Who carries text messages; nobody: this desk sends none, and is not asked to",
    )
    nhs_notify_url: str = Field(default="https://api.service.nhs.uk", description="NHS Notify address")
    nhs_notify_key: SecretStr = Field(
        default=SecretStr(""), description="NHS Notify: API key of your application"
    )
    nhs_notify_key_id: str = Field(default="", description="NHS Notify: key id (kid) of its public key")
    nhs_notify_private_key: str = Field(
        default="", description="NHS Notify: file of its private key (RSA, PEM)"
    )
    nhs_notify_plan: str = Field(
        default="", description="NHS Notify: id of a routing plan for texts alone, with one field, message"
    )
    nhs_notify_callback_key: SecretStr = Field(
        default=SecretStr(""), description="NHS Notify: API key of its calls; empty: none are taken"
    )
    nhs_notify_callback_secret: SecretStr = Field(
        default=SecretStr(""), description="NHS Notify: secret of the signatures of its calls"
    )
    texts_service: str = Field(
        default="", description="Code of the service for texts of numbers that no service texted lately"
    )
    stop_words: str = Field(
        default="stop, stop all, unsubscribe",
        description="Texts of one of these alone end texts to their number; as your service words it",
    )
    stalled_request_seconds: float = Field(
        default=15, gt=0, description="Seconds without a byte after which a request is not waited for"
    )
    slow_request_seconds: float = Field(
        default=60, gt=0, description="Seconds after which a form that still comes in is not waited for"
    )
    slow_upload_seconds: float = Field(
        default=300, gt=0, description="The same for a form with pictures, which a phone sends slowly"
    )
    attachment_store: str = Field(
        default="",
        pattern=r"^(s3://\S+)?$",
        description="s3://bucket/prefix for pictures and PDFs; empty: files in data_dir",
    )
    attachment_store_endpoint: str = Field(default="", description="Address of an S3-compatible store")
    attachment_store_region: str = Field(default="", description="Its region")
    attachment_store_key: str = Field(default="", description="Its access key id")
    attachment_store_secret: SecretStr = Field(default=SecretStr(""), description="Its secret access key")
    attachment_space: int = Field(
        default=20_000, ge=0, description="Megabytes of all pictures and PDFs; above it none is taken"
    )
    clamav_socket: str = Field(
        default="",
        pattern=r"^(/\S+|\S+:\d+)?$",
        description="clamd, as /path/to/socket or host:port, to check what is sent; empty: it is not checked",
    )
    webhook_hosts: str = Field(
        default="",
        description="Hosts to which webhooks may go, with spaces between them; empty: any on the internet",
    )
    asks_itself: bool = Field(
        default=False,
        description="Other desks and programmes may lie on this machine, by http:// too: for tests alone",
    )
    backup_dir: str = Field(
        default="", description="Folder of the backups that are made each night; empty: none is made"
    )
    backup_hour: int = Field(default=2, ge=0, le=23, description="Hour of the night at which, in London")
    backup_keep_daily: int = Field(default=7, ge=1, description="Backups of how many days are kept")
    backup_keep_weekly: int = Field(default=4, ge=0, description="Of how many weeks the newest is kept")
    backup_keep_monthly: int = Field(default=3, ge=0, description="Of how many months the newest is kept")
    proxies: int = Field(default=0, ge=0, le=5, description="Trusted reverse proxies in front of this server")
    demonstration: Literal["auto", "off"] = Field(
        default="auto", description="auto: fill an empty default database"
    )
    hide_one_in: int = Field(
        default=20,
        ge=0,
        description="One ticket in so many hides its suggestion until it is sorted; 0: none does",
    )
    log_level: Annotated[Literal["debug", "info", "warning", "error"], BeforeValidator(_lower)] = Field(
        default="info",
        description="Least level that is logged, of the desk and its web server; of other packages warnings",
    )
    log_format: Literal["text", "json"] = Field(
        default="text", description="json: each line of the log is one JSON object"
    )
    metrics_token: SecretStr = Field(
        default=SecretStr(""),
        description="Whoever sends it as “Authorization: Bearer …” reads /metrics; empty: there is none",
    )
    security_contact: str = Field(
        default="",
        pattern=r"^((mailto:|https://|tel:)\S+)?$",
        description="mailto:… or https://… for /.well-known/security.txt; empty: there is none",
    )
    security_contact_until: date | None = Field(
        default=None, description="Last day on which that contact is known to be right, like 2027-06-01"
    )

    @property
    def database(self) -> str:
        """The URL of the database in use."""
        return self.database_url or f"sqlite:///{self.data_dir / 'navigator.db'}"

    @property
    def mail_dir(self) -> Path:
        """The folder to which mail is written when no SMTP server is set."""
        return self.data_dir / "mail"

    @property
    def attachment_dir(self) -> Path:
        """The folder of pictures and PDFs where no other store is set."""
        return self.data_dir / "attachments"

    def signing_key(self) -> str:
        """The secret that signs cookies, created on first use in a file with mode 600."""
        if secret := self.secret.get_secret_value():
            return secret
        return _load_or_create_secret(self.data_dir / "secret.key")


def unknown_variables() -> list[str]:
    """Variables that look like settings and are none: misspelt, or of another version."""
    known = {f"NAVIGATOR_{name.upper()}" for name in Settings.model_fields}
    own = ("NAVIGATOR_TEST_", "NAVIGATOR_HELD")  # of the tests
    return sorted(
        name
        for name in os.environ
        if name.startswith("NAVIGATOR_") and name not in known and not name.startswith(own)
    )


def close_data_dir() -> None:
    """Close the data folder to everybody but its owner, and all that lies in it from before it was closed."""
    folder = private_files.make_folder(settings().data_dir)
    if not private_files.is_closed(folder):
        private_files.close_to_others(folder)


@lru_cache(maxsize=1)
def _load_or_create_secret(path: Path) -> str:
    if not path.exists():
        private_files.make_folder(path.parent)
        with tempfile.NamedTemporaryFile("w", dir=path.parent) as file:  # made with mode 600
            file.write(secrets.token_urlsafe(48))
            file.flush()
            with suppress(FileExistsError):  # another process was first: its secret is the secret
                os.link(file.name, path)
    return path.read_text()


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()
