"""What people have set on their own device: nothing is lost in forced colours, and nothing moves for some."""

import pytest

from tests.browser.conftest import WIDE, Come, Person
from tests.browser.test_live import report

PAGES = [
    ("amina", "/desk"),
    ("amina", "/tickets/1"),
    ("amina", "/tickets/1/resolution"),
    ("mo", "/insight"),
    ("ada", "/settings/services/north"),
    ("", "/"),
    ("", "/report?service=north"),
]
MOST = 120
PLACE = """() => {
  const at = document.activeElement, box = at.getBoundingClientRect(), edge = 8;
  const left = Math.max(0, box.left - edge), top = Math.max(0, box.top - edge);
  return at === document.body ? null : {
    x: left, y: top,
    width: Math.min(innerWidth - left, box.width + 2 * edge),
    height: Math.min(innerHeight - top, box.height + 2 * edge),
  };
}"""
LEAVE = "() => { window.was = document.activeElement; was.blur(); }"
COME_BACK = "() => was.focus({ preventScroll: true })"
EDGED = ".nhsuk-tag, .desk-count, .nhsuk-button, .nhsuk-input, .nhsuk-textarea, .nhsuk-select"
WITHOUT_EDGE = """(edged) => [...document.querySelectorAll(edged)]
  .filter((one) => one.checkVisibility() && getComputedStyle(one).borderTopStyle === "none")
  .map((one) => one.outerHTML.slice(0, 120))"""
MOVING = """() => [...document.querySelectorAll("*")].filter((one) => {
  const style = getComputedStyle(one);
  const times = [style.transitionDuration, style.animationDuration].join(", ").split(", ");
  return times.some((time) => parseFloat(time) > 0.01) || style.scrollBehavior === "smooth";
}).map((one) => one.outerHTML.slice(0, 120))"""


def at(come: Come, who: str, path: str, **settings: str) -> Person:
    report()
    person = come(WIDE, **settings)
    if who:
        person.log_in(who)
    person.go(path)
    return person


@pytest.mark.parametrize(("who", "path"), PAGES)
def test_in_forced_colours_the_focus_and_every_edge_are_seen(come: Come, who: str, path: str) -> None:
    page = at(come, who, path, forced_colors="active").page
    assert page.evaluate(WITHOUT_EDGE, EDGED) == []
    for _ in range(MOST):
        page.keyboard.press("Tab")
        if (place := page.evaluate(PLACE)) is None:
            return
        focused = page.screenshot(clip=place)
        page.evaluate(LEAVE)
        assert page.screenshot(clip=place) != focused, page.evaluate("was.outerHTML")
        page.evaluate(COME_BACK)
    raise AssertionError(f"{path} has more than {MOST} controls")


@pytest.mark.parametrize(("who", "path"), PAGES)
def test_nothing_moves_for_who_wants_no_motion(come: Come, who: str, path: str) -> None:
    assert at(come, who, path, reduced_motion="reduce").page.evaluate(MOVING) == []
