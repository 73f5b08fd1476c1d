"""Search of the help pages: what somebody types passes the safety screen, and is in no address or log.

The form is posted, and the address that follows names what was found.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated

from fastapi import Depends
from pydantic import BaseModel, Field
from sqlmodel import Session

from navigator import database
from navigator.catalogue.articles import offered_articles
from navigator.errors import TooMany
from navigator.fields import MAX_TEXT_LENGTH, Code, Line
from navigator.people.rate_limit import Limit, hit, is_used_up
from navigator.triage.article_search import FoundHelp, find_help
from navigator.triage.safety_screen import screen
from web.kit.deps import Address
from web.kit.forms import ReadForm
from web.kit.templating import url

SEARCHES_PER_ADDRESS = Limit(300, timedelta(hours=1))
NOTHING = "nothing"


class SearchInput(BaseModel):
    """What somebody looks for, in their own words."""

    sought: Line = Field(
        default="",
        min_length=1,
        title="what you look for",
        validate_default=True,
        json_schema_extra={"words": {"string_too_short": "Write a few words, such as “new password”"}},
    )
    programme: Code = ""


@dataclass(frozen=True)
class Search:
    """What is looked for, whether the safety screen heard something in it, and what was found."""

    sought: str
    is_of_concern: bool = False
    programme: str = ""
    found: FoundHelp = field(default_factory=FoundHelp)

    @property
    def found_url(self) -> str:
        """The address of what was found: it says which pages, and what they are about."""
        found = ".".join(map(str, self.found.article_ids)) or NOTHING
        return url("/help", found=found, about=self.found.category, programme=self.programme)


async def _search(form: ReadForm, address: Address) -> Search | None:
    """Screen and search before a transaction begins, unless too much was asked; None if that cannot be."""
    sought = form.value("sought")[:MAX_TEXT_LENGTH]
    if screen(sought).hit:  # what is too long to be looked for is heard all the same
        return Search(sought, is_of_concern=True)
    if (asked := form.read(SearchInput)) is None:
        return None
    with database.reading() as session:
        if is_used_up(session, "help search", address, SEARCHES_PER_ADDRESS):
            return Search(sought)
        found = find_help(offered_articles(session, asked.programme), asked.sought)
    return Search(sought, programme=asked.programme, found=found)


LookedFor = Annotated[Search | None, Depends(_search)]


def check_search_limit(session: Session, address: str) -> None:
    """Refuse a search over the rate limit."""
    if not hit(session, "help search", address, SEARCHES_PER_ADDRESS):
        raise TooMany("There were too many searches from your connection. Try again in an hour.")
