"""What is learned is kept under its hash, reads the same afterwards, and matches the library it came from."""

import io
import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from navigator.catalogue.catalogue import catalogue
from navigator.triage import corpus, embeddings, fit, fit_head, model_store, ngrams, shipped_files
from navigator.triage.classifier import (
    EMBEDDING_POWER,
    NEAREST_SHARE,
    NEIGHBOURS,
    WORDS_INVERSE_TEMPERATURE,
    NearestExamples,
    apply_temperature,
)

STALE = 0.1
TEXTS = {
    "access.forgotten_password": [
        "forgot my password",
        "password gone from my head",
        "cannot recall the password I chose",
    ],
    "notify.too_many": [
        "too many reminders",
        "reminders all day",
        "it pings and pings, so many notifications",
    ],
    "other.feedback": ["love it", "thank you so much", "lovely course, thanks to all of you"],
}


def shipped_from_few_texts(folder: Path) -> Path:
    """A folder with what is learned of `TEXTS`, as it would ship."""
    rows = [
        fit.TrainingRow(said, label, embeddings.embed(said))
        for label, texts in TEXTS.items()
        for text in texts
        for said in (text, f"{text} please")
    ]
    model_store.save(folder, "reports", fit.fit_category_classifier(rows), {"examples": len(rows)})
    return folder


@pytest.fixture(scope="module")
def seen() -> list[fit.TrainingRow]:
    return [
        fit.TrainingRow(text, label, embeddings.embed(text))
        for label, texts in TEXTS.items()
        for text in [*texts, *(f"{text} please" for text in texts)]
    ]


