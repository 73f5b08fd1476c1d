"""The command line of the triage models and the safety screen: `navigator triage --help`."""

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from navigator.cli_errors import exit_on_refusal
from navigator.database import reading, writing
from navigator.errors import Unavailable
from navigator.problems.measured_links import link_metrics
from navigator.triage import model_versions
from navigator.triage.evaluate import evaluate_lines
from navigator.triage.predict_lines import RecordError, predict_lines

commands = typer.Typer(help="Sorting and screening texts.", no_args_is_help=True)


@commands.command("predict")
def predict(file: Annotated[Path, typer.Argument(help="JSON lines with id and text", exists=True)]) -> None:
    """Sort and screen each text of a file: one JSON line out for each line in."""
    faults = 0
    with file.open("rb") as lines:
        for result in predict_lines(lines):
            if isinstance(result, RecordError):
                faults += 1
                typer.echo(str(result), err=True)
            else:
                typer.echo(json.dumps(result, ensure_ascii=False))
    raise typer.Exit(1 if faults else 0)


@commands.command("evaluate")
def evaluate(file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)]) -> None:
    """Measure labelled JSON lines: the same as for predict, with category, fixability and catch."""
    with file.open("rb") as lines:
        groups, faults = evaluate_lines(lines)
    for name, figures in groups.items():
        typer.echo("\n".join([name, *(f"  {figure}" for figure in figures)]))
    for fault in faults:
        typer.echo(str(fault), err=True)
    raise typer.Exit(1 if faults else 0)


@commands.command("train")
def train(
    encoder: Annotated[
        bool, typer.Option("--encoder", help="Train the encoder first: needs PyTorch (make encoder)")
    ] = False,
    go_on: Annotated[
        bool,
        typer.Option("--go-on", help="With --encoder: go on from what ships, for few new texts"),
    ] = False,
) -> None:
    """Learn anew from the written texts that ship with the desk; for developers, some minutes."""
    if encoder:
        with exit_on_refusal():
            _train_encoder(go_on)
    from navigator.triage.fit import fit_all  # a second that only training pays

    fit_all()


@commands.command("links")
def links() -> None:
    """Measure on the links that navigators made how often a suggested problem was the right one."""
    with reading() as session:
        metrics = [*link_metrics(session)]
    typer.echo("\n".join(map(str, metrics)) or "No ticket was linked to a problem yet.")


@commands.command("models")
def models(
    use: Annotated[
        int | None,
        typer.Option(help="Use this version; 0 is what was shipped, without what was sorted here"),
    ] = None,
    follow: Annotated[bool, typer.Option("--follow", help="Let the nightly job choose again")] = False,
) -> None:
    """List what the desk learned by itself and which version is in use, or choose one."""
    with exit_on_refusal(), writing() as session:
        if use is not None:
            model_versions.use(session, use)
        if follow:
            model_versions.use_newest(session)
        for line in model_versions.version_lines(session):
            typer.echo(line)


def _train_encoder(go_on: bool) -> None:
    if find_spec("torch") is None:
        raise Unavailable(
            "Training the encoder needs PyTorch, which is not installed here. Run: make encoder"
        )
    from navigator.triage.encoder_training.base_weights import base_weights
    from navigator.triage.encoder_training.train import GO_ON, train_encoder

    with base_weights() as base:
        figures = train_encoder(base, hyperparameters=GO_ON if go_on else None, report=typer.echo)
        for name, share in figures.items():
            typer.echo(f"held-out texts, {name}: {share:.3f} right")
