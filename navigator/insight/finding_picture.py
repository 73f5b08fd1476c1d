"""The picture of a finding as SVG, for files: bars of the numbers that may leave the service."""

from typing import NamedTuple

from navigator.insight.finding import Finding

_GREY, _BLUE, _INK = "#4c6272", "#005eb8", "#212b32"
_WIDTH, _TOP, _GROUND = 108, 14, 60


class Picture(NamedTuple):
    """A picture, and what it shows in words."""

    svg: str
    words: str


def shared_picture(found: Finding) -> Picture | None:
    """The bars of a finding with their numbers; None where there are none, or none may leave."""
    if found.trend:
        bars = [bar.shared() for bar in found.trend]
        words = [f"{bar.label}: {bar.now or 'fewer than 5'}" for bar in bars]
        svg = _svg([bar.now for bar in bars], [str(bar.now or "<5") for bar in bars])
        return Picture(svg, "; ".join(words)) if any(bar.now for bar in bars) else None
    if found.compared is None or not found.compared.is_shared:
        return None
    numbers = found.compared.shared
    labels = [found.compared.told(number, "–") for number in numbers]
    words = [f"{label} {what}" for label, what in zip(labels, found.compared.labels, strict=True)]
    return Picture(_svg([number or 0 for number in numbers], labels), "; ".join(words))


def _svg(numbers: list[int], labels: list[str]) -> str:
    most, width = max(1, *numbers), _WIDTH / len(numbers)
    parts = [
        _bar(width * place, width, number / most, label, _BLUE if place == len(numbers) - 1 else _GREY)
        for place, (number, label) in enumerate(zip(numbers, labels, strict=True))
    ]
    ground = f'<line x1="0" y1="{_GROUND}" x2="{_WIDTH}" y2="{_GROUND}" stroke="{_GREY}"/>'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_GROUND + 2}">'
    return f"{head}{''.join(parts)}{ground}</svg>"


def _bar(left: float, width: float, share: float, label: str, colour: str) -> str:
    height = round((_GROUND - _TOP - 6) * share, 1)
    return (
        f'<rect x="{left + 4}" y="{_GROUND - height}" width="{width - 8}" height="{height}" fill="{colour}"/>'
        f'<text x="{left + width / 2}" y="{_GROUND - height - 4}" text-anchor="middle" font-family="DejaVu"'
        f' font-size="12" fill="{_INK}">{label.replace("<", "&lt;")}</text>'
    )
