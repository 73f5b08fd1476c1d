"""A lesson learns from written texts and from corrections, and is compared on corrections it never saw."""

import io
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Timer

import numpy as np
import pytest
from sqlmodel import Session, select

from navigator.errors import NotFound
from navigator.triage import embeddings, model_store, model_versions, report_vectors, retrain_process
from navigator.triage.classifier import Classifier, FloatArray
from navigator.triage.corpus import Correction
from navigator.triage.correction_memory import MIN_OWN_EXAMPLES
from navigator.triage.retrain_process import (
    Lesson,
    RetrainingFailed,
    RetrainingResult,
    fit_and_compare,
    run_in_subprocess,
)
from navigator.triage.suggest import suggest
from navigator.triage.tables import ModelContent, ModelUse, ModelVersion
from tests.navigator.triage.own_category import OWN, WORDING
from tests.navigator.triage.test_fit import TEXTS, shipped_from_few_texts

pytestmark = pytest.mark.slow

PASSWORD, REMINDERS, PRAISE = TEXTS


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What ships, learned from a small corpus of three categories."""
    return shipped_from_few_texts(tmp_path_factory.mktemp("shipped"))


@pytest.fixture(scope="module")
def shipped(folder: Path) -> Classifier:
    return model_store.load(folder / "reports.npz", model_store.manifest(folder)["reports"]["sha256"])


def correction(number: int, text: str, label: str, *, is_sorted: bool = True) -> Correction:
    return Correction(text, label, number, "north", "patient", 2.0, is_sorted)


def vectors_of(corrections: list[Correction]) -> FloatArray:
    """As they are kept."""
    return report_vectors.as_matrix([*report_vectors.embed(corrections).values()])


def of_gizmos(count: int) -> list[Correction]:
    """People use a word that no written text knows, of what the written texts would call something else.

    Each of them is alone with it: what the others said is not near."""
    said = ("the gizmo rings", "gizmo gizmo again", "make the gizmo stop", "gizmo woke me", "gizmo at work")
    return [
        correction(n, f"{said[n % 5]} {'at night' if n % 2 else 'today'}", PASSWORD) for n in range(count)
    ]


def learn(corrections: list[Correction], in_use: Classifier) -> RetrainingResult:
    return fit_and_compare(corrections, vectors_of(corrections), in_use)


def with_head(result: RetrainingResult, shipped: Classifier) -> Classifier:
    head = model_store.loads_head(result.content, model_store.sha256_of(result.content))
    return replace(shipped, embedding_model=head)


@pytest.fixture(scope="module")
def learned(shipped: Classifier) -> RetrainingResult:
    return learn(of_gizmos(50), shipped)


@pytest.fixture(autouse=True)
def _as_shipped() -> Iterator[None]:
    yield
    model_store.activate(None)
    model_versions._Loaded.version, model_versions._Loaded.is_by_hand = 0, False


def test_the_newest_fifth_is_held_back_and_tested_on(learned: RetrainingResult) -> None:
    assert learned.test_size == 10
    assert learned.tickets == tuple(range(40))


def test_what_navigators_call_a_thing_is_learned(learned: RetrainingResult, shipped: Classifier) -> None:
    head = with_head(learned, shipped).embedding_model
    said = embeddings.embed("that gizmo rang all night")
    before, after = (dict(zip(model.labels, model.probabilities(said), strict=True)) for model in (
        shipped.embedding_model, head,
    ))  # fmt: skip
    assert max(after, key=lambda label: after[label]) == PASSWORD
    assert after[PASSWORD] > before[PASSWORD] + 0.3
    assert learned.accuracy_after == 1.0


def test_words_and_written_examples_stay_as_they_shipped(learned: RetrainingResult) -> None:
    """A version holds no word and no vector of a report: only the head."""
    with np.load(io.BytesIO(learned.content)) as arrays:
        assert {*arrays.files} == {"encoder", "labels", "sense_weights", "sense_start"}
    assert len(learned.content) < 10_000


def test_what_is_no_better_than_the_memory_alone_is_not_called_better(
    shipped: Classifier, learned: RetrainingResult
) -> None:
    again = learn(of_gizmos(50), with_head(learned, shipped))
    assert again.accuracy_after == again.accuracy_before == 1.0
    assert not again.is_better


def test_what_is_better_is_called_better(shipped: Classifier) -> None:
    """A head that says of everything that it is praise, where nothing like the tickets was sorted before."""
    labels = np.array(shipped.labels)
    spoilt = replace(shipped.embedding_model, intercept=np.where(labels == PRAISE, 99.0, 0.0))
    elsewhere = [replace(correction(n, f"lovely {n}", PRAISE), service="south") for n in range(80)]
    here = [correction(100 + n, f"I forgot my password {n} times", PASSWORD) for n in range(20)]
    result = learn([*elsewhere, *here], replace(shipped, embedding_model=spoilt))
    assert (result.accuracy_before, result.accuracy_after) == (0.0, 1.0)
    assert result.is_better


@pytest.mark.parametrize(("count", "is_learned"), [(MIN_OWN_EXAMPLES - 1, False), (MIN_OWN_EXAMPLES, True)])
def test_an_own_category_is_learned_from_ten_reports_on(
    shipped: Classifier, count: int, is_learned: bool
) -> None:
    own = [correction(n, f"our own recording is odd {n}", OWN) for n in range(count)]
    result = learn(own, shipped)
    assert (OWN in with_head(result, shipped).embedding_model.labels) is is_learned
    assert bool(result.tickets) is is_learned


def test_a_process_of_its_own_says_the_same(folder: Path, learned: RetrainingResult) -> None:
    corrections = of_gizmos(50)
    taught = run_in_subprocess(Lesson(corrections, vectors_of(corrections)), folder)
    assert replace(taught, content=b"") == replace(learned, content=b"")
    assert len(taught.content) == pytest.approx(len(learned.content), rel=0.1)


def test_a_process_of_its_own_knows_the_own_categories(folder: Path) -> None:
    """Else what was sorted into them would count as wrong."""
    own = [correction(n, f"our own recording is odd {n}", OWN) for n in range(20)]
    assert run_in_subprocess(Lesson(own, vectors_of(own), wording=WORDING), folder).accuracy_after == 1.0
    assert run_in_subprocess(Lesson(own, vectors_of(own)), folder).accuracy_after == 0.0


def test_a_process_of_its_own_stays_lean(folder: Path) -> None:
    """It loads neither the encoder nor scikit-learn: embeddings come with the reports."""
    code = "import sys, navigator.triage.retrain_process, navigator.triage.fit_head; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert {"onnxruntime", "sklearn", "sqlalchemy"}.isdisjoint(loaded.stdout.split())


def test_what_another_encoder_learned_is_not_used_and_not_compared_with(
    folder: Path, learned: RetrainingResult, session: Session, caplog: pytest.LogCaptureFixture
) -> None:
    """Versions that were learned before the encoder changed: the shipped classifier answers instead."""
    with np.load(io.BytesIO(learned.content)) as arrays:
        of_before = {name: arrays[name] for name in arrays.files if name != "encoder"}
    content = io.BytesIO()
    np.savez_compressed(content, **of_before)
    old = replace(learned, content=content.getvalue())
    model_versions.record_version(session, better(old))
    model_versions.refresh()
    assert "another encoder" in caplog.text
    assert model_store.active() is model_store.shipped("reports")
    corrections = of_gizmos(50)
    taught = run_in_subprocess(Lesson(corrections, vectors_of(corrections), old.content), folder)
    assert taught.accuracy_before == learned.accuracy_before


def test_of_a_version_of_before_its_head_is_used(
    shipped: Classifier, learned: RetrainingResult, session: Session
) -> None:
    """Until this version of the desk a night learned a whole classifier."""
    whole = model_store.dumps(with_head(learned, shipped))
    model_versions.record_version(session, better(replace(learned, content=whole)))
    model_versions.refresh()
    assert is_in_use(learned)


def test_a_process_that_breaks_says_nothing_of_what_it_was_told(folder: Path) -> None:
    secret = [correction(1, "SECRET", PRAISE)]
    with pytest.raises(RetrainingFailed) as failed:
        run_in_subprocess(Lesson(secret, vectors_of(secret), b"not a model"), folder)
    assert "SECRET" not in str(failed.value)
    assert failed.value.__cause__ is None


def test_a_lesson_that_lasts_too_long_is_given_up(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retrain_process, "TIMEOUT_SECONDS", 0.05)
    with pytest.raises(RetrainingFailed):
        run_in_subprocess(Lesson([], vectors_of([])), folder)


def test_who_stops_the_desk_does_not_wait_for_a_lesson(folder: Path) -> None:
    Timer(0.3, retrain_process.cancel).start()
    with pytest.raises(RetrainingFailed, match="ended with -9"):
        run_in_subprocess(Lesson([], vectors_of([])), folder)


def better(result: RetrainingResult) -> RetrainingResult:
    return replace(result, gain_ci_low=0.1)


def is_in_use(result: RetrainingResult) -> bool:
    """Whether this process suggests by this head, with the words and written examples that shipped."""
    active, shipped = model_store.active(), model_store.shipped("reports")
    assert active
    assert shipped
    assert active.word_model is shipped.word_model
    head = model_store.loads_head(result.content, model_store.sha256_of(result.content))
    return np.array_equal(active.embedding_model.weights, head.weights)


def test_a_better_one_is_used_at_once_by_every_process(session: Session, learned: RetrainingResult) -> None:
    assert not is_in_use(learned)
    made = model_versions.record_version(session, better(learned))
    model_versions.refresh()
    assert model_versions.version_in_use(session).version == made.number
    assert is_in_use(learned)
    assert suggest("gizmo").candidates[0].category


def test_one_that_is_no_better_is_on_record_and_not_used(session: Session, learned: RetrainingResult) -> None:
    made = model_versions.record_version(session, replace(learned, gain_ci_low=0.0))
    assert model_versions.version_in_use(session).version == 0
    assert session.get(ModelVersion, made.number)
    assert model_versions.usable_versions(session) == frozenset()


def test_what_was_chosen_by_hand_stays_until_let_go(session: Session, learned: RetrainingResult) -> None:
    first, second = (
        model_versions.record_version(session, better(learned)),
        model_versions.record_version(session, better(learned)),
    )
    model_versions.use(session, first.number)
    third = model_versions.record_version(session, better(learned))
    assert model_versions.version_in_use(session).version == first.number
    assert third.number in model_versions.usable_versions(session)
    model_versions.use_newest(session)
    fourth = model_versions.record_version(session, better(learned))
    assert model_versions.version_in_use(session).version == fourth.number
    model_versions.use(session, 0)
    model_versions.refresh()
    assert not is_in_use(learned)
    assert second.number < third.number


def test_three_versions_are_kept_and_the_one_in_use(session: Session, learned: RetrainingResult) -> None:
    first = model_versions.record_version(session, better(learned))
    model_versions.use(session, first.number)
    others = [model_versions.record_version(session, better(learned)).number for _ in range(4)]
    assert model_versions.usable_versions(session) == {first.number, *others[-3:]}
    with pytest.raises(NotFound):
        model_versions.use(session, others[0])


def test_content_that_is_not_as_recorded_is_not_used(session: Session, learned: RetrainingResult) -> None:
    made = model_versions.record_version(session, better(learned))
    content = session.get_one(ModelContent, made.number)
    content.content = learned.content + b"\0"
    session.flush()
    model_versions.refresh()
    assert not is_in_use(learned)


def test_a_version_that_learned_from_what_is_gone_is_replaced_however_good(
    session: Session, learned: RetrainingResult
) -> None:
    first = model_versions.record_version(session, better(learned))
    worse = replace(learned, gain_ci_low=-1.0, tickets=tuple(range(1, 40)))
    second = model_versions.record_version(session, worse, {0})
    assert model_versions.version_in_use(session).version == second.number
    assert model_versions.usable_versions(session) == {second.number}
    model_versions.unlearn(session, {5})
    assert model_versions.version_in_use(session).version == 0
    assert not session.exec(select(ModelContent)).all()
    assert first.number not in model_versions.usable_versions(session)


def test_the_list_says_which_is_in_use(session: Session, learned: RetrainingResult) -> None:
    assert [*model_versions.version_lines(session)] == ["   0  as shipped  in use"]
    made = model_versions.record_version(session, better(learned))
    first, shipped = model_versions.version_lines(session)
    assert first.endswith("in use")
    assert "on 10 tickets" in first
    assert shipped == "   0  as shipped"
    model_versions.use(session, made.number)
    assert "chosen by hand" in next(model_versions.version_lines(session))
    assert len(session.exec(select(ModelUse)).all()) == 2
