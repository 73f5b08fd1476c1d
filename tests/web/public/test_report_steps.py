"""What the report form makes of the words follows what navigators sorted meanwhile, in the service chosen."""

from collections.abc import Iterator

import numpy as np
import pytest

from navigator.triage import embeddings, model_store
from navigator.triage.correction_memory import NO_CORRECTIONS, CorrectionMemory
from web.public.report_categories import category_told

TEXT = "the relaxation recording stops after a minute and starts again"
SORTED_AS = "notify.too_many"


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    yield
    model_store.remember(NO_CORRECTIONS)


def told(service: str) -> str | None:
    place, words = {"service": service, "programme": "fern"}, {"text": TEXT}
    category = category_told({"place": place, "words": words})
    return category.id if category else None


def test_the_form_follows_what_was_sorted_meanwhile():
    assert told("north") != SORTED_AS
    vectors = np.tile(embeddings.embed(TEXT), (20, 1))
    model_store.remember(CorrectionMemory(vectors, (SORTED_AS,) * 20, ("north",) * 20))
    assert told("north") == SORTED_AS
    model_store.remember(NO_CORRECTIONS)
    assert told("north") != SORTED_AS


def test_it_asks_for_the_service_that_was_chosen():
    vectors = np.tile(embeddings.embed(TEXT), (20, 1))
    categories = (SORTED_AS,) * 10 + ("access.forgotten_password",) * 10
    model_store.remember(CorrectionMemory(vectors, categories, ("north",) * 10 + ("south",) * 10))
    assert told("north") == SORTED_AS
    assert told("south") != SORTED_AS
