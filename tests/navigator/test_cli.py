"""The command line: where it serves, and what it says before real people come."""

import errno
import os
import sys
from collections.abc import Callable
from pathlib import Path
from pwd import getpwnam

import pytest
from pydantic import TypeAdapter
from sqlmodel import Session, delete
from typer.testing import CliRunner

from navigator import cli, go_live_check
from navigator.catalogue.crisis_wording import CrisisWording
from navigator.catalogue.lookups import service_by_code
from navigator.catalogue.privacy_notice import PrivacyNotice
from navigator.catalogue.programme import ServiceProgramme
from navigator.catalogue.service import Service
from navigator.cli_errors import refuse_folder_of_another
from navigator.database import reading
from navigator.engines import CONNECTIONS
from navigator.errors import Conflict
from navigator.settings import Settings, settings
from tests.cases import each_case
from tests.command_line import run
from tests.people import People

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("host", "setting", "is_served"),
    [
        ("127.0.0.1", "auto", True),
        ("127.0.0.1", "off", False),
        ("::1", "auto", True),
        ("localhost", "auto", True),
        ("desk.example.org", "auto", False),
        ("192.0.2.1", "auto", False),
    ],
)
def test_demonstration_data_is_served_on_this_machine_alone(
    session: Session,
    people: People,
    monkeypatch: pytest.MonkeyPatch,
    host: str,
    setting: str,
    is_served: bool,
) -> None:
    """11.F12: a name of a host ended in a ValueError. Behind a proxy the desk listens here alone, too."""
    monkeypatch.setenv("NAVIGATOR_DEMONSTRATION", setting)
    session.get_one(Service, people.north).is_demonstration = True
    session.flush()
    served = list[object]()
    monkeypatch.setattr("navigator.cli_migrate.bring_up_to_date", lambda _: None)
    monkeypatch.setattr("navigator.cli.os.execve", lambda _, words, _own: served.append(words[-3]))
    monkeypatch.setattr("navigator.cli.safe_logging.configure", lambda *_: None)
    done = CliRunner().invoke(cli.app, ["serve", "--host", host])
    assert (done.exit_code, served) == ((0, [host]) if is_served else (2, [])), done.output
    assert ("This database holds the demonstration" in done.output) is not is_served


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere workers are not forked")
@each_case(
    ("url", "cores", "workers"),
    [
        ("", 1, 1),
        ("", 2, 2),
        ("", 16, 2),
        ("postgresql+psycopg://desk@/desk", 2, 2),
        ("postgresql+psycopg://desk@/desk", 16, 3),
    ],
)
def test_as_many_processes_serve_as_there_are_cores_up_to_what_the_database_takes(
    monkeypatch: pytest.MonkeyPatch, url: str, cores: int, workers: int
):
    monkeypatch.setenv("NAVIGATOR_DATABASE_URL", url)
    monkeypatch.setattr("navigator.cli.os.sched_getaffinity", lambda _: range(cores))
    settings.cache_clear()
    assert cli._most_workers() == workers


def test_workers_and_the_command_line_have_connections_enough():
    """13: with four, the last page that was opened was refused, and so was a backup beside them."""
    allowed, kept_for_its_administrator, for_commands = 100, 3, 10
    used = cli.MOST_WORKERS * CONNECTIONS
    assert used + kept_for_its_administrator + for_commands < allowed


