"""At 400 % on a laptop, and with text twice as large: nothing is cut off, and the focus can be seen."""

import pytest

from tests.browser.conftest import Come, Person
from tests.browser.test_live import report

AT_400_PERCENT = {"width": 320, "height": 256}
"""What is left of 1280 × 1024 (WCAG 2.2, 1.4.10)."""
MOST = 120

HIDDEN = """() => {
  const at = document.activeElement, box = at.getBoundingClientRect();
  const places = [[0.5, 0.5], [0.02, 0.5], [0.98, 0.5], [0.5, 0.05], [0.5, 0.95]];
  const seen = places.some(([x, y]) => {
    const top = document.elementFromPoint(box.left + box.width * x, box.top + box.height * y);
    const labelled = [...(at.labels ?? [])].some((one) => one.contains(top));
    return top && (at.contains(top) || top.contains(at) || labelled);
  });
  return seen ? "" : at.outerHTML.slice(0, 120);
}"""
CUT = """() => [...document.querySelectorAll("main *, header *")].filter((one) => {
  const style = getComputedStyle(one);
  const cuts = ["hidden", "clip"].includes(style.overflowX) && one.scrollWidth > one.clientWidth + 1;
  return cuts && one.checkVisibility() && one.clientWidth > 4 && one.innerText?.trim();
}).map((one) => one.outerHTML.slice(0, 120))"""


def tab_through(person: Person) -> None:
    """Come by every control with Tab: each can be seen when it has the focus."""
    page = person.page
    page.evaluate("document.activeElement.blur()")
    for _ in range(MOST):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            return
        assert page.evaluate(HIDDEN) == "", person.path
    raise AssertionError(f"{person.path} has more than {MOST} controls")


@pytest.mark.parametrize("who", ["amina", "mo", "ada", "patient"])
def test_nothing_is_cut_off_or_hidden(come: Come, who: str) -> None:
    person = come(AT_400_PERCENT)
    report()
    if who != "patient":
        person.log_in(who)
    for path in PAGES[who]:
        person.go(path)
        tab_through(person)
        person.page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert person.page.evaluate(CUT) == [], path


PAGES = {
    "amina": ("/home", "/desk", "/tickets/1", "/tickets/1/resolution", "/tickets/1/triage", "/desk/report"),
    "mo": ("/insight", "/problems"),
    "ada": ("/settings", "/settings/hours/north", "/people"),
    "patient": ("/", "/report?service=north", "/report/help", "/log-in"),
}
