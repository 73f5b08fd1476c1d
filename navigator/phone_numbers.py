"""Phone numbers: E.164 to store, compare and dial, the national or international form to read."""

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, ValidationResult

_HOME, _COUNTRY_CODE = "GB", 44
_FEWEST_DIGITS = 10
"""Digits with the country's code: fewer are half a number, though a few British ones are as short."""


def parse(typed: str) -> PhoneNumber | None:
    """A phone number, a British one unless it begins with + or 00; None if it cannot be one.

    It need not be in use: Ofcom's numbers for fiction, such as 01632 960001, never are, and new ones come.
    """
    if any(sign.isalpha() for sign in typed):
        return None  # "0800 CALL ME" could be dialled, but it is more often a slip or a remark
    try:
        number = phonenumbers.parse(typed, _HOME)
    except NumberParseException:
        return None
    is_possible = phonenumbers.is_possible_number_with_reason(number) == ValidationResult.IS_POSSIBLE
    is_whole = len(f"{number.country_code}{number.national_number}") >= _FEWEST_DIGITS
    return number if is_possible and is_whole and not number.extension else None


def e164(typed: str) -> str:
    """A phone number as E.164, such as +441632960001; of what is none, such as 111, the digits."""
    number = parse(typed)
    return phonenumbers.format_number(number, PhoneNumberFormat.E164) if number else digits(typed)


def digits(typed: str) -> str:
    """The digits of a number as they are dialled, with its +."""
    return "".join(sign for sign in typed if sign.isdigit() or sign == "+")


def readable(stored: str) -> str:
    """A phone number as people write it: 01632 960001 or +49 30 901820; what is none as it was typed."""
    if (number := parse(stored)) is None:
        return stored
    national = phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)
    if number.country_code == _COUNTRY_CODE and national.startswith("0"):
        return national
    return phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)
