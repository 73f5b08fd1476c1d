"""A lesson learns from written texts and from corrections, and is compared on corrections it never saw."""

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Timer

import numpy as np
import pytest
from sqlmodel import Session, select

from navigator.errors import NotFound
from navigator.triage import model_store, model_versions, retrain_process
from navigator.triage.corpus import Correction
from navigator.triage.model_versions import ModelContent, ModelUse, ModelVersion
from navigator.triage.retrain_process import (
    RetrainingFailed,
    RetrainingResult,
    fit_and_compare,
    run_in_subprocess,
)
from navigator.triage.suggest import suggest, suggest_with
from tests.navigator.triage.test_fit import TEXTS

pytestmark = pytest.mark.slow

PASSWORD, REMINDERS, PRAISE = TEXTS


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small corpus of three categories."""
    folder = tmp_path_factory.mktemp("corpus")
    lines = [
        {"text": f"{t}{end}", "category": c} for c, ts in TEXTS.items() for t in ts for end in ("", " please")
    ]
    (folder / "reports.jsonl").write_text("\n".join(map(json.dumps, lines)))
    return folder


def correction(number: int, text: str, label: str, *, is_sorted: bool = True) -> Correction:
    return Correction(text, label, number, "patient", 2.0, f"person {number}", is_sorted)


def of_gizmos(count: int) -> list[Correction]:
    """People use a word that no written text knows, of what the written texts would call something else."""
    said = ("the gizmo rings", "gizmo gizmo again", "make the gizmo stop", "gizmo woke me", "gizmo at work")
    return [
        correction(n, f"{said[n % 5]} {'at night' if n % 2 else 'today'}", PASSWORD) for n in range(count)
    ]


@pytest.fixture(scope="module")
def learned(texts: Path) -> RetrainingResult:
    before = fit_and_compare([], None, texts)
    in_use = model_store.loads(before.content, model_store.sha256_of(before.content))
    return fit_and_compare(of_gizmos(50), in_use, texts)


@pytest.fixture(autouse=True)
def _as_shipped() -> Iterator[None]:
    yield
    model_store.activate(None)
    model_versions._Loaded.version = 0


def test_the_newest_fifth_is_held_back_and_tested_on(learned: RetrainingResult) -> None:
    assert learned.test_size == 10
    assert learned.tickets == tuple(range(40))


def test_what_several_reporters_call_a_thing_is_learned(learned: RetrainingResult) -> None:
    model = model_store.loads(learned.content, model_store.sha256_of(learned.content))
    assert suggest_with(model, "gizmo", "patient").candidates[0].category == PASSWORD
    assert learned.accuracy_after == 1.0
    assert learned.is_better


def test_the_word_of_one_reporter_is_not_kept(texts: Path) -> None:
    said = [correction(n, "the zebedee rings", REMINDERS) for n in range(10)]
    alone = [replace(one, reporter_key="always the same person") for one in said]
    results = [fit_and_compare(corrections, None, texts) for corrections in (alone, said, [])]
    kept = [model_store.loads(one.content, model_store.sha256_of(one.content)).word_model for one in results]
    assert [words.known(["zebedee"]) for words in kept] == [set(), {"zebedee"}, set()]
    assert set(kept[0].codes) == set(kept[2].codes) < set(kept[1].codes)


def test_what_is_no_better_is_not_called_better(texts: Path, learned: RetrainingResult) -> None:
    in_use = model_store.loads(learned.content, model_store.sha256_of(learned.content))
    again = fit_and_compare(of_gizmos(50), in_use, texts)
    assert again.accuracy_after == again.accuracy_before == 1.0
    assert not again.is_better


def test_a_category_that_no_written_text_has_is_passed_over(texts: Path) -> None:
    own = [correction(n, "our own thing is odd", "own.category") for n in range(10)]
    assert fit_and_compare(own, None, texts).tickets == ()


def test_a_process_of_its_own_says_the_same(texts: Path, learned: RetrainingResult) -> None:
    before = fit_and_compare([], None, texts)
    taught = run_in_subprocess(of_gizmos(50), before.content, texts)
    assert replace(taught, content=b"") == replace(learned, content=b"")
    assert model_store.loads(taught.content, model_store.sha256_of(taught.content)).labels == tuple(
        sorted(TEXTS)
    )


def test_what_another_encoder_learned_is_not_used_and_not_compared_with(
    texts: Path, learned: RetrainingResult, session: Session, caplog: pytest.LogCaptureFixture
) -> None:
    """Versions that were learned before the encoder changed: the shipped classifier answers instead."""
    with np.load(io.BytesIO(learned.content)) as arrays:
        of_before = {name: arrays[name] for name in arrays.files if name != "encoder"}
    content = io.BytesIO()
    np.savez_compressed(content, **of_before)
    old = replace(learned, content=content.getvalue())
    model_versions.record_version(session, old)
    model_versions.refresh()
    assert "another encoder" in caplog.text
    assert suggest("gizmo").candidates[0].category != PASSWORD
    taught = run_in_subprocess(of_gizmos(50), old.content, texts)
    assert taught.is_better


def test_a_process_that_breaks_says_nothing_of_what_it_was_told(texts: Path) -> None:
    with pytest.raises(RetrainingFailed) as failed:
        run_in_subprocess([correction(1, "SECRET", PRAISE)], b"not a model", texts)
    assert "SECRET" not in str(failed.value)
    assert failed.value.__cause__ is None


def test_a_lesson_that_lasts_too_long_is_given_up(texts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retrain_process, "TIMEOUT_SECONDS", 0.05)
    with pytest.raises(RetrainingFailed):
        run_in_subprocess([], None, texts)


def test_who_stops_the_desk_does_not_wait_for_a_lesson(texts: Path) -> None:
    Timer(0.3, retrain_process.cancel).start()
    with pytest.raises(RetrainingFailed, match="ended with -9"):
        run_in_subprocess([], None, texts)


def test_a_better_one_is_used_at_once_by_every_process(session: Session, learned: RetrainingResult) -> None:
    assert suggest("gizmo").candidates[0].category != PASSWORD
    made = model_versions.record_version(session, learned)
    model_versions.refresh()
    assert model_versions.version_in_use(session).version == made.number
    assert suggest("gizmo").candidates[0].category == PASSWORD


def test_one_that_is_no_better_is_on_record_and_not_used(session: Session, learned: RetrainingResult) -> None:
    made = model_versions.record_version(session, replace(learned, gain_ci_low=0.0))
    assert model_versions.version_in_use(session).version == 0
    assert session.get(ModelVersion, made.number)
    assert model_versions.usable_versions(session) == frozenset()


def test_what_was_chosen_by_hand_stays_until_let_go(session: Session, learned: RetrainingResult) -> None:
    first, second = (
        model_versions.record_version(session, learned),
        model_versions.record_version(session, learned),
    )
    model_versions.use(session, first.number)
    third = model_versions.record_version(session, learned)
    assert model_versions.version_in_use(session).version == first.number
    assert third.number in model_versions.usable_versions(session)
    model_versions.use_newest(session)
    fourth = model_versions.record_version(session, learned)
    assert model_versions.version_in_use(session).version == fourth.number
    model_versions.use(session, 0)
    model_versions.refresh()
    assert suggest("gizmo").candidates[0].category != PASSWORD
    assert second.number < third.number


def test_three_versions_are_kept_and_the_one_in_use(session: Session, learned: RetrainingResult) -> None:
    first = model_versions.record_version(session, learned)
    model_versions.use(session, first.number)
    others = [model_versions.record_version(session, learned).number for _ in range(4)]
    assert model_versions.usable_versions(session) == {first.number, *others[-3:]}
    with pytest.raises(NotFound):
        model_versions.use(session, others[0])


def test_content_that_is_not_as_recorded_is_not_used(session: Session, learned: RetrainingResult) -> None:
    made = model_versions.record_version(session, learned)
    content = session.get_one(ModelContent, made.number)
    content.content = learned.content + b"\0"
    session.flush()
    model_versions.refresh()
    assert suggest("gizmo").candidates[0].category != PASSWORD


def test_a_version_that_learned_from_what_is_gone_is_replaced_however_good(
    session: Session, learned: RetrainingResult
) -> None:
    first = model_versions.record_version(session, learned)
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
    made = model_versions.record_version(session, learned)
    first, shipped = model_versions.version_lines(session)
    assert first.endswith("in use")
    assert "on 10 tickets" in first
    assert shipped == "   0  as shipped"
    model_versions.use(session, made.number)
    assert "chosen by hand" in next(model_versions.version_lines(session))
    assert len(session.exec(select(ModelUse)).all()) == 2
