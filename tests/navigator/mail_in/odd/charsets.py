"""Charsets that are declared, not declared, unknown, or a lie, and the ways in which bytes are wrapped.

imbox #169 and #177, frappe #26001, alot #107, modoboa #127: an unknown name must stop no mail.
"""

import base64
import quopri

from tests.navigator.mail_in.odd import JOINED, NO_WORDS, Odd, of

_TEXTS = {
    "utf-8": "Zażółć gęślą jaźń ✗",
    "iso-8859-1": "Toujours cassé, à côté",
    "iso-8859-2": "Zażółć gęślą jaźń",
    "iso-8859-5": "Опять не работает",
    "iso-8859-7": "Δεν λειτουργεί ακόμα",
    "iso-8859-9": "Hâlâ çalışmıyor, şifre yanlış",
    "iso-8859-15": "Das kostet 5 € und geht nicht",
    "windows-1250": "Nadal nie działa, źle",
    "windows-1251": "Опять не работает приложение",
    "windows-1252": "It’s “still” broken – no €",
    "windows-1253": "Δεν ανοίγει η εφαρμογή",
    "windows-1254": "Uygulama açılmıyor şu an",
    "windows-1255": "עדיין לא עובד אצלי",
    "windows-1256": "ما زال لا يعمل عندي",
    "windows-1257": "Joprojām nestrādā šodien ļoti",
    "koi8-r": "Опять не работает",
    "koi8-u": "Знову не працює їжак",
    "big5": "還是打不開這個程式",
    "gb2312": "还是打不开这个程序",
    "gb18030": "还是打不开这个程序",
    "shift_jis": "まだ開きません",
    "euc-jp": "まだ開きません",
    "iso-2022-jp": "まだ開きません",
    "euc-kr": "아직 열리지 않아요",
    "tis-620": "ยังเปิดไม่ได้เลย",
    "utf-16": "Still broken in sixteen bits",
    "utf-16-le": "Still broken in sixteen bits",
    "utf-7": "Still broken: ąę",
}
"""What people write, in the charset that their program declares; each is read as it was meant."""

DECLARED = [
    Odd(f"declared {charset}, {way}", wrapped, JOINED, text)
    for charset, text in _TEXTS.items()
    for way, wrap in {
        "base64": base64.encodebytes,
        "quoted-printable": lambda content: quopri.encodestring(content, quotetabs=False),
    }.items()
    for wrapped in [
        of(
            wrap(text.encode(charset)),
            head={
                "Content-Type": f'text/plain; charset="{charset}"',
                "Content-Transfer-Encoding": way,
            },
        )
    ]
]

_WORDS = "Ça ne marche pas, déjà essayé — c’est cassé, et l’écran reste blanc après la mise à jour"


def _lying(declared: str, real: str, text: str = _WORDS) -> bytes:
    return of(text.encode(real), head={"Content-Type": f"text/plain; charset={declared}"})


