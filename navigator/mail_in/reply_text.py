"""What somebody wrote anew in a mail: apart from what it quotes, a standard signature and a footer."""

import re

from mailparser_reply.parser import EmailMessage as Reply

LANGUAGES = ("en", "de", "fr", "it", "es", "pl", "nl", "pt", "sv", "da", "cs", "ja", "zh", "he", "ko")
LONGEST = 20_000
"""Characters that are parted: a longer mail is not, so that nothing of it is missing."""
LONGEST_LINE = 2_000
LONGEST_SIGNATURE = 250
_STARTS = re.compile(
    r"^(?:-{2,} ?(?:Original Message|Original-Nachricht|Ursprüngliche Nachricht|Message d'origine|"
    r"Mensaje original|Messaggio originale|Wiadomość oryginalna|Forwarded message|Neges Wreiddiol) ?-{2,}|"
    r"_{20,}|Begin forwarded message:|##- .*|"
    r".{0,200}(?:ysgrifennodd|wrote|schrieb|a écrit|escribió|ha scritto|napisał\(?a?\)?|pisze|escreveu|"
    r"skrev|schreef)"
    r"\s?:|"
    r".{0,200}(?:লিখেছেন|نے لکھا|كتب|написал\(?а?\)?|пише|写道|のメール)\s?[::]?)[ \t]*$",
    re.IGNORECASE,
)
"""Lines by which mail programs begin a quote, in the languages that our letters are in and some more."""
_HEADED = re.compile(
    r"^\*?(?:From|Von|De|Da|Od|Van|Från|Fra|Oddi wrth|От|发件人|差出人|প্রেরক|منجانب)"
    r"\*?\s?[::]\*? ?\S.*$",
    re.IGNORECASE,
)
_NEXT = re.compile(
    r"^\*?(?:Sent|Gesendet|Envoyé|Enviado|Inviato|Wysłano|Verzonden|Skickat|Anfonwyd|Date|Datum|Data|To|An|À|"
    r"Para|Do|Aan|Till|At|Subject|Betreff|Objet|Asunto|Temat|Pwnc|Cc|日時|发送时间|Дата|Отправлено|তারিখ|تاریخ)\*?"
    r"\s?[::]",
    re.IGNORECASE,
)


def new_words(text: str) -> str:
    """What is new in the text of a mail; all of it, where nothing would be left."""
    whole = "\n".join(text.splitlines()).strip()
    if len(whole) > LONGEST:
        return whole
    reply = _without_quotes(_above_quote(whole))
    if reply and max(map(len, reply.split("\n"))) <= LONGEST_LINE:
        reply = _parted(reply)
    return reply or whole


def _above_quote(text: str) -> str:
    """The lines before a mail program begins to quote; all of them, where it quotes first."""
    lines = text.split("\n")
    for place, line in enumerate(lines):
        following = [one for one in lines[place + 1 : place + 5] if one.strip()]
        joined = f"{line} {following[0]}" if following and len(line) < 200 else line
        is_start = bool(_STARTS.match(line.strip("> *"))) or (
            line.startswith(("On ", "Am ", "Le ", "El ", "Il ", "W dniu ", "Ar ")) and _STARTS.match(joined)
        )
        is_headed = _HEADED.match(line) and any(_NEXT.match(one) for one in following)
        if (is_start or is_headed) and any(one.strip(" >") for one in lines[:place]):
            return "\n".join(lines[:place]).strip()
    return text


def _without_quotes(text: str) -> str:
    """The text without quoted lines at its ends; between answers they stay, for these answer them."""
    lines = text.split("\n")
    own = [place for place, line in enumerate(lines) if line.strip() and not line.lstrip().startswith(">")]
    return "\n".join(lines[own[0] : own[-1] + 1]).strip() if own else ""


def _parted(text: str) -> str:
    """What a kept library finds to be the newest reply, with a long signature left: it may be words."""
    try:
        found = Reply(text=text, languages=list(LANGUAGES), keep_hyphen_lists=True).read().replies[0]
    except (IndexError, RecursionError, re.error):
        return text
    words = found.content
    for disclaimer in found.disclaimers or ():
        if len(disclaimer) > 40:
            words = words.replace(disclaimer, "")
    signature = (found.signatures or "").strip()
    if signature and len(signature) <= LONGEST_SIGNATURE and _is_signature(signature):
        words = words.replace(signature, "")
    return _without_standard(words).strip() or text


def _is_signature(text: str) -> bool:
    """Whether it is a name under a greeting, or where a phone says what it is: no words to be read."""
    first, *others = [line for line in text.splitlines() if line.strip()]
    return len(first.split()) <= 6 and len(others) <= 5 and "?" not in text


def _without_standard(text: str) -> str:
    """The text above the line that begins a signature (RFC 3676): two hyphens."""
    above, mark, below = text.partition("\n-- \n")
    if not mark:
        above, mark, below = text.partition("\n--\n")
    return above if mark and len(below) <= 2_000 and above.strip() else text
