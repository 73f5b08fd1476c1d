"""Text normalisation and stemming: homoglyphs, leetspeak, clauses, stop words. All takes linear time."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

LONGEST_WORD = 40
_STOP_WORDS = frozenset(
    re.findall(
        "[a-z]+",
        """
        a an and are as at be been but by can cannot cant could did do does doesnt dont for from get
        got had has have he her his i id im in into is isnt it its ive just me my no not of off on
        one or our out she so some than that thats the their them then there they this to too up us
        was we were what when which who will with wont would you your
        """,
    )
)
_FUNCTION_WORDS = _STOP_WORDS | frozenset(
    re.findall(
        "[a-z]+",
        """
        about after again ago all also always am another any anybody anyone anything anyway anyways
        arent around away back because before being both came come comes coming cos couldnt didnt
        doing done down each either else etc even ever every everybody everyone everything few first
        gets getting give given gives go goes going gone hadnt hasnt havent having hello hence here
        heres hers herself hes hey hi himself hiya hm hmm how ill isn itself keep keeps last let
        lets like little lot lots made make makes many may maybe might more most much must need
        needs neither next nor nothing now oh ok okay once only onto other others over own perhaps
        please pls plz put puts quite rather really right said same say saying says second shall
        shant shes should shouldnt since somebody someone something somewhere still such sure take
        takes tell thank thanks thatll theirs themselves theres these theyd theyll theyre theyve
        thing things those though three through thus till together told took try twice under until
        upon used very want wanted wants wasnt way well went werent weve whatever whats where wheres
        whether while whos whose why within without wouldnt yeah yes yet youd youll youre yours
        yourself youve
        """,
    )
)
"""Words that tie others together: as a reason for a suggestion nobody would point at them."""
_INVISIBLE = ("Mn", "Mc", "Cf")  # accents and vowel signs; zero-width and direction marks
_CYRILLIC = ("абвеёзіїкмнорсстухѕјԁһӏ", "abbeezijkmhopcctyxsjdhl")
_GREEK_AND_OTHERS = ("αβεηικνορτυχωıɩɑɡłøđħ", "abenikvoptuxwiiaglodh")
_APOSTROPHES = ("’‘ʼ`´", "'''''")
_ARABIC = ("يىك", "ییک")  # one letter, typed on keyboards of other languages
_ALPHABETS = (_CYRILLIC, _GREEK_AND_OTHERS, _APOSTROPHES, _ARABIC)
_HOMOGLYPHS = {ord(a): b for alphabet in _ALPHABETS for a, b in zip(*alphabet, strict=True)}
_DIGIT_LETTERS = str.maketrans("013457@$", "oieastas")
_SPELT_OUT = re.compile(r"(?<![^\W_])(?:[^\W\d_][ .\-_*/|]){2,60}[^\W\d_](?![^\W_])")
_LEETSPEAK = re.compile(
    r"(?<![\w@$])[a-z]+[013457@$]+[a-z]+[a-z013457@$]*(?![\w@$])|(?<![\w@$])[013457@$][a-z]{4,}(?!\w)"
)
_SPACES = re.compile(r"[^\S\n]")
_REPEATED_LETTERS = re.compile(r"([a-z])\1{2,}")
_TOKENS = re.compile(r"[a-z0-9]+|[.!?;\n]+|[,:()]+|\s-+(?=\s)|[^\W\x00-\x7f]+")
_SUFFIXES = ("ations", "ation", "ings", "ing", "ies", "ied", "edly", "ed", "ers", "er", "es", "ly", "s")


@lru_cache(maxsize=64)
def normalise(text: str) -> str:
    """The text in plain lower case, with homoglyphs, hidden characters and repeated letters undone."""
    if not text.isascii():
        parts = unicodedata.normalize("NFKD", text)
        text = "".join(c for c in parts if unicodedata.category(c) not in _INVISIBLE)
    text = _SPACES.sub(" ", text).casefold().translate(_HOMOGLYPHS)
    text = _SPELT_OUT.sub(_join_letters, text)
    text = _LEETSPEAK.sub(lambda word: word.group().translate(_DIGIT_LETTERS), text)
    return _REPEATED_LETTERS.sub(r"\1", text.replace("'", ""))


def _join_letters(letters: re.Match[str]) -> str:
    return re.sub(r"[ .\-_*/|]", "", letters.group())


def clauses(text: str) -> str:
    """The words on one line, each followed by a space; `.` ends a sentence and `,` stands for a pause."""
    tokens = (_clause_token(match.group()) for match in _TOKENS.finditer(normalise(text)))
    return " . " + "".join(f"{token} " for token in tokens) + ". "


def _clause_token(token: str) -> str:
    if token[0] in ".!?;\n":
        return "."
    return "," if token[0] in ",:() " else token[:LONGEST_WORD]


def tokens(text: str) -> str:
    """A word or phrase as it stands in the `clauses` of a text, without a space at its ends."""
    return clauses(text)[2:-3].strip()


def words(text: str) -> list[str]:
    """The plain words of a text, in order."""
    return [word[:LONGEST_WORD] for word in re.findall(r"[a-z0-9]+", normalise(text))]


def content_words(text: str) -> Iterator[tuple[str, str]]:
    """Each word that is neither a stop word nor a number, as (stem, word)."""
    for word in words(text):
        if word not in _STOP_WORDS and not word.isdigit():
            yield stem(word), word


def telling_words(text: str) -> list[str]:
    """The words of a text that somebody would point at, each once: no function words, no numbers."""
    known = dict.fromkeys(words(text))
    return [word for word in known if len(word) > 2 and word not in _FUNCTION_WORDS and not word.isdigit()]


def stem(word: str) -> str:
    """The word without its usual English ending, never shorter than three letters."""
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 3:
            word = word.removesuffix(suffix)
            break
    word = word.removesuffix("e") if len(word) > 3 else word
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] else word


def sentences(text: str) -> list[str]:
    """The sentences of a text, at most fifty, for looking at each problem of a long story by itself."""
    return [
        part.strip() for part in re.split(r"[.!?\n]+\s", text + " ", maxsplit=50) if len(part.split()) > 2
    ]
