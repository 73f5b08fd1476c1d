"""docs/security.md names what there is: every file, every test, every requirement, and T1 to T24."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`((?:navigator|web|api|tests|docs|migrations)/[^`\s]+)`", TEXT)))

LEVELS_1_AND_2 = {
    **{"V1.1": "1-2", "V1.2": "1-9", "V1.3": "1-11", "V1.4": "1-3", "V1.5": "1-2"},
    **{"V2.1": "1-3", "V2.2": "1-3", "V2.3": "1-4", "V2.4": "1-1"},
    **{"V3.2": "1-2", "V3.3": "1-4", "V3.4": "1-6", "V3.5": "1-5", "V3.7": "1-2"},
    **{"V4.1": "1-3", "V4.2": "1-1", "V4.3": "1-2", "V4.4": "1-4"},
    **{"V5.1": "1-1", "V5.2": "1-3", "V5.3": "1-2", "V5.4": "1-3"},
    **{
        "V6.1": "1-3",
        "V6.2": "1-12",
        "V6.3": "1-4",
        "V6.4": "1-4",
        "V6.5": "1-5",
        "V6.6": "1-3",
        "V6.8": "1-4",
    },
    **{"V6.8": "1-4"},
    **{"V7.1": "1-3", "V7.2": "1-4", "V7.3": "1-2", "V7.4": "1-5", "V7.5": "1-2", "V7.6": "1-2"},
    **{"V8.1": "1-2", "V8.2": "1-3", "V8.3": "1-1", "V8.4": "1-1", "V9.1": "1-3", "V9.2": "1-4"},
    **{"V10.1": "1-2", "V10.2": "1-2", "V10.3": "1-4", "V10.4": "1-11", "V10.5": "1-5", "V10.6": "1-2"},
    **{"V10.7": "1-3", "V11.1": "1-2", "V11.2": "1-3", "V11.3": "1-3", "V11.4": "1-4", "V11.5": "1-1"},
    **{"V11.6": "1-1", "V12.1": "1-3", "V12.2": "1-2", "V12.3": "1-4", "V13.1": "1-1", "V13.2": "1-5"},
    **{"V13.3": "1-2", "V13.4": "1-5", "V14.1": "1-2", "V14.2": "1-4", "V14.3": "1-3", "V15.1": "1-3"},
    **{"V15.2": "1-3", "V15.3": "1-7", "V16.1": "1-1", "V16.2": "1-5", "V16.3": "1-4", "V16.4": "1-3"},
    **{"V16.5": "1-3", "V17.1": "1-1", "V17.2": "1-4", "V17.3": "1-2"},
}
"""The requirements of ASVS 5.0.0 of these levels, which come first in each section."""


def _rows(begins: str) -> list[list[str]]:
    lines = [line for line in TEXT.splitlines() if re.match(rf"\| {begins}", line)]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def test_every_file_and_test_that_is_named_exists():
    missing = []
    for name in NAMED:
        path, _, test = name.partition("::")
        file = ROOT / path
        if not file.exists() or (test and f"def {test}(" not in file.read_text(encoding="utf-8")):
            missing.append(name)
    assert len(NAMED) > 150
    assert missing == []


def test_each_requirement_stands_in_the_table_once_and_is_answered():
    asked = [
        f"{section}.{number}"
        for section, numbers in LEVELS_1_AND_2.items()
        for number in range(1, int(numbers.partition("-")[2]) + 1)
    ]
    rows = _rows(r"V\d")
    assert sorted(id for row in rows for id in row[0].split(", ")) == sorted(asked)
    assert [row for row in rows if len(row) != 4 or not row[1] or not row[2]] == []


def test_each_mistake_of_other_desks_is_named_in_its_tests():
    rows = _rows(r"T\d")
    assert [row[0] for row in rows] == [f"T{number}" for number in range(1, 25)]
    unmarked = []
    for number, _, tests in rows:
        for name in re.findall(r"`([^`]+)`", tests):
            path, _, test = name.partition("::")
            text = (
                (ROOT / path).read_text(encoding="utf-8").partition(f"def {test}(")[2].partition("\ndef ")[0]
            )
            if not re.search(rf"\b{number}\b[^.]*of the peers", text):
                unmarked.append((number, name))
    assert unmarked == []
