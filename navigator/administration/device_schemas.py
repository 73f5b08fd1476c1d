"""Schema of what a programme needs of a phone or computer: browsers, hosts and limits, with their owner."""

from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo

from navigator.administration.field_formats import in_order, parse_lines
from navigator.administration.schema import Name, SettingSchema, is_stored
from navigator.catalogue.browsers import NAMES, parse_browser
from navigator.catalogue.device_needs import is_public_host
from navigator.fields import Line, YesNo


def _check_browsers(lines: list[str], info: ValidationInfo) -> list[str]:
    browsers = [parse_browser(line) for line in lines]
    if unknown := [line for line, browser in zip(lines, browsers, strict=True) if browser is None]:
        names = ", ".join(NAMES)
        raise ValueError(f"“{unknown[0]}” is none of {names} with a version. Write it like Safari 15.4")
    by_name = {browser.name: browser for browser in browsers if browser}
    if len(by_name) < len(browsers) and not is_stored(info):
        raise ValueError("Write each browser once, with the first version that works.")
    return [str(by_name[name]) for name in sorted(by_name)]


def _check_hosts(lines: list[str]) -> list[str]:
    hosts = in_order([line.lower() for line in lines])
    if refused := [host for host in hosts if not is_public_host(host)]:
        raise ValueError(
            f"“{refused[0]}” is no name of a host on the internet. Write it like media.example.com"
        )
    return hosts


Browsers = Annotated[
    list[Line], BeforeValidator(parse_lines), Field(max_length=len(NAMES)), AfterValidator(_check_browsers)
]
Hosts = Annotated[list[Line], BeforeValidator(parse_lines), Field(max_length=5), AfterValidator(_check_hosts)]


class DeviceNeedsSetting(SettingSchema):
    """What a programme needs of a phone or computer, as its supplier says; what is empty is not tested."""

    browsers: Browsers = Field(default_factory=list, title="the browsers that work")
    needs_javascript: YesNo = Field(default=False, title="whether it needs JavaScript")
    needs_cookies: YesNo = Field(default=False, title="whether it needs cookies")
    needs_storage: YesNo = Field(default=False, title="whether it needs storage")
    clock_minutes: Annotated[int, Field(ge=1, le=1440)] | None = Field(
        default=None, title="by how many minutes the clock may be off"
    )
    screen_width: Annotated[int, Field(ge=200, le=4000)] | None = Field(
        default=None, title="the smallest width of the screen"
    )
    connection_kbits: Annotated[int, Field(ge=50, le=100_000)] | None = Field(
        default=None, title="the slowest connection"
    )
    hosts: Hosts = Field(default_factory=list, title="the hosts that it loads from")
    owner: Name = Field(title="who answers for it")
    review_on: date = Field(title="when it is looked at again")

    def form_values(self) -> dict[str, Any]:
        """The values as they are typed: browsers and hosts one a line."""
        lines = {"browsers": "\n".join(self.browsers), "hosts": "\n".join(self.hosts)}
        return super().form_values() | lines
