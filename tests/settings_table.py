"""The table of every setting in docs/settings.md, made from the settings themselves: `make settings`."""

from pathlib import Path

from pydantic import SecretStr

from navigator.settings import Settings

FILE = Path(__file__).parents[1] / "docs" / "settings.md"
HEAD = """# Every setting

Made by `make settings` from `navigator/settings.py`: change it there. Each is an environment variable;
`navigator check` shows what is set, with secrets hidden. What administrators change without a restart
(services, hours, wording, people …) stands under Settings in the desk itself.

| variable | default | what it is |
|---|---|---|
"""


def table() -> str:
    """The whole file."""
    return HEAD + "".join(
        f"| `NAVIGATOR_{name.upper()}` | {_default(field.default)} | {field.description} |\n"
        for name, field in Settings.model_fields.items()
    )


def _default(value: object) -> str:
    plain = value.get_secret_value() if isinstance(value, SecretStr) else value
    return f"`{plain}`" if str(plain) else ""


if __name__ == "__main__":
    FILE.write_text(table())
