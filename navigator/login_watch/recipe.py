"""A recipe for logging in: a few steps as YAML, to hosts that were named, with secrets by name alone."""

import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from navigator.errors import Invalid
from navigator.outgoing import check_url
from navigator.safe_yaml import read_yaml

MAX_STEPS = 20
SECRET = re.compile(r"\$([a-z][a-z0-9_]{0,30})")
"""How a recipe names a secret, such as $password."""
_PRIVATE_FIELD = re.compile(r"pass|pwd|pin|secret|token|code|mail|user|log_?in|account|answer|word", re.I)

Words = Annotated[str, Field(max_length=500)]


class Expected(BaseModel):
    """What a page must be: its status, words on it, or the end of its address."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    status: Annotated[int, Field(ge=200, le=599)] | None = None
    text: Words = ""
    url: Words = ""


class Step(BaseModel):
    """One step: get a page, fill in boxes, post the form, or expect something. Exactly one of them."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    get: Words | None = None
    fill: dict[Words, Words] | None = None
    post: Words | None = None
    expect: Expected | Words | None = None

    @property
    def kind(self) -> str:
        """Which one it is."""
        return next(iter(self.model_fields_set))

    @property
    def expected(self) -> Expected:
        """What is expected; plain words are expected on the page."""
        return self.expect if isinstance(self.expect, Expected) else Expected(text=self.expect or "")

    @model_validator(mode="after")
    def _is_one(self) -> "Step":
        if len(self.model_fields_set) != 1 or getattr(self, self.kind) is None:
            raise ValueError("one of get, fill, post, expect")
        return self


class Recipe(BaseModel):
    """The steps in their order."""

    model_config = ConfigDict(hide_input_in_errors=True)

    steps: Annotated[list[Step], Field(min_length=2, max_length=MAX_STEPS)]

    @property
    def secret_names(self) -> list[str]:
        """The names of the secrets that it needs, each once."""
        values = (value for step in self.steps for value in (step.fill or {}).values())
        return sorted({match[1] for value in values if (match := SECRET.fullmatch(value))})


def parse_recipe(text: str) -> Recipe:
    """A recipe as it was typed; ValueError says to a person what is wrong, and quotes no value."""
    try:
        content = read_yaml(text).data
    except Invalid:
        raise ValueError("This is no YAML. Each line is a step, like - get: https://…") from None
    if not isinstance(content, list):
        raise ValueError("Write one step a line, like - get: https://…")
    for number, step in enumerate(content, 1):
        _check_step(number, step)
    try:
        recipe = Recipe(steps=content)
    except ValidationError:
        raise ValueError(f"Write 2 to {MAX_STEPS} steps") from None
    if recipe.steps[0].kind != "get" or recipe.steps[-1].kind != "expect":
        raise ValueError("Begin with a get, and end with what is to be expected")
    return recipe


def _check_step(number: int, content: object) -> None:
    try:
        step = Step.model_validate(content)
    except ValidationError:
        raise ValueError(f"Step {number} is none of get, fill, post and expect, or says too much") from None
    for name, value in (step.fill or {}).items():
        if _PRIVATE_FIELD.search(name) and not SECRET.fullmatch(value):
            raise ValueError(f"Step {number}: write a name like $password, and type the secret apart from it")
    if step.get is not None:
        check_url(step.get)


def check_hosts(recipe: Recipe, hosts: list[str]) -> None:
    """Refuse a recipe that asks a host that is not named."""
    for number, step in enumerate(recipe.steps, 1):
        if step.get is not None and not may_ask(step.get, hosts):
            raise ValueError(f"Step {number} asks a host that is not named below")


def may_ask(url: str, hosts: list[str]) -> bool:
    """Whether an address lies at one of these hosts, by https; this machine only in tests."""
    try:
        host = urlsplit(check_url(url)).hostname or ""
    except ValueError:
        return False
    return host.lower() in hosts
