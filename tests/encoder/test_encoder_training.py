"""A tiny encoder is trained from nothing in seconds: the program runs, and what it writes can be used."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import BertConfig, BertModel

from navigator.catalogue.enums import Cue
from navigator.triage import shipped_files
from navigator.triage.encoder_training.examples import UNKNOWN, Variation, corpus_examples
from navigator.triage.encoder_training.network import Network, mean_of, pad
from navigator.triage.encoder_training.shipped_weights import load_shipped
from navigator.triage.encoder_training.train import Hyperparameters, train_encoder
from navigator.triage.onnx_runtime import onnx_runtime
from navigator.triage.tokenizer import tokenize

pytestmark = pytest.mark.filterwarnings("default")  # of PyTorch, about itself

WIDTH = 32
QUICK = Hyperparameters(seeds=(0, 1), epochs=4, batch_size=8, learning_rate=3e-3)
REPORTS = {
    "access.forgotten_password": "I forgot my password",
    "notify.too_many": "far too many reminders every day",
    "other.feedback": "thank you this is lovely",
}


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the weights of a small network that has learned nothing."""
    folder = tmp_path_factory.mktemp("base")
    config = BertConfig(
        hidden_size=WIDTH, num_hidden_layers=1, num_attention_heads=2, intermediate_size=WIDTH
    )
    torch.manual_seed(0)
    BertModel(config).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus of a hundred texts."""
    folder = tmp_path_factory.mktemp("corpus")
    reports = [
        {"text": f"{text} {number}", "category": id, "fixability": "navigator", "cues": [Cue.AFTER_UPDATE]}
        for number in range(25)
        for id, text in REPORTS.items()
    ]
    safety = [{"text": f"I want to die {number}", "catch": True} for number in range(25)]
    for name, rows in (("reports_some", reports), ("safety_some", safety)):
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder


@pytest.fixture(scope="module")
def trained(base: Path, texts: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """The folder that a training wrote, and what it said meanwhile."""
    folder, said = tmp_path_factory.mktemp("out") / "shipped", list[str]()
    train_encoder(base, folder, texts, QUICK, said.append)
    return folder, said


def test_it_learns(trained: tuple[Path, list[str]]):
    folder, said = trained
    losses = [float(line.rsplit(" ", 1)[1]) for line in said]
    assert len(losses) == 8
    assert losses[3] < losses[0] * 0.8
    figures = shipped_files.manifest(folder)["encoder"]["figures"]
    assert figures["category"] == figures["catch"] == 1.0


def test_the_record_says_what_was_learned_and_how(trained: tuple[Path, list[str]]):
    folder, _ = trained
    entry = shipped_files.manifest(folder)["encoder"]
    shipped_files.read(folder / "encoder.onnx", entry["sha256"])
    assert entry["hyperparameters"]["seeds"] == [0, 1]
    assert entry["examples"] > 90
    assert "MiniLM" in entry["base"]


def test_the_same_seeds_give_the_same_encoder(base: Path, texts: Path, tmp_path: Path):
    """The heads' first weights were drawn anew each time, so a record could not be done again."""
    quick = replace(QUICK, epochs=1)
    for name in ("one", "other"):
        train_encoder(base, tmp_path / name, texts, quick, lambda _: None)
    one, other = ((tmp_path / name / "encoder.onnx").read_bytes() for name in ("one", "other"))
    assert one == other


def test_it_goes_on_from_what_ships(trained: tuple[Path, list[str]], base: Path, texts: Path, tmp_path: Path):
    """A few new texts need not cost the whole training again: the eight bits are read back as weights."""
    shipped, again = trained[0], tmp_path / "again"
    read = Network(base, 3).eval()
    load_shipped(read, shipped)
    ids = tokenize("I forgot my password 99", 96)
    session = onnx_runtime().InferenceSession(shipped / "encoder.onnx")
    inputs = {"input_ids": np.array([ids]), "attention_mask": np.ones((1, len(ids)), np.int64)}
    pooled, cues = (rows[0] for rows in session.run(["pooled", "cues"], inputs))
    with torch.no_grad():
        outputs = read(*pad([ids]))
    assert np.allclose(pooled, outputs.pooled[0], atol=0.1)
    assert np.allclose(cues, outputs.cues[0], atol=0.3)
    shutil.copytree(shipped, again)
    said = list[str]()
    train_encoder(base, again, texts, replace(QUICK, epochs=1, go_on=True), said.append)
    entry = shipped_files.manifest(again)["encoder"]
    assert entry["went_on_from"] == shipped_files.manifest(shipped)["encoder"]["sha256"]
    assert entry["figures"]["category"] == entry["figures"]["catch"] == 1.0
    assert float(said[0].rsplit(" ", 1)[1]) < float(trained[1][0].rsplit(" ", 1)[1])


def test_another_network_than_ships_is_refused(trained: tuple[Path, list[str]], base: Path, tmp_path: Path):
    shutil.copytree(trained[0], tmp_path / "other")
    entry = shipped_files.manifest(tmp_path / "other")["encoder"]
    shipped_files.put_on_record(tmp_path / "other", "encoder", entry | {"sha256": "0" * 64})
    with pytest.raises(shipped_files.HashMismatch):
        load_shipped(Network(base, 3), tmp_path / "other")


def test_what_is_written_gives_texts_of_one_kind_one_direction(trained: tuple[Path, list[str]]):
    folder, _ = trained
    session = onnx_runtime().InferenceSession(folder / "encoder.onnx")

    def direction(text: str) -> np.ndarray:
        ids = np.array([tokenize(text, 96)])
        (pooled,) = session.run(["pooled"], {"input_ids": ids, "attention_mask": np.ones_like(ids)})[0]
        assert pooled.shape == (WIDTH,)
        return np.asarray(pooled / np.linalg.norm(pooled))

    password, again, reminders = map(
        direction, ("I forgot my password 99", "password forgot I", "far too many reminders 99")
    )
    assert password @ again > password @ reminders + 0.2


def test_a_batch_gives_what_each_text_gives_alone(base: Path):
    network = Network(base, 3).eval()
    rows = [tokenize("short", 96), tokenize("a text that is a good deal longer", 96)]
    with torch.no_grad():
        together = network.pooled(*pad(rows))
        alone = torch.cat([network.pooled(*pad([row])) for row in rows])
    assert torch.allclose(together, alone, atol=1e-5)


def test_the_mean_of_networks_is_the_mean_of_their_weights(base: Path):
    one, other = Network(base, 3), Network(base, 3)
    mean = mean_of([one, other])
    assert torch.allclose(mean.catch.weight, (one.catch.weight + other.catch.weight) / 2)
    assert not torch.allclose(mean.catch.weight, one.catch.weight)


def test_texts_without_a_label_say_so(texts: Path):
    categories, examples = corpus_examples(texts)
    assert categories == tuple(sorted(REPORTS))
    risky = next(example for example in examples if example.catch == 1)
    assert (risky.category, risky.group, set(risky.cues)) == (UNKNOWN, UNKNOWN, {UNKNOWN})
    report = next(example for example in examples if example.catch == 0)
    assert report.cues == tuple(int(cue is Cue.AFTER_UPDATE) for cue in Cue)


def test_varied_texts_are_the_same_for_the_same_seed():
    text = "I forgot my password, and now the page does not open any more."
    first, second = (
        [vary(text) for _ in range(20)] for vary in (Variation(["Lovely."], 1), Variation(["Lovely."], 1))
    )
    assert first == second
    assert len(set(first)) > 5
