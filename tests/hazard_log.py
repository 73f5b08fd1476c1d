"""The hazard log for whoever reads the repository: `make hazards` writes it from the data."""

from pathlib import Path

from navigator.catalogue.hazards import hazards

FILE = Path(__file__).parents[1] / "docs" / "clinical-safety" / "hazard-log.md"
HEAD = """# Hazard log: a start

Made by `make hazards` from `navigator/catalogue/hazards.yaml`: change it there. For the clinical safety
officer of the organisation that deploys the desk, who names an owner and a review date for each under
“Settings”, “Hazards” (`navigator papers hazards --file log.pdf`). **It claims no compliance** with DCB0129,
DCB0160 or any other standard, and grades nothing: likelihood and severity are for the people who know the
service. Each line names what could harm somebody, what in the product works against it, and the test that
fails without that. What the product cannot do is in the last column.

| | hazard | control in the product | fails without it | left to the service |
|---|---|---|---|---|
"""
FOOT = """
Review this log at each release, and whenever somebody found what the screen had missed.
"""


def text() -> str:
    """The whole file."""
    rows = (
        f"| {each.code} | {each.hazard} | {each.control} | {each.test} | {each.left} |\n"
        for each in hazards().values()
    )
    return HEAD + "".join(rows) + FOOT


if __name__ == "__main__":
    FILE.write_text(text())
