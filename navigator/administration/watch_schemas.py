"""Schema of the log-in watch: the recipe of a programme, the hosts that it may ask, and its owner."""

from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, model_validator

from navigator.administration.field_formats import in_order, parse_lines
from navigator.administration.schema import Name, SettingSchema, is_stored
from navigator.catalogue.device_needs import is_public_host
from navigator.fields import Line, LongText, YesNo
from navigator.login_watch.recipe import check_hosts, parse_recipe
from navigator.outgoing import check_url, is_test_of_own


def _check_recipe(text: str, info: ValidationInfo) -> str:
    if not is_stored(info):
        parse_recipe(text)
    return text


def _check_hosts(lines: list[str], info: ValidationInfo) -> list[str]:
    hosts = in_order([line.lower() for line in lines])
    refused = [host for host in hosts if not (is_public_host(host) or is_test_of_own(host))]
    if refused and not is_stored(info):
        words = "is no name of a host on the internet. Write it like login.example.com"
        raise ValueError(f"“{refused[0]}” {words}")
    return hosts


def _check_control(url: str, info: ValidationInfo) -> str:
    return url if is_stored(info) else check_url(url)


Hosts = Annotated[
    list[Line],
    BeforeValidator(parse_lines),
    Field(min_length=1, max_length=5),
    AfterValidator(_check_hosts),
]


class WatchSetting(SettingSchema):
    """How a test account logs into a programme: no secret is in it, only their names."""

    is_active: YesNo = Field(default=False, title="whether it is tried")
    recipe: Annotated[LongText, Field(min_length=1), AfterValidator(_check_recipe)] = Field(title="the steps")
    hosts: Hosts = Field(title="the hosts that it may ask")
    control_url: Annotated[Line, AfterValidator(_check_control)] = Field(
        title="an address that shows that our network works"
    )
    every_minutes: Annotated[int, Field(ge=5, le=60)] = Field(default=10, title="minutes between two tries")
    owner: Name = Field(title="who answers for it")
    review_on: date = Field(title="when it is looked at again")

    @model_validator(mode="after")
    def _asks_these_alone(self, info: ValidationInfo) -> "WatchSetting":
        if not is_stored(info):
            check_hosts(parse_recipe(self.recipe), self.hosts)
        return self

    def form_values(self) -> dict[str, Any]:
        """The values as they are typed: hosts one a line."""
        return super().form_values() | {"hosts": "\n".join(self.hosts)}