@pytest.mark.parametrize(
    ("words", "status"), [(["mail", "receive", "--service", "north"], os.EX_TEMPFAIL), (["check"], 2)]
)
def test_a_mail_server_is_to_try_again_where_the_desk_cannot_begin(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, words: list[str], status: int
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("NAVIGATOR_DATA_DIR", str(tmp_path / "file" / "data"))
    settings.cache_clear()
    assert CliRunner().invoke(cli.app, words, input="Subject: x\n\nHelp").exit_code == status


@pytest.mark.parametrize("password", ["canary", "can:ary@/x"])
def test_a_password_in_an_address_is_not_printed(monkeypatch: pytest.MonkeyPatch, password: str) -> None:
    for name in ("NAVIGATOR_DATABASE_URL", "NAVIGATOR_READ_URL"):
        monkeypatch.setenv(name, f"postgresql+psycopg://desk:{password}@db/desk")
    settings.cache_clear()
    values = {name: value for name, value, _ in go_live_check.describe_settings()}
    assert values["NAVIGATOR_DATABASE_URL"] == values["NAVIGATOR_READ_URL"]
    assert values["NAVIGATOR_READ_URL"] == "postgresql+psycopg://desk:***@db/desk"


@pytest.mark.parametrize(("proxies", "is_missing"), [("0", True), ("1", False)])
def test_https_without_a_trusted_proxy_is_said(
    session: Session, monkeypatch: pytest.MonkeyPatch, proxies: str, is_missing: bool
) -> None:
    """11.F12."""
    monkeypatch.setenv("NAVIGATOR_BASE_URL", "https://desk.example.org")
    monkeypatch.setenv("NAVIGATOR_PROXIES", proxies)
    settings.cache_clear()
    missing = [finding.text for finding in go_live_check.findings(session) if not finding.ok]
    assert any("NAVIGATOR_PROXIES" in text for text in missing) is is_missing
    assert "NAVIGATOR_PROXIES" in CliRunner().invoke(cli.app, ["check"]).output.split("Settings")[0]


@pytest.mark.parametrize(("texts_by", "is_missing"), [("govuk_notify", True), ("nobody", False)])
def test_texts_that_nobody_wants_are_not_missing(
    session: Session, monkeypatch: pytest.MonkeyPatch, texts_by: str, is_missing: bool
) -> None:
    monkeypatch.setenv("NAVIGATOR_TEXTS_BY", texts_by)
    settings.cache_clear()
    missing = [finding.text for finding in go_live_check.findings(session) if not finding.ok]
    assert any("NAVIGATOR_NOTIFY_KEY" in text for text in missing) is is_missing


def test_what_is_missing_is_said_once_and_in_words(session: Session, people: People) -> None:
    north = service_by_code(session, "north")
    said = {finding.text for finding in go_live_check.check_service(session, north)}
    assert {"an administrator who can log in", "privacy notice within its review date"} <= said
    session.exec(delete(CrisisWording))
    session.exec(delete(PrivacyNotice))
    session.flush()
    session.exec(delete(ServiceProgramme))
    session.flush()
    missing = [each.text for each in go_live_check.check_service(session, north) if not each.ok]
    assert "a programme that patients can choose" in missing
    assert [text for text in missing if "wording" in text or "privacy" in text] == [
        "crisis wording with an owner and a review date",
        "a privacy notice with all its parts, an owner and a review date",
    ]


def test_what_the_system_says_of_a_place_is_passed_on(tmp_path: Path) -> None:
    for listen, said in (
        (tmp_path / "none" / "a.sock", "No such file"),
        (tmp_path / ("a" * 120), "too long"),
    ):
        ran = CliRunner().invoke(cli.app, ["mail", "lmtp", "--listen", str(listen)])
        assert (ran.exit_code, said in ran.output) == (2, True)


@pytest.mark.parametrize("words", [["check"], ["audit", "verify"], ["work"]])
def test_a_database_without_tables_is_said_to_want_migrate(tmp_path: Path, words: list[str]) -> None:
    """The second command of the guide ended in a traceback, others said that the database does not answer."""
    done = run(tmp_path, words)
    assert (done.returncode, done.stdout) == (2, "")
    assert "run navigator migrate first" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("NAVIGATOR_MAIL_PORT", "abc", "NAVIGATOR_MAIL_PORT: Input should be a valid integer"),
        ("NAVIGATOR_DATABASE_URL", "postgresql://desk@/desk  # not SQLite", "nothing after it"),
        ("NAVIGATOR_DATABASE_URL", "sqlite:////srv/it.db  # not PostgreSQL", "nothing after it"),
        ("NAVIGATOR_DATABASE_URL", "postgresql://desk@127.0.0.1:1/desk", "Connection refused"),
        ("NAVIGATOR_BASE_URL", "desk.example", "NAVIGATOR_BASE_URL: It must look like https://"),
    ],
)
def test_a_wrong_setting_is_named_with_what_it_should_be(
    tmp_path: Path, variable: str, value: str, said: str
) -> None:
    done = run(tmp_path, ["check"], **{variable: value})
    assert (done.returncode, "Traceback" in done.stderr) == (2, False), done.stderr
    assert said in done.stderr


@pytest.mark.parametrize(
    "fault",
    [
        lambda: Settings.model_validate({"mail_port": "canary"}),
        lambda: TypeAdapter(int).validate_python("canary"),
        (ROOT / "navigator" / "canary.yaml").read_text,
        lambda: (_ for _ in ()).throw(OSError("canary")),
        lambda: int("canary"),
        lambda: _asked("SELECT canary FROM services"),
        lambda: _asked("SELEC canary"),
    ],
)
def test_a_fault_of_the_desk_shows_where_it_is_and_nothing_that_it_held(
    session: Session, monkeypatch: pytest.MonkeyPatch, fault: Callable[[], object]
) -> None:
    """It was one line without a place, as if the installation were to blame."""
    monkeypatch.setattr("navigator.cli.go_live_check.findings", lambda _: [fault()])
    ran = CliRunner().invoke(cli.app, ["check"])
    is_setting = "NAVIGATOR_MAIL_PORT" in ran.stderr
    assert ran.exit_code == (2 if is_setting else 1)
    assert ("Traceback" in ran.stderr) is not is_setting
    assert "canary" not in ran.stderr.replace('"canary', "").replace("SELECT canary", "").replace(
        "SELEC canary", ""
    )


