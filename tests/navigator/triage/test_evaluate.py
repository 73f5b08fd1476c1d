"""The figures are the shares that they claim to be, and bad lines are named."""

import json

import pytest

from navigator.triage.evaluate import evaluate_lines
from navigator.triage.metrics import accuracy, calibration_error, macro_f1

PASSWORD = {"text": "forgot my password", "category": "access.forgotten_password", "fixability": "navigator"}
ODDLY = {
    "category": "use.how_to",
    "fixability": "supplier",
    "accepted": ["access.forgotten_password"],
    "fixability_accepted": ["service"],
    "origin": "odd",
}
LABELLED = [
    PASSWORD | {"id": 1},
    PASSWORD | {"id": 2} | ODDLY,
    {"id": 3, "text": "I love this app, thank you", "category": "other.feedback", "fixability": "none"},
    {"id": 4, "text": "I want to die", "catch": True},
    {"id": 5, "text": "this app is killing my battery", "catch": False},
]
EXPECTED = {
    "first, strict": (2 / 3, 3),
    "first, accepted": (1, 3),
    "among three, accepted": (1, 3),
    "fixable or not, strict": (1 / 2, 2),
    "fixable or not, accepted": (1, 2),
    "nothing to fix, given no side": (1, 1),
    "screen: caught": (1, 1),
    "screen: false alarms, look-alikes": (0, 1),
    "screen: false alarms, ordinary reports": (0, 3),
}


def test_figures_over_all_and_by_origin() -> None:
    groups, faults = evaluate_lines(json.dumps(line) for line in LABELLED)
    assert faults == []
    assert groups.keys() == {"all", "odd"}
    figures = {figure.name: (figure.value, figure.sample_size) for figure in groups["all"]}
    assert {name: figures[name] for name in EXPECTED} == EXPECTED
    assert {figure.name: figure.value for figure in groups["odd"]}["first, strict"] == 0


def test_how_many_of_the_nearest_are_right_is_measured() -> None:
    feedback = {"text": "I love this app, thank you", "category": "other.feedback"}
    texts = [*(PASSWORD | {"id": n} for n in range(6)), *(feedback | {"id": n} for n in range(6, 9))]
    groups, _ = evaluate_lines(json.dumps(line) for line in texts)
    (strict,) = (one for one in groups["all"] if one.name == "similar, five nearest, strict")
    # Each of six finds the five others; each of three finds two, and three that are not like it.
    assert strict.value == pytest.approx((6 * 1 + 3 * 0.4) / 9)
    assert strict.sample_size == 9


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("nonsense", "not JSON"),
        ('{"id": 1, "text": "hi", "category": "no.such"}', "not in the catalogue"),
        ('{"id": 1, "text": "hi", "catch": "perhaps"}', "labels"),
    ],
)
def test_a_bad_line_is_named(line: str, says: str) -> None:
    _, (fault,) = evaluate_lines(["", line])
    assert fault.line == 2
    assert says in fault.message


def test_an_interval_holds_its_figure_and_narrows_with_more_texts() -> None:
    few, many = accuracy("s", [True, False] * 10), accuracy("s", [True, False] * 1_000)
    assert few
    assert many
    assert few.low < few.value == 0.5 < few.high
    assert many.high - many.low < few.high - few.low
    assert accuracy("none", []) is None


def test_macro_f1_counts_each_label_alike() -> None:
    figure = macro_f1("f", predicted=["a"] * 9 + ["a"], true=["a"] * 9 + ["b"])
    assert figure
    assert figure.value == pytest.approx((18 / 19 + 0) / 2)


def test_calibration_error_is_the_mean_gap() -> None:
    figure = calibration_error("c", [0.95] * 4 + [0.55] * 4, [True] * 4 + [True] * 4)
    assert figure
    assert figure.value == pytest.approx((0.05 + 0.45) / 2)
