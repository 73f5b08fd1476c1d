"""Crisis card from its file: shown until a service has its own wording, and whenever storage is down."""

import json
from datetime import date
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files

import yaml
from pydantic import BaseModel, ConfigDict


class CrisisCard(BaseModel):
    """What to do in a crisis: each line says when, what to do, and whom to `call` or `text`."""

    model_config = ConfigDict(frozen=True)

    heading: str
    lines: list[dict[str, str]]
    reviewed: bool = False
    owner: str = ""
    review_on: date | None = None
    language: str = "en"

    @property
    def mark(self) -> str:
        """The mark of its lines: another one as soon as a single word of them is."""
        return sha256(json.dumps(self.lines, sort_keys=True).encode()).hexdigest()[:16]


@lru_cache(maxsize=1)
def default_crisis_card() -> CrisisCard:
    """The card of the file, read once: it needs no database."""
    text = files("navigator.catalogue").joinpath("crisis.yaml").read_text(encoding="utf-8")
    return CrisisCard.model_validate(yaml.safe_load(text))
