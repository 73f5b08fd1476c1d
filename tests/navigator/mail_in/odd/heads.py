"""Headers: missing, twice, huge, forged, dated never; tricks with letters; and answers that only look like ones."""

from tests.navigator.mail_in.mails import letter
from tests.navigator.mail_in.odd import JOINED, STRANGER, TO, UNKNOWN, Odd, of

NEW = "Still broken."


def _with(**head: str) -> bytes:
    return of(NEW, head={name.replace("_", "-"): value for name, value in head.items()})


_DATES = ("", "yesterday", "32 Foo 2026 99:99:99", "Thu, 01 Jan 1970 00:00:00 +0000", "Fri, 31 Dec 9999 23:59:59 -9900", "2026-06-09", "0", "Tue, 9 Jun 26 10:00 BST (a) (b)")  # fmt: skip
DATES = [Odd(f"dated {date or 'never'}", _with(Date=date), JOINED, NEW) for date in _DATES]

_FROMS = (
    "", "pat@home.example", "<pat@home.example>", '"Pat \\"P\\" Example" <pat@home.example>', "Pat <pat@home", "@", "<>",
    "undisclosed-recipients:;", "Pat, Example <pat@home.example>", "=?utf-8?q?P=C3=A4t?= <pat@home.example>",
    "=?nope?q?P=C3=A4t?= <pat@home.example>", "=?utf-8?b?broken!!?= <pat@home.example>", "Pät <pät@hömé.example>",
    "pat@home.example, lee@home.example", "Group: pat@home.example;", "pat@home.example (Pat)", "pat\x00@home.example",
    "a" * 2000 + "@home.example", "North <desk@north.example>", "service@paypal.com <pat@home.example>",
)  # fmt: skip
FROMS = [Odd(f"from {name[:40] or 'nobody'}", _with(From=name), JOINED, NEW) for name in _FROMS]

_SUBJECTS = (
    "", "Re: " * 200, "x" * 20_000, "=?utf-8?q?Still_broken?=", "=?utf-8?b?c3RpbGwK?=", "=?utf-8?q?a=0ABcc:_x@y.example?=",
    "=?utf-8?q?a?=\r\n =?utf-8?q?b?=", "=?utf-7?q?+ADw-b+AD4-?=", "=?big5?b?zw==?=", "\u202etxet desrever\u202c", "a\tb\x07c",
    "=?utf-8?q?=F0=9F=98=80?=", "=?iso-2022-jp?b?GyRCJF4kQBsoQg==?=", "[EXTERNAL] Re: DN-000001", "Re: DN-999999: there is an answer",
)  # fmt: skip
SUBJECTS = [Odd(f"subject {name[:30]!r}", _with(Subject=name), JOINED, NEW) for name in _SUBJECTS]

HEADS = [
    Odd("no Message-ID", _with(Message_ID=""), JOINED, NEW),
    Odd("a Message-ID that is none", _with(Message_ID="hello"), JOINED, NEW),
    Odd("a Message-ID of 10,000 signs", _with(Message_ID=f"<{'x' * 10_000}@x>"), JOINED, NEW),
    Odd("References of 200 kB", _with(References="<a@b> " * 33_000), JOINED, NEW),
    Odd("five hundred Received headers", b"Received: from a by b; now\r\n" * 500 + of(NEW), JOINED, NEW),
    Odd("a header without a colon", of(NEW).replace(b"Date:", b"Date"), JOINED, ""),
    Odd(
        "a line From_ of a mailbox",
        b"From pat@home.example Tue Jun  9 10:00:00 2026\r\n" + of(NEW),
        JOINED,
        NEW,
    ),
    Odd("headers in 8 bits", _with(X_Thing="déjà vu", Subject="Déjà"), JOINED, NEW),
    Odd("two From headers", b"From: lee@x.example\r\n" + of(NEW), JOINED, NEW),
    Odd("two Content-Types", b"Content-Type: text/html\r\n" + of(NEW), JOINED, NEW),
    Odd("a header folded a thousand times", _with(X_Long="\r\n ".join(["a"] * 1000)), JOINED, NEW),
    Odd("the address in Delivered-To", letter(NEW, head={"Delivered-To": TO}), JOINED, NEW),
    Odd("the address in X-Original-To", letter(NEW, head={"X-Original-To": TO}), JOINED, NEW),
    Odd("the address in capitals", letter(NEW, to=TO.upper()), JOINED, NEW),
    Odd("the address with a name", letter(NEW, to=f'"North" <{TO}>'), JOINED, NEW),
    Odd("the address among others", letter(NEW, to=f"lee@x.example, {TO}, kim@x.example"), JOINED, NEW),
    Odd("the address in Cc", letter(NEW, head={"Cc": TO}), JOINED, NEW),
    Odd(
        "the mark in In-Reply-To",
        letter(NEW, head={"In-Reply-To": f"<{TO.replace('desk+', '')}>"}),
        JOINED,
        NEW,
    ),
    Odd(
        "the mark in References, folded",
        letter(NEW, head={"References": f"<a@b>\r\n <{TO.replace('desk+', '')}>"}),
        JOINED,
        NEW,
    ),
    Odd(
        "checks of a sender that failed",
        _with(Authentication_Results="mx.north.example; spf=fail; dkim=fail; dmarc=fail"),
        JOINED,
        NEW,
    ),
    Odd("a body that says the subject’s reference alone", letter("DN-000001", subject="DN-000001"), STRANGER),
    Odd("a mark in the body", letter(f"{NEW} {TO}"), STRANGER),
    Odd("a mark in the subject", letter(NEW, subject=TO), STRANGER),
    Odd(
        "a mark that was made up", letter(NEW, to="desk+r1.aaaaaaaaaaaaaaaaaaaaaaaaaa@north.example"), UNKNOWN
    ),
    Odd(
        "a mark of a huge number",
        letter(NEW, to="desk+r9999999999.aaaaaaaaaaaaaaaaaaaaaaaaaa@north.example"),
        UNKNOWN,
    ),
    Odd("half a mark", letter(NEW, to="desk+r1.aaaa@north.example"), STRANGER),
]

_WORDS = (
    "لا يزال لا يعمل", "עדיין לא עובד", "اب بھی نہیں چل رہا", "\u202eStill broken\u202c", "S\u200bt\u200bi\u200bl\u200bl broken",
    "Ｓｔｉｌｌ ｂｒｏｋｅｎ", "Still 😀👩‍👩‍👧 broken", "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘", "<b>Still</b> broken", "{{ 7*7 }} %s ${x}", "'; DROP TABLE ticket; --",
    "=cmd|' /C calc'!A0", "Still\u2028broken", "\ufeffStill broken", "Ⓢⓣⓘⓛⓛ broken",
)  # fmt: skip
LETTERS = [Odd(f"letters: {words[:20]!r}", of(words), JOINED, "") for words in _WORDS]

ROWS = [*DATES, *FROMS, *SUBJECTS, *HEADS, *LETTERS]
