"""What navigators sorted stands among the nearest examples: its service first, own categories from ten."""

from collections.abc import Iterator

import numpy as np
import pytest

from navigator.catalogue.catalogue import catalogue, use_custom_wording
from navigator.triage import embeddings, model_store
from navigator.triage.classifier import NEIGHBOURS, EmbeddingModel, NearestExamples
from navigator.triage.correction_memory import (
    MIN_OWN_EXAMPLES,
    NO_CORRECTIONS,
    OWN_SERVICE_WEIGHT,
    CorrectionMemory,
)
from navigator.triage.suggest import suggest
from tests.navigator.triage.own_category import OWN, WORDING

TEXT = "the relaxation recording stops after a minute and starts again"
REMINDERS, PASSWORD = "notify.too_many", "access.forgotten_password"


def memory_of(*rows: tuple[str, str, str]) -> CorrectionMemory:
    """The memory of reports, each told as text, category and service."""
    vectors = np.stack([embeddings.embed(text) for text, _, _ in rows])
    return CorrectionMemory(vectors, tuple(row[1] for row in rows), tuple(row[2] for row in rows))


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    use_custom_wording(WORDING)
    yield
    use_custom_wording({})
    model_store.remember(NO_CORRECTIONS)
    model_store.activate(None)


def confidence(category: str, service: str = "north") -> float:
    candidates = suggest(TEXT, service=service).candidates
    return next((one.confidence for one in candidates if one.category == category), 0.0)


def test_what_was_sorted_counts_from_then_on():
    before = confidence(REMINDERS)
    model_store.remember(memory_of(*((f"{TEXT} {n}", REMINDERS, "north") for n in range(10))))
    assert suggest(TEXT, service="north").candidates[0].category == REMINDERS
    assert confidence(REMINDERS) > before + 0.3


def test_one_sorting_is_one_of_the_nearest():
    vectors = np.eye(embeddings.DIMENSIONS, dtype=np.float32)
    written = NearestExamples(vectors[: NEIGHBOURS + 1], np.zeros(NEIGHBOURS + 1, np.int64))
    near = vectors[NEIGHBOURS + 1]
    index = {"written": 0, "sorted": 1}
    for service, weight in (("north", OWN_SERVICE_WEIGHT), ("south", 1.0)):
        votes = CorrectionMemory(near[None], ("sorted",), ("north",)).votes(near, index, service)
        shares, of_corrections = written.shares(near, 2, votes)
        assert shares[1] == pytest.approx(of_corrections)
        assert of_corrections == pytest.approx(weight / (NEIGHBOURS - 1 + weight))


def test_the_same_service_comes_first():
    told = [
        (f"{TEXT} {n}", REMINDERS if n % 2 else PASSWORD, "north" if n % 2 else "south") for n in range(20)
    ]
    model_store.remember(memory_of(*told))
    assert suggest(TEXT, service="north").candidates[0].category == REMINDERS
    assert suggest(TEXT, service="south").candidates[0].category == PASSWORD


@pytest.mark.parametrize(("count", "is_suggested"), [(MIN_OWN_EXAMPLES - 1, False), (MIN_OWN_EXAMPLES, True)])
def test_an_own_category_is_suggested_from_ten_reports_on(count: int, is_suggested: bool):
    """It is suggested without a word that speaks for it: none was learned."""
    model_store.remember(memory_of(*((f"{TEXT} {n}", OWN, "north") for n in range(count))))
    suggestion = suggest(TEXT, service="north")
    assert (suggestion.category == OWN) is is_suggested
    assert any(one.category == OWN for one in suggestion.candidates) is is_suggested
    assert sum(one.confidence for one in suggestion.candidates) <= 1.001
    if is_suggested:
        assert (suggestion.why, suggestion.fixability_category) == ((), OWN)


def test_nine_of_an_own_category_change_nothing():
    alone = suggest(TEXT, service="north")
    model_store.remember(memory_of(*((f"{TEXT} {n}", OWN, "north") for n in range(MIN_OWN_EXAMPLES - 1))))
    assert suggest(TEXT, service="north") == alone


DANGER = "I want to kill myself tonight"


def test_no_correction_leads_away_from_a_danger():
    alone = suggest(DANGER, service="north")
    assert alone.category == "divert.risk"
    model_store.remember(memory_of(*((DANGER, REMINDERS, "north") for _ in range(30))))
    assert suggest(DANGER, service="north") == alone


def test_a_correction_can_lead_to_a_danger():
    before = confidence("divert.risk")
    model_store.remember(memory_of(*((f"{TEXT} {n}", "divert.risk", "north") for n in range(20))))
    assert confidence("divert.risk") > before + 0.5


def test_an_own_category_that_is_no_longer_offered_is_not_suggested():
    model_store.remember(memory_of(*((f"{TEXT} {n}", OWN, "north") for n in range(MIN_OWN_EXAMPLES))))
    use_custom_wording({})
    assert OWN not in {leaf.id for leaf in catalogue().leaves}
    assert OWN not in {one.category for one in suggest(TEXT, service="north").candidates}


def test_a_head_that_learned_an_own_category_suggests_it_by_itself():
    shipped = model_store.shipped("reports")
    assert shipped
    learned = shipped.embedding_model
    weights = np.column_stack([learned.weights, 40 * embeddings.embed(TEXT)])
    model_store.activate(EmbeddingModel((*learned.labels, OWN), weights, np.append(learned.intercept, 0)))
    assert OWN in {one.category for one in suggest(TEXT).candidates}
    active = model_store.active()
    assert active
    assert active.word_model is shipped.word_model


def test_without_the_encoder_words_alone_decide(monkeypatch: pytest.MonkeyPatch):
    model_store.remember(memory_of(*((f"{TEXT} {n}", OWN, "north") for n in range(MIN_OWN_EXAMPLES))))
    monkeypatch.setattr(embeddings, "is_available", lambda: False)
    assert OWN not in {one.category for one in suggest(TEXT, service="north").candidates}
