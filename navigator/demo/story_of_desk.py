"""Schema of what story.yaml tells of the desk: its log-in watch, what it shares, notices, channels."""

from pydantic import BaseModel, ConfigDict

from navigator.shared_problems.read_feed import ItemFacts


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


class PeerStory(_StoryModel):
    """Another desk, and a problem that it published: what its feed says of it."""

    code: str
    name: str
    url: str
    public_key: str
    owner: str
    read: str
    published: str
    title: str
    item: ItemFacts


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
    peer: PeerStory


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


class WrittenReport(_StoryModel):
    """A report whose reporter is written to, and how it goes on: they answer, or what was sent comes back.

    `minutes` are how many working minutes later a navigator writes, `hours` after how many more they answer.
    """

    at: str
    programme: str
    category: str
    text: str
    practitioner: str = ""
    email: str = ""
    phone: str = ""
    quiet: tuple[int, int] | None = None
    language: str = "en"
    minutes: int
    said: str
    hours: int = 0
    answer: str = ""


class MailStory(_StoryModel):
    """A mail that answers no letter; `set_aside` is why it belongs nowhere, once a person looked."""

    minutes_ago: int = 0
    at: str = ""
    sender: str
    subject: str
    body: str
    is_of_machine: bool = False
    set_aside: str = ""


class ReaderStory(_StoryModel):
    """What somebody of the staff chose: which mails wait for the daily one, at what hour, and a calendar."""

    name: str
    daily: list[str]
    hour: int
    has_calendar: bool = False


class ChannelStory(_StoryModel):
    """What comes in by mail and by text at one service, and what its people are told in which way."""

    service: str
    address: str
    owner: str
    begins: str
    by: str
    mail: WrittenReport
    text: WrittenReport
    bounced: WrittenReport
    arrived: list[MailStory]
    readers: list[ReaderStory]
