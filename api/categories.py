"""Route for the categories of reports, with their questions."""

from typing import Literal

from fastapi import Response
from pydantic import BaseModel, Field

from api.deps import Router, public
from api.schemas import Out
from navigator.catalogue.catalogue import catalogue
from navigator.catalogue.category import Category

router = Router(tags=["for everybody"], dependencies=[public])
Audience = Literal["patient", "pwp"]


class OptionOut(Out):
    """One answer to a question."""

    value: str
    label: str


class QuestionOut(Out):
    """A closed question."""

    id: str
    text: str
    options: list[OptionOut]


class CategoryOut(BaseModel):
    """One category of reports."""

    id: str = Field(examples=["access.forgotten_password"])
    label: str
    try_first: list[str] = Field(description="What helps most people at once, step by step")
    account_reason: str | None = Field(
        description="Why somebody must look up their account: then ask what it can be found by; else null"
    )
    questions: list[QuestionOut]


class CategoryGroup(BaseModel):
    """A group of categories."""

    id: str
    label: str
    categories: list[CategoryOut]


class CategoryList(BaseModel):
    """All categories. A report may also leave its category out and say what is wrong in `body`."""

    audience: Audience
    groups: list[CategoryGroup]


@router.get("/categories")
def list_categories(response: Response, audience: Audience = "patient") -> CategoryList:
    """What a patient, or a practitioner, may choose, in their words."""
    response.headers["Cache-Control"] = "public, max-age=3600"
    return _category_list(audience)


def _category_list(audience: Audience) -> CategoryList:
    current = catalogue()
    groups = [
        CategoryGroup(
            id=group.id,
            label=group.label,
            categories=[
                _category_out(category, audience) for category in current.in_group(group.id, audience)
            ],
        )
        for group in current.groups_for(audience)
    ]
    return CategoryList(audience=audience, groups=groups)


def _category_out(category: Category, audience: Audience) -> CategoryOut:
    return CategoryOut(
        id=category.id,
        label=category.label_for(audience),
        try_first=list(category.try_first),
        account_reason=category.account_reason,
        questions=[QuestionOut.model_validate(question) for question in category.questions_for(audience)],
    )
