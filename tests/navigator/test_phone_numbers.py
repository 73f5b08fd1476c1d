"""Phone numbers: however they are typed they are stored alike, and shown as people write them."""

import pytest
from pydantic import TypeAdapter, ValidationError

from navigator.fields import Phone
from navigator.phone_numbers import digits, e164, readable

PHONE = TypeAdapter(Phone)


@pytest.mark.parametrize(
    ("typed", "stored", "shown"),
    [
        ("", "", ""),
        ("01632 960 001", "+441632960001", "01632 960001"),
        ("(01632) 960-001", "+441632960001", "01632 960001"),
        ("+44 (0)1632 960001", "+441632960001", "01632 960001"),
        ("07700 900 982", "+447700900982", "07700 900982"),
        ("7700 900 982", "+447700900982", "07700 900982"),
        ("447700900982", "+447700900982", "07700 900982"),
        ("0044 7700 900982", "+447700900982", "07700 900982"),
        ("07700.900.982", "+447700900982", "07700 900982"),
        ("07700–900–982", "+447700900982", "07700 900982"),
        ("020 7946 0000", "+442079460000", "020 7946 0000"),
        ("0300 123 4567", "+443001234567", "0300 123 4567"),
        ("07700 900 98", "+44770090098", "+44 770090098"),
        ("+49 30 901820", "+4930901820", "+49 30 901820"),
        ("00353 1 234 5678", "+35312345678", "+353 1 234 5678"),
        ("+1 212 555 0100", "+12125550100", "+1 212-555-0100"),
    ],
)
def test_a_number_is_stored_as_e164_and_shown_as_people_write_it(typed, stored, shown):
    assert PHONE.validate_python(f" {typed} ") == stored
    assert PHONE.validate_python(stored) == stored
    assert readable(stored) == readable(typed) == shown


@pytest.mark.parametrize(
    "typed",
    [
        "999",
        "116 123",
        "960 001",
        "01632 960",
        "07700 900 9821",
        "+999 1234567890",
        "123456789012345",
        "0800 CALL ME",
        "07700 900 982 (evenings)",
        "07700 900 982#5",
        "07700 900 982, 01632 960 001",
        "*67 07700 900 982",
        "+()",
    ],
)
def test_what_cannot_be_dialled_as_one_whole_number_is_refused(typed):
    with pytest.raises(ValidationError):
        PHONE.validate_python(typed)


@pytest.mark.parametrize(
    ("typed", "dialled"),
    [("111", "111"), ("116 123", "116123"), ("07700 900 98211", "0770090098211"), ("Ask Tom", "")],
)
def test_what_is_no_whole_number_is_compared_by_its_digits_and_shown_as_it_was_typed(typed, dialled):
    assert e164(typed) == digits(typed) == dialled
    assert readable(typed) == typed
