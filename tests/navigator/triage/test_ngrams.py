"""N-grams are numbers: each its own, and a word never the number of the same letters within another word."""

from itertools import chain, pairwise

from navigator.triage import corpus, ngrams

TOKENS = [ngrams.tokens_of(example.text) for example in corpus.category_examples() + corpus.safety_examples()]


def test_no_two_words_or_pairs_of_the_corpus_have_one_number() -> None:
    words = {word for tokens in TOKENS for word in tokens}
    pairs = {pair for tokens in TOKENS for pair in pairwise(tokens)}
    codes = set(chain.from_iterable(ngrams.word_ngrams(tokens).tolist() for tokens in TOKENS))
    assert len(codes) == len(words) + len(pairs)


def test_no_two_runs_of_letters_of_the_corpus_have_one_number() -> None:
    words = {word for tokens in TOKENS for word in tokens}
    runs = {f" {word} "[a : a + n] for word in words for n in (2, 3, 4, 5) for a in range(len(word) + 3 - n)}
    codes = set(chain.from_iterable(ngrams.character_ngrams([word]).tolist() for word in words))
    assert len(codes) == len(runs)


def test_a_word_is_not_the_run_of_letters_that_begins_with_a_w() -> None:
    """Words were marked by a w: “hat” stood in the list as the letters “what”, and lost its place."""
    assert not set(ngrams.word_ngrams(["hat", "all"])) & set(ngrams.character_ngrams(["what", "wall"]))


def test_the_order_of_a_pair_counts() -> None:
    assert ngrams.word_ngrams(["log", "in"])[-1] != ngrams.word_ngrams(["in", "log"])[-1]


def test_a_text_is_counted_once_for_all_that_ask() -> None:
    words, letters = ngrams.count_ngrams("Log in, log in!")
    assert sorted(words.times.tolist()) == [1, 2, 2, 2]  # in log; log, in, log in
    assert letters.times.tolist() == [2] * len(letters.codes)
    assert ngrams.count_ngrams("Log in, log in!")[0] is words