def _asked(question: str) -> object:
    with reading() as session:
        return session.connection().exec_driver_sql(question)


@pytest.mark.parametrize(
    ("raised", "said"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "No space left"),
        (ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused"), "Connection refused"),
        (FileNotFoundError(errno.ENOENT, "No such file", str(Path("data") / "backups")), "data/backups"),
    ],
)
def test_what_the_machine_lacks_stays_one_line(
    monkeypatch: pytest.MonkeyPatch, session: Session, raised: OSError, said: str
) -> None:
    monkeypatch.setattr("navigator.cli.go_live_check.findings", lambda _: (_ for _ in ()).throw(raised))
    monkeypatch.setattr(settings(), "data_dir", Path("data"))
    ran = CliRunner().invoke(cli.app, ["check"])
    assert (ran.exit_code, ran.stderr.count("\n")) == (2, 1), ran.stderr
    assert said in ran.stderr


def test_a_fault_after_a_command_shows_nothing_that_it_held(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("navigator.cli_audit._is_there", lambda: int("canary"))
    ran = CliRunner().invoke(cli.app, ["triage", "links"])
    assert (ran.exit_code, "Traceback" in ran.stderr) == (1, True)
    assert "canary" not in ran.stderr.replace('int("canary")', "")


def test_a_file_that_somebody_named_stays_one_line(session: Session, tmp_path: Path) -> None:
    ran = CliRunner().invoke(cli.app, ["papers", "dpia", "--file", str(tmp_path / "none" / "dpia.md")])
    assert (ran.exit_code, "Traceback" in ran.stderr) == (2, False), ran.stderr
    assert "No such file" in ran.stderr


def test_a_fault_of_the_desk_sends_no_mail_back(monkeypatch: pytest.MonkeyPatch, session: Session) -> None:
    monkeypatch.setattr("navigator.cli.close_data_dir", lambda: int("canary"))
    ran = CliRunner().invoke(cli.app, ["mail", "receive", "--service", "north"], input="Subject: x\n\nHelp")
    assert (ran.exit_code, "Traceback" in ran.stderr) == (os.EX_TEMPFAIL, True)


def test_what_was_typed_wrong_is_named(session: Session, people: People) -> None:
    words = ["user", "add", "--service", "north", "--role", "navigator", "--name", "Ada", "--email", "ada"]
    ran = CliRunner().invoke(cli.app, words)
    assert (ran.exit_code, "Traceback" in ran.stderr) == (2, False), ran.stderr
    assert ran.stderr.startswith("email: ")


def test_a_misspelt_setting_is_found(monkeypatch: pytest.MonkeyPatch, session: Session) -> None:
    monkeypatch.setenv("NAVIGATOR_BACKUPDIR", "/mnt/backups")
    wrong = [finding.text for finding in go_live_check.findings(session) if not finding.ok]
    assert any(text.startswith("NAVIGATOR_BACKUPDIR is no setting") for text in wrong)


def test_a_slash_at_the_end_of_the_address_is_no_part_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NAVIGATOR_BASE_URL", "https://desk.example/")
    assert Settings().base_url == "https://desk.example"


def test_root_works_in_no_folder_of_another(tmp_path: Path) -> None:
    """What root made there, the desk could not open afterwards."""
    if os.geteuid() != 0:
        pytest.skip("only root can give a folder away")
    os.chown(tmp_path, getpwnam("nobody").pw_uid, -1)
    for folder in (tmp_path, tmp_path / "not" / "there yet"):
        with pytest.raises(Conflict, match="sudo -u nobody"):
            refuse_folder_of_another(folder)


def test_who_may_write_in_the_folder_of_another_is_let(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder of root’s with a group that writes: they were told to be root."""
    monkeypatch.setattr(os, "geteuid", lambda: tmp_path.stat().st_uid + 1_000)
    refuse_folder_of_another(tmp_path)


def test_the_first_look_says_that_there_is_nothing_yet(tmp_path: Path) -> None:
    """It said that the database is up to date."""
    assert "every table will be made" in run(tmp_path, ["migrate", "--check"]).stdout
