"""What somebody may choose as the thing that is wrong, and what to ask then."""

from typing import Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from api.deps import public
from api.schemas import Out
from navigator.catalogue.catalogue import catalogue
from navigator.catalogue.category import Category

router = APIRouter(tags=["for everybody"], dependencies=[public])
Asked = Literal["patient", "pwp"]


class Option(Out):
    """One answer to a question."""

    value: str
    label: str


class Question(Out):
    """A closed question."""

    id: str
    text: str
    options: list[Option]


class Leaf(BaseModel):
    """One thing that may be wrong."""

    id: str = Field(examples=["access.forgotten_password"])
    label: str
    try_first: list[str] = Field(description="What helps most people at once, step by step")
    questions: list[Question]


class Group(BaseModel):
    """Things that are about the same."""

    id: str
    label: str
    categories: list[Leaf]


class Choices(BaseModel):
    """All that may be chosen. Choosing nothing and writing what is wrong is fine too."""

    audience: Asked
    groups: list[Group]


@router.get("/categories")
def list_categories(response: Response, audience: Asked = "patient") -> Choices:
    """What a patient, or a practitioner, may choose, in their words."""
    response.headers["Cache-Control"] = "public, max-age=3600"
    return _choices(audience)


def _choices(audience: Asked) -> Choices:
    known = catalogue()
    groups = [
        Group(
            id=group.id,
            label=group.label,
            categories=[_leaf(category, audience) for category in known.in_group(group.id, audience)],
        )
        for group in known.groups_for(audience)
    ]
    return Choices(audience=audience, groups=groups)


def _leaf(category: Category, audience: Asked) -> Leaf:
    return Leaf(
        id=category.id,
        label=category.label_for(audience),
        try_first=list(category.try_first),
        questions=[Question.model_validate(question) for question in category.questions_for(audience)],
    )