LIES = [
    Odd("says ascii, is UTF-8", _lying("us-ascii", "utf-8"), says=_WORDS),
    Odd("says Latin-1, is UTF-8", _lying("iso-8859-1", "utf-8"), says=_WORDS),
    Odd("says UTF-8, is Windows-1252", _lying("utf-8", "cp1252"), says="Ça ne marche pas, déjà"),
    Odd("says ascii, is Windows-1252", _lying("us-ascii", "cp1252"), says="déjà essayé — c’est"),
    Odd("says Latin-1, has Windows-1252’s quotes", _lying("iso-8859-1", "cp1252"), says="— c’est"),
    Odd("says gb2312, needs gb18030", _lying("gb2312", "gb18030", "还是打不开 €"), says="还是打不开"),
    Odd(
        "says windows-874, as Outlook in Thai does", _lying("windows-874", "cp874", "ยังเปิดไม่ได้"), says="ยังเปิด"
    ),
    Odd(
        "says ks_c_5601-1987, as Outlook in Korean does",
        _lying("ks_c_5601-1987", "cp949", "아직"),
        says="아직",
    ),
    Odd("an unknown name", _lying("unknown", "utf-8"), says=_WORDS),
    Odd("an unknown name that is a sentence", _lying("utf-8 euao6y69zh2w", "utf-8"), says=_WORDS),
    Odd("x-unknown-8bit", _lying("x-unknown-8bit", "utf-8"), says=_WORDS),
    Odd("an empty name", _lying('""', "utf-8"), says=_WORDS),
    Odd("a name in quotes that are typographic", _lying("”utf-8”", "utf-8"), says=_WORDS),
    Odd("a name that is a codec of bytes", _lying("base64", "utf-8"), says=_WORDS),
    Odd("a name that is a codec of bytes: zlib", _lying("zlib", "utf-8"), says=_WORDS),
    Odd("a name that is rot13", _lying("rot13", "utf-8"), says=_WORDS),
    Odd("a name of control signs", _lying("utf\x07-8", "utf-8"), says=_WORDS),
    Odd("a name of 500 letters", _lying("x" * 500, "utf-8"), says=_WORDS),
    Odd("no charset and 8 bits", of(_WORDS.encode(), head={"Content-Type": "text/plain"}), says=_WORDS),
    Odd("no Content-Type at all", of(_WORDS.encode(), drops="Content-Type"), says=_WORDS),
    Odd("a BOM of UTF-8", of(b"\xef\xbb\xbfStill broken"), says="Still broken"),
    Odd("UTF-16 without saying so", of("Still broken".encode("utf-16")), says="Still broken"),
    Odd("half a sign at the end", of("Still broken ✗".encode()[:-1]), says="Still broken"),
    Odd("bytes of nothing", of(bytes(range(128, 160)) * 3 + b" broken"), says="broken"),
    Odd("a zero byte in it", of(b"Still\x00 broken"), says="Still broken"),
    Odd("nothing but zero bytes", of(b"\x00" * 40), NO_WORDS),
]

_B64 = base64.encodebytes("Still broken, ✗".encode()).decode()


def _b64(body: str, way: str = "base64") -> bytes:
    return of(body, head={"Content-Transfer-Encoding": way})


WRAPPED = [
    Odd("base64 with the last signs lost", _b64(_B64.strip()[:-3]), says="Still broken"),
    Odd("base64 with spaces in it", _b64(" ".join(_B64)), says="Still broken"),
    Odd("base64 with rubbish in it", _b64(_B64[:8] + "!!" + _B64[8:]), says="Still broken"),
    Odd("base64 that is plain text", _b64("Still broken: the words were never wrapped."), says=""),
    Odd("an encoding that nobody knows", _b64("Still broken", "x-uuencode-ish"), says="Still broken"),
    Odd("an encoding in capitals", _b64(_B64, "BASE64"), says="Still broken"),
    Odd("an encoding with a comment", _b64(_B64, "base64 (yes)"), says=""),
    Odd(
        "7bit that has 8",
        of("Still broken ✗", head={"Content-Transfer-Encoding": "7bit"}),
        says="Still broken ✗",
    ),
    Odd("quoted-printable with a lone =", _b64("Still = broken", "quoted-printable"), says="Still = broken"),
    Odd(
        "quoted-printable in small letters",
        _b64("Still=20broken=e2=9c=97", "quoted-printable"),
        says="Still broken✗",
    ),
    Odd(
        "quoted-printable that breaks off", _b64("Still broken=E2=9", "quoted-printable"), says="Still broken"
    ),
    Odd(
        "quoted-printable with soft breaks", _b64("Still bro=\nken", "quoted-printable"), says="Still broken"
    ),
    Odd("binary", of("Still broken ✗", head={"Content-Transfer-Encoding": "binary"}), says="Still broken ✗"),
]

ROWS = [*DECLARED, *LIES, *WRAPPED]
