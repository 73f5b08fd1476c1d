"""Phone numbers: however they are typed they are stored alike, and shown as people write them."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from navigator.fields import Phone
from navigator.phone_numbers import can_get_texts, digits, e164, normalised, readable
from navigator.tickets.contact_inputs import ChangeContactInput
from navigator.tickets.report_input import ContactInput, ContactMethodInput
from web.public.report_forms import ReachAnswer

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
        ("01632 960001 ext 12", "+441632960001;ext=12", "01632 960001 ext 12"),
        ("01632.960.001 ext. 12", "+441632960001;ext=12", "01632 960001 ext 12"),
        ("01632 960001, extension 12", "+441632960001;ext=12", "01632 960001 ext 12"),
        ("(01632) 960001 x12", "+441632960001;ext=12", "01632 960001 ext 12"),
        ("01632 960001 EXTN: 012", "+441632960001;ext=012", "01632 960001 ext 012"),
        ("+49 30 901820 #7", "+4930901820;ext=7", "+49 30 901820 ext 7"),
    ],
)
def test_a_number_is_stored_as_e164_and_shown_as_people_write_it(typed, stored, shown):
    """11.C8: dots and "ext 12" too."""
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
        "ext 12",
        "01632 960001 ext",
        "01632 960001 ext 1234567",
        "01632 960001 ext 12 ext 13",
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


@pytest.mark.parametrize(
    ("typed", "gets_texts"),
    [
        ("07700 900 982", True),
        ("07911 123456", True),
        ("07624 123456", True),
        ("+353 85 123 4567", True),
        ("+1 212 555 0100", True),
        ("01632 960 001", False),
        ("020 7946 0000", False),
        ("0300 123 4567", False),
        ("0800 1111 111", False),
        ("070 1234 5678", False),
        ("+49 30 901820", False),
        ("111", False),
        ("", False),
    ],
)
def test_a_landline_gets_no_texts(typed, gets_texts):
    """11.C8."""
    assert can_get_texts(typed) is gets_texts
    assert can_get_texts(e164(typed)) is gets_texts


def test_an_extension_is_no_part_of_what_is_dialled_or_texted():
    """11.C8: whoever is behind another extension is somebody else."""
    assert e164("01632 960001 ext 12") == digits("+441632960001;ext=12") == "+441632960001"
    assert digits("0800 1111 ext 3") == "08001111"
    assert normalised("01632 960001 x 12") != normalised("01632 960001 x 13")


@pytest.mark.parametrize("door", [ContactMethodInput, ContactInput, ChangeContactInput, ReachAnswer])
def test_a_landline_is_not_taken_for_text_messages(door):
    """11.C8: by the form, the staff form, the API, and a change of the contact."""
    answers: dict[Any, dict[str, Any]] = {ChangeContactInput: {"is_safe": True}, ReachAnswer: {"safe": "yes"}}
    said_safe = answers.get(door, {})
    chosen = {"route": "text", "phone": "01632 960001"} | said_safe
    with pytest.raises(ValidationError, match="Enter a mobile number for text messages"):
        door.model_validate(chosen)
    box = "call_phone" if door is ReachAnswer else "phone"
    for right in ({"route": "phone", box: "01632 960001"}, {"phone": "07700 900 982"}):
        assert door.model_validate(chosen | right).phone
