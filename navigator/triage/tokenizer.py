"""Tokeniser of the embedding model: WordPiece, as BERT uncased was trained on."""

import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path

VOCABULARY = Path(__file__).with_name("wordpiece.txt")
BEGIN, END, UNKNOWN = "[CLS]", "[SEP]", "[UNK]"
LONGEST_WORD = 100


def tokenize(text: str, max_tokens: int) -> list[int]:
    """The token ids of a text, with its begin and end tokens, at most `max_tokens` of them."""
    vocabulary = _vocabulary()
    token_ids = [vocabulary[BEGIN]]
    for word in _words(text):
        token_ids.extend(_wordpieces(word))
        if len(token_ids) >= max_tokens:
            break
    return [*token_ids[: max_tokens - 1], vocabulary[END]]


@cache
def _vocabulary() -> dict[str, int]:
    return {piece: token_id for token_id, piece in enumerate(VOCABULARY.read_text("utf-8").split("\n"))}


def _words(text: str) -> Iterator[str]:
    """Words, each mark of punctuation and each Chinese sign by itself."""
    word = ""
    for c in unicodedata.normalize("NFD", text.lower()):
        category = unicodedata.category(c)
        if c.isspace() or _is_single_token(c, category):
            yield from (part for part in (word, c.strip()) if part)
            word = ""
        elif category != "Mn" and category[0] != "C":
            word += c
    if word:
        yield word


def _is_single_token(c: str, category: str) -> bool:
    return category[0] == "P" or c in "$+<=>^`|~" or "\u4e00" <= c <= "\u9fff" or "\u3400" <= c <= "\u4dbf"


@lru_cache(maxsize=10_000)
def _wordpieces(word: str) -> tuple[int, ...]:
    """The longest known pieces of a word from its beginning on, or the one token for the unknown."""
    vocabulary = _vocabulary()
    token_ids: list[int] = []
    start = 0
    while start < len(word) <= LONGEST_WORD:
        prefix = "##" if start else ""
        ends = range(len(word), start, -1)
        end = next((end for end in ends if prefix + word[start:end] in vocabulary), None)
        if end is None:
            return (vocabulary[UNKNOWN],)
        token_ids.append(vocabulary[prefix + word[start:end]])
        start = end
    return tuple(token_ids) or (vocabulary[UNKNOWN],)
