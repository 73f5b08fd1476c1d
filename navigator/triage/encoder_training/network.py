"""The network that is trained: an encoder, the mean of its last layer as the direction, and heads upon it."""

from collections.abc import Sequence
from copy import deepcopy
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import torch
from torch import Tensor, nn
from transformers import AutoModel

from navigator.catalogue.enums import Cue
from navigator.triage.encoder_training.examples import GROUPS
from navigator.triage.onnx_runtime import onnx_runtime

DROPOUT = 0.1
OPSET = 17
INPUTS = ("input_ids", "attention_mask")
OUTPUTS = ("pooled", "cues")
"""The other heads are there for training alone: category, group and safety are learned on the direction."""


class Outputs(NamedTuple):
    """The direction of each text of a batch, and the logits of each head."""

    pooled: Tensor
    category: Tensor
    group: Tensor
    catch: Tensor
    cues: Tensor


class Network(nn.Module):
    """The encoder with a linear head for each thing that a text is labelled with."""

    def __init__(self, base: Path, category_count: int) -> None:
        super().__init__()
        self.encoder = AutoModel.from_pretrained(base, dtype=torch.float32, attn_implementation="eager")
        width = self.encoder.config.hidden_size
        self.dropout = nn.Dropout(DROPOUT)
        self.category = nn.Linear(width, category_count)
        self.group = nn.Linear(width, len(GROUPS))
        self.catch = nn.Linear(width, 1)
        self.cues = nn.Linear(width, len(Cue))

    def pooled(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """The mean of the last layer over the tokens of each text: (texts, width)."""
        last = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        mask = attention_mask.unsqueeze(-1).to(last.dtype)
        return (last * mask).sum(1) / mask.sum(1)

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Outputs:
        """The direction, and what each head says of it."""
        return self.outputs(self.pooled(input_ids, attention_mask))

    def outputs(self, pooled: Tensor) -> Outputs:
        """What each head says of a direction."""
        dropped = self.dropout(pooled)
        heads = (self.category(dropped), self.group(dropped), self.catch(dropped), self.cues(dropped))
        return Outputs(pooled.float(), *(logits.float() for logits in heads))

    def head_parameters(self) -> list[nn.Parameter]:
        """The parameters of the heads, which begin at chance and so learn at a higher rate."""
        heads = (self.category, self.group, self.catch, self.cues)
        return [parameter for head in heads for parameter in head.parameters()]


def mean_of(networks: Sequence[Network]) -> Network:
    """One network whose weights are the mean of all (a "model soup": they began at the same weights)."""
    mean = deepcopy(networks[0])
    states = [network.state_dict() for network in networks]
    mean.load_state_dict(
        {
            name: torch.stack([state[name].float() for state in states]).mean(0).to(first.dtype)
            for name, first in states[0].items()
        }
    )
    return mean.eval()


def pad(token_ids: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
    """The ids and the mask of a batch, each (texts, longest)."""
    ids = nn.utils.rnn.pad_sequence([torch.tensor(row) for row in token_ids], batch_first=True)
    mask = nn.utils.rnn.pad_sequence([torch.ones(len(row), dtype=torch.long) for row in token_ids], True)
    return ids, mask


def export(network: Network, path: Path) -> None:
    """Write the encoder as ONNX, its weights in 8 bits: token ids in, `pooled` and logits of `cues` out."""
    with TemporaryDirectory() as folder:
        whole = Path(folder) / "encoder.onnx"
        torch.onnx.export(
            _Exported(network).eval(),
            pad([[101, 7592, 102]]),
            str(whole),
            dynamo=False,
            opset_version=OPSET,
            input_names=[*INPUTS],
            output_names=[*OUTPUTS],
            dynamic_axes={name: {0: "texts", 1: "tokens"} for name in INPUTS}
            | {name: {0: "texts"} for name in OUTPUTS},
        )
        _quantise(whole, path)


def _quantise(whole: Path, path: Path) -> None:
    onnx_runtime()
    from onnxruntime.quantization import QuantType, quantize_dynamic

    quantize_dynamic(whole, path, per_channel=True, weight_type=QuantType.QInt8)


class _Exported(nn.Module):
    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> tuple[Tensor, Tensor]:
        pooled = self.network.pooled(input_ids, attention_mask)
        return pooled, self.network.cues(pooled)
