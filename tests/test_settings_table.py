"""Every setting is described where whoever runs the desk looks for it."""

from navigator.settings import Settings
from tests import settings_table


def test_every_setting_stands_in_the_table_with_its_default() -> None:
    assert settings_table.FILE.read_text() == settings_table.table(), "run: make settings"
    assert all(field.description for field in Settings.model_fields.values())
