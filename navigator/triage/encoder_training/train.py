"""Fine-tuning the encoder on the corpus: texts in, `encoder.onnx` and its entry in the record out.

Several networks begin at the same weights, the published ones or those that ship, and see the texts in
another order each; the mean of their weights is kept, of those that ship too where they began there. A
twentieth of the texts is held out; the figures on those stand in the record.
"""

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import deepcopy
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as f
from torch import Tensor

from navigator.triage import corpus, shipped_files
from navigator.triage.embeddings import ENCODER
from navigator.triage.encoder_training.base_weights import BASE
from navigator.triage.encoder_training.examples import (
    UNKNOWN,
    EncoderExample,
    Variation,
    catalogue_examples,
    corpus_examples,
    short_praise,
)
from navigator.triage.encoder_training.network import Network, Outputs, export, mean_of, pad
from navigator.triage.encoder_training.shipped_weights import load_shipped
from navigator.triage.tokenizer import tokenize

HELD_OUT = 20
"""One in so many texts is held out."""

BATCHES_SORTED = 16
"""Batches are cut from so many batches' texts sorted by length: less of them is padding."""

Report = Callable[[str], None]


@dataclass(frozen=True)
class Hyperparameters:
    """How long and how fast is learned, and how much each part of the loss weighs."""

    seeds: tuple[int, ...] = (0, 1, 2)
    epochs: int = 6
    batch_size: int = 64
    max_tokens: int = 160
    learning_rate: float = 1e-4
    head_learning_rate: float = 2e-3
    weight_decay: float = 0.01
    warm_up: float = 0.1
    label_smoothing: float = 0.05
    contrast: float = 0.5
    contrast_temperature: float = 0.1
    group_weight: float = 0.5
    catch_positive_weight: float = 2.0
    cue_weight: float = 1.0
    cue_positive_weight: float = 3.0
    go_on: bool = False
    head_epochs: int = 30


GO_ON = Hyperparameters(seeds=(0, 1), epochs=2, go_on=True)
"""A few new texts are learned in two ninths of the time from what ships, whose heads are learned first again.

Most held-out texts were read before then: the figures in the record are too good."""


@dataclass(frozen=True)
class Batch:
    """Token ids and labels of some texts, each a tensor with a row a text."""

    token_ids: list[list[int]]
    category: Tensor
    group: Tensor
    catch: Tensor
    cues: Tensor


def train_encoder(
    base: Path,
    folder: Path = shipped_files.SHIPPED,
    texts: Path = corpus.FOLDER,
    hyperparameters: Hyperparameters | None = None,
    report: Report = print,
) -> dict[str, float]:
    """Train, write `encoder.onnx` and its record into a folder; the figures on the held-out texts."""
    chosen = hyperparameters or Hyperparameters()
    categories, examples = corpus_examples(texts)
    train, held_out = _hold_out(examples)
    train += catalogue_examples(categories)
    praise = short_praise(categories, train)
    begin = _begin(base, folder, categories, train, chosen)
    networks = [
        _trained(deepcopy(begin), train, Variation(praise, seed), seed, chosen, report)
        for seed in chosen.seeds
    ]
    network = mean_of([begin, *networks] if chosen.go_on else networks)
    figures = _figures(network, held_out, chosen)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{ENCODER}.onnx"
    export(network, path)
    entry = _went_on_from(folder, chosen) | {"base": BASE, "corpus": corpus.fingerprint(texts)}
    entry |= {"examples": len(train), "figures": figures, "hyperparameters": asdict(chosen)}
    entry |= {"sha256": shipped_files.sha256_of(path.read_bytes())}
    shipped_files.put_on_record(folder, ENCODER, entry)
    return figures


def _begin(
    base: Path,
    folder: Path,
    categories: Sequence[str],
    examples: Sequence[EncoderExample],
    chosen: Hyperparameters,
) -> Network:
    torch.manual_seed(0)  # for the heads: networks whose mean is kept begin at the same weights
    network = Network(base, len(categories))
    if chosen.go_on:
        load_shipped(network, folder)
        _learn_heads(network, examples, chosen)
    return network


