"""Forgetting what was read lately: texts and words that this process holds so as not to read them twice."""

from navigator.triage import (
    embeddings,
    language,
    ngrams,
    safety_screen,
    similarity,
    text_normalisation,
    tokenizer,
    two_problems,
)

CACHES = (
    embeddings._encode,
    language.unchecked_language,
    language.main_language,
    language._code,
    ngrams.count_ngrams,
    ngrams.ngrams_of,
    ngrams.word_code,
    ngrams._runs_of,
    safety_screen._reasons,
    safety_screen._rule_reasons_of,
    safety_screen._lines,
    similarity._cached_tfidf,
    text_normalisation.normalise,
    tokenizer._wordpieces,
    two_problems._two_problems,
)
"""Whatever is remembered by a text or by a word of one."""


def forget_texts() -> None:
    """Forget them all: words were removed that must not be kept."""
    for cached in CACHES:
        cached.cache_clear()
