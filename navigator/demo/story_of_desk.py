"""Schema of what story.yaml tells of the desk itself: its log-in watch, what it shares, its notices."""

from pydantic import BaseModel, ConfigDict


class _StoryModel(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class WatchStory(_StoryModel):
    """The log-in watch of a programme: how it failed, who made an outage of it, and that it works."""

    service: str
    programme: str
    recipe: str
    hosts: list[str]
    control_url: str
    owner: str
    begins: str
    fails: list[str]
    step: str
    agreed: str
    by: str
    works: str
    rests: str


class SharingStory(_StoryModel):
    """A known problem, by its key, that is shared with other desks, and in which words."""

    name: str
    owner: str
    begins: str
    problem: str
    published: str
    by: str
    title: str
    known: str
    workaround: str


class NoticeStep(_StoryModel):
    """A notice; of planned work also in how many days it begins, at what time, how many hours it lasts."""

    at: str
    state: str
    body: str
    begins_in: int = 0
    starts: str = ""
    lasts: int = 0


class NoticeStory(_StoryModel):
    """A problem that everybody is told about, notice by notice."""

    service: str
    by: str
    programme: str
    category: str
    opened: str
    title: str
    known: str
    workaround: str
    steps: list[NoticeStep]
