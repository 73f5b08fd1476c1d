"""Full-text search of the help pages that forgives: spelling, endings, and words that no page has."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log

from rapidfuzz.distance import OSA

from navigator.catalogue.articles import Article
from navigator.catalogue.catalogue import Category, catalogue
from navigator.triage.suggest import suggest
from navigator.triage.text_normalisation import content_words, stem, telling_words

MAX_WORDS = 12
MAX_FOUND = 6
MIN_LENGTH = 4
"""A shorter word has too many neighbours."""
LONG = 7
"""From so many letters on a stem may have two slips; a shorter one has one."""
TITLE, LABEL, BODY = 3.0, 2.0, 1.0
"""What a word counts by where it stands."""
MISSPELT = 0.7
"""Of what a word counts that was not typed so."""
SUGGESTED = 12.0
"""What it counts that an article is about the category suggested for the whole text, where that is sure."""
MIN_SHARE = 0.35
"""Of what the best article counts: what counts less only shares a word with it."""
LEAST = 1.0
"""What counts less has nothing to do with what was typed."""

Weights = Mapping[str, float]


@dataclass(frozen=True)
class FoundHelp:
    """The ids of the articles that are likeliest to help, best first, and the category if that is sure."""

    article_ids: tuple[int, ...] = ()
    category: str = ""


def find_help(articles: Sequence[Article], text: str) -> FoundHelp:
    """What may help with what was typed."""
    suggestion = suggest(text)
    weights = [_weights(article) for article in articles]
    rarity = _rarity(weights)
    asked = dict(_asked_stems(text, rarity))
    # Of a word that no page has, the likeliest of many unlikely categories is no help.
    candidates = suggestion.candidates if asked or suggestion.category else ()
    likely = {each.category: each.confidence for each in candidates}
    scores = {
        article.id: SUGGESTED * likely.get(article.category, 0.0)
        + sum(share * rarity[word] * found.get(word, 0.0) for word, share in asked.items())
        for article, found in zip(articles, weights, strict=True)
    }
    least = max(LEAST, MIN_SHARE * max(scores.values(), default=0.0))
    ranked = sorted((id for id in scores if scores[id] >= least), key=lambda id: -scores[id])
    return FoundHelp(tuple(ranked[:MAX_FOUND]), suggestion.category or "")


def _rarity(weights: Sequence[Weights]) -> dict[str, float]:
    """How much each stem tells articles apart (idf)."""
    articles_with: dict[str, int] = {}
    for found in weights:
        for word in found:
            articles_with[word] = articles_with.get(word, 0) + 1
    return {word: log(1 + len(weights) / count) for word, count in articles_with.items()}


def _asked_stems(text: str, known: Mapping[str, float]) -> Iterable[tuple[str, float]]:
    """The stems looked for, each with what it counts: for an unknown one, the known one nearest to it."""
    for word in telling_words(text)[:MAX_WORDS]:
        asked = stem(word)
        if asked in known:
            yield asked, 1.0
        elif len(word) >= MIN_LENGTH and (near := _nearest(asked, known)):
            yield near, MISSPELT


def _nearest(asked: str, known: Mapping[str, float]) -> str:
    """The known stem that begins so, that it goes on from, or that it is by a slip or two; "" for none."""
    longer = sorted((word for word in known if word.startswith(asked)), key=len)
    if longer:
        return longer[0]
    if ends := [word for word in known if len(word) >= LONG - 1 and asked.startswith(word)]:
        return max(ends, key=len)
    slips = {word: OSA.distance(asked, word) for word in known if _is_slip(asked, word)}
    return min(slips, key=lambda word: slips[word], default="")


def _is_slip(asked: str, known: str) -> bool:
    """Whether a stem is likely meant for another: the first letter is right, and few others are not.

    Of four letters, one for another makes another word (park, part), and so does one near the beginning.
    """
    if asked[0] != known[0]:
        return False
    if len(asked) <= MIN_LENGTH:
        is_swapped = sorted(asked) == sorted(known)
        is_right = is_swapped or (len(asked) != len(known) and asked[:2] == known[:2])
        return is_right and OSA.distance(asked, known) == 1
    return OSA.distance(asked, known) <= (2 if len(asked) >= LONG else 1)


def _weights(article: Article) -> Weights:
    leaf = catalogue().category(article.category)
    return _cached_weights(article.title, article.body, _labels(leaf))


def _labels(leaf: Category) -> str:
    """What people call what an article is about."""
    return " ".join((leaf.patient_label or "", leaf.staff_label, *leaf.phrases))


@lru_cache(maxsize=500)
def _cached_weights(title: str, body: str, labels: str) -> Weights:
    """What each stem of an article counts, by the best place in which it stands."""
    weights: dict[str, float] = {}
    for words, weight in ((body, BODY), (labels, LABEL), (title, TITLE)):
        weights |= dict.fromkeys((word for word, _ in content_words(words)), weight)
    return weights