def _went_on_from(folder: Path, chosen: Hyperparameters) -> dict[str, object]:
    """For the record: the hash of what was trained before, where this goes on from it."""
    if not chosen.go_on:
        return {}
    entry = shipped_files.manifest(folder)[ENCODER]
    return {"went_on_from": str(entry.get("trained", entry["sha256"]))}


def _learn_heads(network: Network, examples: Sequence[EncoderExample], chosen: Hyperparameters) -> None:
    """Learn the heads alone, on directions that stay: heads that begin at chance would pull those about."""
    batches = list(_batches(examples, Variation([], 0), chosen))
    with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
        pooled = [network.eval().pooled(*pad(batch.token_ids)).float() for batch in batches]
    weights = _category_weights(examples, network.category.out_features)
    optimizer = torch.optim.AdamW(network.head_parameters(), lr=chosen.head_learning_rate)
    for _ in range(chosen.head_epochs):
        for batch, directions in zip(batches, pooled, strict=True):
            loss = _loss(network.outputs(directions), batch, weights, replace(chosen, contrast=0))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()


def _hold_out(examples: Sequence[EncoderExample]) -> tuple[list[EncoderExample], list[EncoderExample]]:
    mixed = random.Random(0).sample(examples, len(examples))  # noqa: S311 - no secret
    count = max(1, len(mixed) // HELD_OUT)
    return mixed[count:], mixed[:count]


def _trained(
    network: Network,
    examples: Sequence[EncoderExample],
    vary: Variation,
    seed: int,
    chosen: Hyperparameters,
    report: Report,
) -> Network:
    torch.manual_seed(seed)
    weights = _category_weights(examples, network.category.out_features)
    optimizer = _optimizer(network, chosen)
    steps = chosen.epochs * -(-len(examples) // chosen.batch_size)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _rate(step / steps, chosen.warm_up))
    for epoch in range(chosen.epochs):
        network.train()
        losses = []
        for batch in _batches(examples, vary, chosen):
            with torch.autocast("cpu", dtype=torch.bfloat16):
                outputs = network(*pad(batch.token_ids))
            loss = _loss(outputs, batch, weights, chosen)
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            losses.append(loss.item())
        report(f"seed {seed}, epoch {epoch + 1} of {chosen.epochs}: mean loss {np.mean(losses):.3f}")
    return network.eval()


def _optimizer(network: Network, chosen: Hyperparameters) -> torch.optim.AdamW:
    heads = network.head_parameters()
    ids = {id(parameter) for parameter in heads}
    encoder = [parameter for parameter in network.parameters() if id(parameter) not in ids]
    groups = [
        {"params": encoder, "lr": chosen.learning_rate},
        {"params": heads, "lr": chosen.head_learning_rate},
    ]
    return torch.optim.AdamW(groups, weight_decay=chosen.weight_decay, fused=True)


def _rate(done: float, warm_up: float) -> float:
    """Up in a straight line while warming up, then down to nothing."""
    return min(1.0, done / warm_up + 0.01) * (1 - done)


def _batches(examples: Sequence[EncoderExample], vary: Variation, chosen: Hyperparameters) -> Iterator[Batch]:
    mixed = vary.rng.sample(examples, len(examples))
    rows = [(tokenize(vary(example.text), chosen.max_tokens), example) for example in mixed]
    window = chosen.batch_size * BATCHES_SORTED
    for start in range(0, len(rows), window):
        near = sorted(rows[start : start + window], key=lambda row: len(row[0]))
        cuts = list(range(0, len(near), chosen.batch_size))
        vary.rng.shuffle(cuts)
        for cut in cuts:
            yield _batch(near[cut : cut + chosen.batch_size])


def _batch(rows: Sequence[tuple[list[int], EncoderExample]]) -> Batch:
    examples = [example for _, example in rows]
    return Batch(
        token_ids=[token_ids for token_ids, _ in rows],
        category=torch.tensor([example.category for example in examples]),
        group=torch.tensor([example.group for example in examples]),
        catch=torch.tensor([example.catch for example in examples]),
        cues=torch.tensor([example.cues for example in examples]),
    )


def _category_weights(examples: Sequence[EncoderExample], count: int) -> Tensor:
    """Rare categories weigh more, by the root of how much rarer they are."""
    counts = np.bincount([e.category for e in examples if e.category != UNKNOWN], minlength=count)
    return torch.tensor((counts.mean() / np.maximum(counts, 1)) ** 0.5, dtype=torch.float32)


def _loss(outputs: Outputs, batch: Batch, weights: Tensor, chosen: Hyperparameters) -> Tensor:
    smoothing = {"ignore_index": UNKNOWN, "label_smoothing": chosen.label_smoothing, "reduction": "sum"}
    labelled = (batch.category != UNKNOWN).sum().clamp(min=1)
    category = f.cross_entropy(outputs.category, batch.category, weight=weights, **smoothing) / labelled
    group = f.cross_entropy(outputs.group, batch.group, **smoothing) / labelled
    catch = _binary_loss(outputs.catch.squeeze(-1), batch.catch, chosen.catch_positive_weight)
    cues = _binary_loss(outputs.cues, batch.cues, chosen.cue_positive_weight)
    alike = _contrastive_loss(outputs.pooled, batch.category, chosen.contrast_temperature)
    return category + chosen.group_weight * group + catch + chosen.cue_weight * cues + chosen.contrast * alike


def _binary_loss(logits: Tensor, labels: Tensor, positive_weight: float) -> Tensor:
    known = labels != UNKNOWN
    if not known.any():
        return logits.sum() * 0
    weight = torch.tensor(positive_weight)
    return f.binary_cross_entropy_with_logits(logits[known], labels[known].float(), pos_weight=weight)


def _contrastive_loss(pooled: Tensor, labels: Tensor, temperature: float) -> Tensor:
    """Supervised contrast (Khosla et al., 2020): texts of one category lie closer together."""
    known = labels != UNKNOWN
    directions, labels = f.normalize(pooled[known], dim=-1), labels[known]
    itself = torch.eye(len(labels), dtype=torch.bool)
    alike = (labels[:, None] == labels[None]) & ~itself
    counts = alike.sum(-1)
    if not counts.any():
        return pooled.sum() * 0
    likeness = (directions @ directions.T / temperature).masked_fill(itself, -1e9)
    by_text = -(likeness.log_softmax(-1) * alike).sum(-1)
    return (by_text[counts > 0] / counts[counts > 0]).mean()


@torch.no_grad()
def _figures(
    network: Network, held_out: Sequence[EncoderExample], chosen: Hyperparameters
) -> dict[str, float]:
    """On texts that were not learned from: how often each head is right; precision and recall of all cues."""
    said = [network(*pad([tokenize(example.text, chosen.max_tokens)])) for example in held_out]
    both = list(zip(held_out, said, strict=True))
    pairs = {
        "category": [(example.category, int(outputs.category.argmax())) for example, outputs in both],
        "group": [(example.group, int(outputs.group.argmax())) for example, outputs in both],
        "catch": [(example.catch, int(outputs.catch > 0)) for example, outputs in both],
    }
    figures = {
        name: _share(label == guess for label, guess in rows if label != UNKNOWN)
        for name, rows in pairs.items()
    }
    cues = [
        pair
        for example, outputs in both
        for pair in zip(example.cues, (outputs.cues[0] > 0).tolist(), strict=True)
    ]
    figures["cues, precision"] = _share(label == 1 for label, guess in cues if guess and label != UNKNOWN)
    figures["cues, recall"] = _share(guess for label, guess in cues if label == 1)
    return figures


def _share(hits: Iterable[bool]) -> float:
    known = list(hits)
    return round(sum(known) / len(known), 3) if known else 0.0
