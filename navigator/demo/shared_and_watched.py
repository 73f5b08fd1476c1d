"""The log-in watch of the demonstration, and a known problem that it shares with other desks, as data.

Nothing is asked of any network: how each try went is written down by the function that the job uses, and no
secret of a test account is there, so that the watch tries nothing afterwards either.
"""

from datetime import timedelta

from sqlmodel import Session, select

from navigator import clock
from navigator.administration.apply_change import apply_change
from navigator.administration.setting_kinds import SETTING_KINDS
from navigator.administration.sharing_schemas import PeerSetting, SharingSetting
from navigator.administration.watch_schemas import WatchSetting
from navigator.demo.context import DemoContext
from navigator.demo.event_queue import Scenario
from navigator.demo.story_of_desk import PeerStory, SharingStory, WatchStory
from navigator.login_watch.alarms import AgreeInput, agree
from navigator.login_watch.tables import LoginAlarm, LoginWatch, WatchStatus
from navigator.login_watch.watch import record
from navigator.people.actor import SYSTEM
from navigator.shared_problems.published import PublishInput, publish
from navigator.shared_problems.pull import keep
from navigator.shared_problems.read_feed import Item, ReadFeed
from navigator.shared_problems.signatures import EXTENSION, make_key
from navigator.shared_problems.tables import PeerDesk

HALF_A_YEAR = timedelta(days=180)


def watch_scenario(context: DemoContext, told: WatchStory) -> Scenario:
    """A test account logs in until an update; a navigator agrees that it is an outage; it works again."""
    session = yield context.dates.moment(told.begins)
    setting = WatchSetting(
        is_active=True,
        recipe=told.recipe,
        hosts=told.hosts,
        control_url=told.control_url,
        owner=told.owner,
        review_on=context.dates.today + HALF_A_YEAR,
    )
    apply_change(session, SYSTEM, SETTING_KINDS["watch"], (told.service, told.programme), setting)
    _record(session, WatchStatus.WORKS)
    for moment in told.fails:
        session = yield context.dates.moment(moment)
        _record(session, WatchStatus.FAILS, told.step)
    session = yield context.dates.moment(told.agreed)
    alarm = session.exec(select(LoginAlarm)).one()
    agree(session, context.people.actors[told.by], alarm.id, AgreeInput(tells=True))
    session = yield context.dates.moment(told.works)
    _record(session, WatchStatus.WORKS)
    session = yield context.dates.moment(told.rests)
    _record(session, WatchStatus.NO_SECRETS)


def _record(session: Session, status: WatchStatus, step: str = "") -> None:
    watch = session.exec(select(LoginWatch)).one()
    watch.tried_at = clock.now()
    record(session, watch, status, step)


def sharing_scenario(context: DemoContext, told: SharingStory) -> Scenario:
    """The desk shares known problems, and a navigator publishes one in words that name nobody."""
    session = yield context.dates.moment(told.begins)
    make_key(session)
    owner, review_on = told.owner, context.dates.today + HALF_A_YEAR
    setting = SharingSetting(is_active=True, name=told.name, owner=owner, review_on=review_on)
    apply_change(session, SYSTEM, SETTING_KINDS["sharing"], ("desk",), setting)
    session = yield context.dates.moment(told.published)
    words = PublishInput(title=told.title, known=told.known, workaround=told.workaround, is_read=True)
    publish(session, context.people.actors[told.by], context.problem_ids[told.problem], words)
    yield from _read_peer(context, told.peer)


def _read_peer(context: DemoContext, told: PeerStory) -> Scenario:
    """What another desk published is read, as it would be of its feed: a visitor can adopt it."""
    published_at = context.dates.moment(told.published)
    session = yield context.dates.moment(told.read)
    setting = PeerSetting(
        name=told.name,
        url=told.url,
        public_key=told.public_key,
        owner=told.owner,
        review_on=context.dates.today + HALF_A_YEAR,
    )
    apply_change(session, SYSTEM, SETTING_KINDS["peer"], (told.code,), setting)
    peer = session.exec(select(PeerDesk)).one()
    peer.tried_at = clock.now()
    said = {"id": told.code, "title": told.title, "date_published": published_at, EXTENSION: told.item}
    feed = {"items": [Item.model_validate(said)], EXTENSION: {"made_at": clock.now()}}
    keep(session, peer, ReadFeed.model_validate(feed))
