"""Phone numbers: E.164 to store, compare and dial, the national or international form to read.

What is stored has the extension behind it, as in RFC 3966: +441632960001;ext=12.
"""

import re

import phonenumbers
from phonenumbers import (
    NumberParseException,
    PhoneNumber,
    PhoneNumberFormat,
    PhoneNumberType,
    ValidationResult,
)

_HOME, _COUNTRY_CODE = "GB", 44
_FEWEST_DIGITS = 10
"""Digits with the country's code: fewer are half a number, though a few British ones are as short."""
_EXTENSION = re.compile(r"(?<=\d)[\s,;.]*(?:ext(?:n|ension)?|x|#)[\s.:=]*(\d{1,6})$", re.IGNORECASE)
_TAKES_TEXTS = frozenset({PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE})


def parse(typed: str) -> PhoneNumber | None:
    """A phone number, a British one unless it begins with + or 00; None if it cannot be one.

    It need not be in use: Ofcom's numbers for fiction, such as 01632 960001, never are, and new ones come.
    """
    if not typed:
        return None
    main, extension = _split(typed)
    if any(sign.isalpha() for sign in main):
        return None  # "0800 CALL ME" could be dialled, but it is more often a slip or a remark
    try:
        number = phonenumbers.parse(main, _HOME)
    except NumberParseException:
        return None
    is_possible = phonenumbers.is_possible_number_with_reason(number) == ValidationResult.IS_POSSIBLE
    is_whole = len(f"{number.country_code}{number.national_number}") >= _FEWEST_DIGITS
    if not is_possible or not is_whole or number.extension:
        return None
    number.extension = extension
    return number


def _split(typed: str) -> tuple[str, str | None]:
    """A number and its extension: "01632 960001 ext 12"."""
    found = _EXTENSION.search(typed)
    return (typed[: found.start()], found[1]) if found else (typed, None)


def normalised(typed: str) -> str:
    """A phone number as it is stored: as E.164, and its extension."""
    number = parse(typed)
    return f"{e164(typed)};ext={number.extension}" if number and number.extension else e164(typed)


def can_get_texts(typed: str) -> bool:
    """Whether text messages reach a number; of those in no use, British ones that begin with 07."""
    if (number := parse(typed)) is None:
        return False
    kind = phonenumbers.number_type(number)
    if kind != PhoneNumberType.UNKNOWN:
        return kind in _TAKES_TEXTS
    return number.country_code != _COUNTRY_CODE or str(number.national_number).startswith("7")


def e164(typed: str) -> str:
    """A phone number as E.164, with no extension: +441632960001; of what is none, such as 111, the digits."""
    number = parse(typed)
    return phonenumbers.format_number(number, PhoneNumberFormat.E164) if number else digits(typed)


def digits(typed: str) -> str:
    """The digits of a number as they are dialled, with its + and without its extension."""
    return "".join(sign for sign in _split(typed)[0] if sign.isdigit() or sign == "+")


def readable(stored: str) -> str:
    """A phone number as people write it: 01632 960001 or +49 30 901820; what is none as it was typed."""
    if (number := parse(stored)) is None:
        return stored
    extension, number.extension = number.extension, None
    shown = phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)
    if number.country_code != _COUNTRY_CODE or not shown.startswith("0"):
        shown = phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)
    return f"{shown} ext {extension}" if extension else shown