@pytest.fixture
def no_meaning(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(embeddings, "ENCODER", "no_such_file")
    embeddings._onnx_session.cache_clear()
    yield
    embeddings._onnx_session.cache_clear()


def test_it_tells_apart_what_it_saw(seen: list[fit.TrainingRow]) -> None:
    likelihoods = fit.fit_category_classifier(seen).probabilities("I forgot the password again")
    assert max(likelihoods, key=lambda label: likelihoods[label]) == "access.forgotten_password"
    assert sum(likelihoods.values()) == pytest.approx(1, abs=1e-5)


def test_words_are_weighed_as_the_library_weighs_them(seen: list[fit.TrainingRow]) -> None:
    read, labels = [ngrams.tokens_of(one.text) for one in seen], [one.label for one in seen]
    words = TfidfVectorizer(analyzer=ngrams.word_ngrams, sublinear_tf=True).fit(read)
    letters = TfidfVectorizer(analyzer=ngrams.character_ngrams, sublinear_tf=True, min_df=2).fit(read)

    def matrix(texts: list[list[str]]) -> np.ndarray:
        return np.hstack([words.transform(texts).toarray(), letters.transform(texts).toarray()])

    library = LogisticRegression(C=10, max_iter=1_000, tol=1e-5, class_weight="balanced")
    expected = library.fit(matrix(read), labels).predict_proba(
        matrix([ngrams.tokens_of("so many password reminders")])
    )
    ours = fit.fit_whole_text_classifier(seen).word_probabilities("so many password reminders")
    assert ours == pytest.approx(expected[0], abs=1e-3)


def test_two_labels_are_as_likely_as_the_library_says(seen: list[fit.TrainingRow]) -> None:
    two = [one for one in seen if one.label != "other.feedback"]
    library = LogisticRegression(C=10, max_iter=1_000, tol=1e-5, class_weight="balanced")
    library.fit(np.stack([one.vector for one in two]), [one.label for one in two])
    vector = embeddings.embed("so many password reminders")
    ours = fit.fit_whole_text_classifier(two).embedding_model.probabilities(vector)
    assert ours == pytest.approx(library.predict_proba(vector[None])[0], abs=1e-3)


def test_a_head_is_fitted_as_the_library_fits_it() -> None:
    random = np.random.default_rng(0)
    middles = random.normal(size=(4, 8))
    labels = random.choice(4, 300, p=[0.6, 0.2, 0.15, 0.05])
    vectors = (middles[labels] + random.normal(size=(300, 8))).astype(np.float32)
    library = LogisticRegression(C=fit_head.REGULARISATION, tol=1e-6, max_iter=1_000, class_weight="balanced")
    expected = library.fit(vectors, labels).predict_proba(vectors)
    ours = fit_head.fit_head(vectors, [f"label {n}" for n in labels], np.ones(300))
    assert ours.labels == ("label 0", "label 1", "label 2", "label 3")
    assert np.abs(np.stack([ours.probabilities(vector) for vector in vectors]) - expected).max() < 0.03


def test_a_head_is_fitted_on_a_weight_of_two_as_on_two_rows() -> None:
    vectors = np.random.default_rng(0).normal(size=(30, 8)).astype(np.float32)
    labels = ["one", "two", "three"] * 10
    heavy = fit_head.fit_head(vectors, labels, np.array([2.0] * 3 + [1.0] * 27))
    twice = fit_head.fit_head(np.vstack([vectors, vectors[:3]]), labels + labels[:3], np.ones(33))
    assert heavy.weights == pytest.approx(twice.weights, abs=1e-3)


def test_the_nearest_examples_speak_by_their_share() -> None:
    vectors = np.eye(embeddings.DIMENSIONS, dtype=np.float32)[: NEIGHBOURS + 5]
    labels = np.array([0] * NEIGHBOURS + [2] * 5)
    nearest, _ = NearestExamples(vectors, labels).shares(vectors[-5:].sum(axis=0), 3)
    assert nearest.tolist() == pytest.approx([(NEIGHBOURS - 5) / NEIGHBOURS, 0, 5 / NEIGHBOURS])
    assert NearestExamples(vectors[:3], labels[:3]).shares(vectors[0], 3)[0].tolist() == [1, 0, 0]


def test_the_examples_that_are_kept_are_as_near_as_they_were(seen: list[fit.TrainingRow]) -> None:
    vectors = np.stack([one.vector for one in seen])
    kept = embeddings.CompactVectors.of(vectors) @ vectors[0]
    assert kept == pytest.approx(vectors @ vectors[0], abs=3e-3)
    assert len(embeddings.CompactVectors.of(vectors[:0]) @ vectors[0]) == 0


def test_words_and_embedding_agree_and_the_nearest_examples_say_a_share(seen: list[fit.TrainingRow]) -> None:
    learned = fit.fit_category_classifier(seen)
    by_words, vector = learned.word_probabilities("reminder"), embeddings.embed("reminder")
    product = by_words * learned.embedding_model.probabilities(vector) ** EMBEDDING_POWER
    nearest, _ = learned.examples.shares(vector, len(learned.labels))
    expected = (1 - NEAREST_SHARE) * product / product.sum() + NEAREST_SHARE * nearest
    assert learned.combine(by_words, vector) == pytest.approx(expected)
    assert len(learned.examples.labels) == len(seen)


def test_what_words_and_embedding_exclude_leaves_numbers(seen: list[fit.TrainingRow]) -> None:
    learned = fit.fit_whole_text_classifier(seen)
    head = replace(learned.embedding_model, intercept=np.array([-9e9, 0, 0], np.float32))
    told = replace(learned, embedding_model=head).combine(np.eye(3, dtype=np.float32)[0], seen[0].vector)
    assert told.sum() == pytest.approx(1)


def test_kept_and_taken_it_reads_the_same(seen: list[fit.TrainingRow], tmp_path: Path) -> None:
    learned = fit.fit_category_classifier(seen)
    model_store.save(tmp_path, "small", learned, {"examples": len(seen)})
    again = model_store.load(tmp_path / "small.npz", model_store.manifest(tmp_path)["small"]["sha256"])
    for text in ("password?", "Too many reminders. And thank you for the course."):
        assert again.probabilities(text) == pytest.approx(learned.probabilities(text), abs=2e-3)
        assert again.why(text, "notify.too_many") == learned.why(text, "notify.too_many")


def test_a_changed_file_is_refused(seen: list[fit.TrainingRow], tmp_path: Path) -> None:
    model_store.save(tmp_path, "small", fit.fit_whole_text_classifier(seen), {})
    path = tmp_path / "small.npz"
    path.write_bytes(path.read_bytes() + b"\0")
    with pytest.raises(model_store.HashMismatch):
        model_store.load(path, model_store.manifest(tmp_path)["small"]["sha256"])


def test_what_was_kept_with_its_words_as_strings_is_refused(seen: list[fit.TrainingRow]) -> None:
    with np.load(io.BytesIO(model_store.dumps(fit.fit_whole_text_classifier(seen)))) as arrays:
        of_before = {name: arrays[name] for name in arrays.files if name != "codes"}
    content = io.BytesIO()
    np.savez_compressed(content, **of_before, grams=np.frombuffer(b"wpassword\npas", dtype=np.uint8))
    with pytest.raises(model_store.OtherEncoder):
        model_store.loads(content.getvalue(), model_store.sha256_of(content.getvalue()))


def test_without_its_file_the_desk_says_so_and_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        assert model_store.shipped("nothing-of-the-kind") is None
    assert "nothing-of-the-kind" in caplog.text


@pytest.mark.usefixtures("no_meaning")
def test_without_the_sentence_model_words_alone_decide(seen: list[fit.TrainingRow]) -> None:
    learned = fit.fit_whole_text_classifier(seen)
    assert not embeddings.is_available()
    assert list(learned.probabilities("password").values()) == pytest.approx(
        learned.word_probabilities("password"), abs=1e-5
    )
    sorting = fit.fit_category_classifier(seen)
    sharpened = apply_temperature(sorting.word_probabilities("password"), WORDS_INVERSE_TEMPERATURE)
    assert list(sorting.probabilities("password").values()) == pytest.approx(sharpened, abs=1e-5)


def test_a_sentence_model_that_was_not_checked_is_not_run(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(shipped_files, "manifest", lambda: {"encoder": {"sha256": "0" * 64}})
    embeddings._onnx_session.cache_clear()
    with caplog.at_level(logging.ERROR):
        assert not embeddings.is_available()
    embeddings._onnx_session.cache_clear()
    assert "the encoder is not in use" in caplog.text


def test_what_is_alike_points_the_same_way() -> None:
    asked, alike, other = (
        embeddings.embed(text) for text in ("I forgot my password", "can't remember my login", "tea")
    )
    assert asked @ alike > asked @ other + 0.2


def test_what_counts_more_is_caught_sooner(seen: list[fit.TrainingRow]) -> None:
    """What is urgent counts twice for the screen: of that the fewest may be missed."""
    rows = [replace(row, label="catch" if "password" in row.text else "leave") for row in seen]
    heavier = [replace(row, weight=3.0) if "recall" in row.text else row for row in rows]
    plain, weighted = (fit.fit_whole_text_classifier(each) for each in (rows, heavier))
    asked = "I do not recall it"
    assert weighted.probabilities(asked)["catch"] > plain.probabilities(asked)["catch"] + 0.01


def test_what_is_urgent_is_to_be_caught_and_no_quiet_kind(tmp_path: Path) -> None:
    lines = [
        {"text": "now", "catch": True, "kind": "physical_emergency"},
        {"text": "no kind", "catch": True},
        {"text": "quiet", "catch": True, "kind": "loneliness"},
        {"text": "fine", "catch": False, "kind": "idiom"},
    ]
    (tmp_path / "safety_some.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert corpus.urgent_texts(tmp_path) == {"now", "no kind"}
    kinds = {
        json.loads(line).get("kind")
        for path in corpus.FOLDER.glob("safety*.jsonl")
        for line in path.read_text("utf-8").splitlines()
    }
    assert kinds >= corpus.QUIET_KINDS


def test_the_written_texts_are_labelled_with_leaves_and_stand_once() -> None:
    reports, safety = corpus.category_examples(), corpus.safety_examples()
    assert {example.label for example in reports} == {leaf.id for leaf in catalogue().leaves}
    assert {example.label for example in safety} == {"catch", "leave"}
    for examples in (reports, safety):
        texts = [example.text for example in examples]
        assert all(text.strip() for text in texts)
        assert len(texts) == len(set(texts))


@pytest.mark.parametrize(
    ("name", "count"), [("reports", corpus.category_examples), ("safety", corpus.safety_examples)]
)
def test_what_is_shipped_has_learned_from_nearly_all_of_them(name: str, count: object) -> None:
    assert callable(count)
    texts = len(count())
    assert model_store.manifest()[name]["examples"] == pytest.approx(texts, rel=STALE), (
        "run: navigator triage train"
    )
    assert model_store.shipped(name) is not None
