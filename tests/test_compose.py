"""The example for containers: what it sets there is, and its backups outlive the container."""

from pathlib import Path
from typing import Any

import yaml

from navigator.settings import Settings

ROOT = Path(__file__).parents[1]


def desk() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]["desk"]
    return found


def test_what_it_sets_there_is() -> None:
    ours = {name for name in desk()["environment"] if name.startswith("NAVIGATOR_")}
    assert ours <= {f"NAVIGATOR_{name.upper()}" for name in Settings.model_fields}


def test_an_upgrade_finds_its_backup_and_both_outlive_the_container() -> None:
    mounted = [volume.split(":")[1] for volume in desk()["volumes"]]
    assert desk()["environment"]["NAVIGATOR_BACKUP_DIR"] in mounted
    assert f"--owner desk --mode 700 {' '.join(mounted)}" in (ROOT / "Dockerfile").read_text()
