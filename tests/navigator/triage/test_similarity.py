"""How alike two reports are, in matter and in words."""

import pytest

from navigator.triage.similarity import tfidf, topic_similarity, topic_vector, word_similarity

LIKELY = {"a": 0.6, "b": 0.2}


@pytest.mark.parametrize(
    ("category", "is_sorted", "shares"),
    [
        (None, False, LIKELY),
        ("b", False, {"a": 0.3, "b": 0.6}),
        ("c", False, {"a": 0.3, "b": 0.1, "c": 0.5}),
        ("c", True, {"c": 1.0}),
    ],
)
def test_what_a_person_said_counts_more_than_what_is_likely(category, is_sorted, shares):
    assert topic_vector(LIKELY, category, is_sorted) == pytest.approx(shares)
    assert topic_vector({}, "c", False) == {"c": 1.0}


def test_the_same_matter_is_wholly_alike_and_another_not_at_all():
    assert topic_similarity({"a": 1.0}, {"a": 1.0}) == 1
    assert topic_similarity({"a": 1.0}, {"b": 1.0}) == 0
    assert 0 < topic_similarity(LIKELY, {"a": 0.2, "c": 0.8}) < 1


def test_rare_words_weigh_more_than_common_ones():
    one, rare, common, none = tfidf("the reset link for my password", "password", "the", "")
    assert word_similarity(one, one) == pytest.approx(1)
    assert word_similarity(one, rare) > word_similarity(one, common) > 0
    assert word_similarity(one, none) == 0
