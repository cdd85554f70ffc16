"""The core from a terminal: `python -m mnist_core train | evaluate | predict | runs`."""

import argparse
import dataclasses
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from mnist_core.data.dataset import load_dataset
from mnist_core.errors import MnistCoreError, WorkerClosedError
from mnist_core.evaluation.answers import evaluate
from mnist_core.evaluation.metrics import class_metrics
from mnist_core.i18n import N_
from mnist_core.pictures.files import read_picture
from mnist_core.pictures.steps import to_digit, to_digit_naively
from mnist_core.runs.run import ACTIVE, Run
from mnist_core.settings.architecture import NO_LAYERS, count_parameters, read_layers
from mnist_core.settings.config import TrainingConfig
from mnist_core.settings.fields import SETTINGS, in_group
from mnist_core.settings.presets import PRESETS
from mnist_core.settings.setting import Group, Setting
from mnist_core.store.run_store import RunStore
from mnist_core.workers import machine, worker

_BAD_INPUT = 2
_FAILED_RUN = 1
_WAIT_SECONDS = 1.0
_SILENT_SECONDS = 30.0


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Say what is wrong in one line, without the usage."""
        self.exit(_BAD_INPUT, f"{self.prog}: {message}\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status: 0, 1 for a failed run, 2 for bad input."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.command(options))
    except MnistCoreError as error:
        print(error, file=sys.stderr)
        return _BAD_INPUT


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="mnist_core", description="Train and use MNIST networks.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    train = commands.add_parser("train", help="train a network and store the run")
    train.add_argument("--preset", choices=PRESETS, default="mlp-512")
    train.add_argument("--name", help="what to call the run; the preset's name if left out")
    _add_settings(train)
    train.set_defaults(command=_train)

    evaluate_ = commands.add_parser("evaluate", help="score a run on the test images")
    evaluate_.add_argument("run", help="a run's id, or a baseline such as mlp-256")
    evaluate_.set_defaults(command=_evaluate)

    predict = commands.add_parser("predict", help="read the digits in picture files")
    predict.add_argument("pictures", nargs="+", type=Path, metavar="PICTURE")
    predict.add_argument("--run", default="mlp-512", help="a run's id, or a baseline")
    predict.add_argument("--naive", action="store_true", help="skip the MNIST-style steps")
    predict.set_defaults(command=_predict)

    runs = commands.add_parser("runs", help="list the stored runs")
    runs.set_defaults(command=_runs)

    for command in (train, evaluate_, predict, runs):
        command.add_argument("--json", action="store_true", help="print one JSON value")
    return parser


def _add_settings(parser: argparse.ArgumentParser) -> None:
    """Add an option for each setting; one that is not given stays out of the parsed options."""
    parser.add_argument("--layers", default=argparse.SUPPRESS, help=_layers_help())
    for name, setting in SETTINGS.items():
        if setting.group not in (Group.LAYERS, Group.LAYER):
            parser.add_argument(
                f"--{name.replace('_', '-')}",
                default=argparse.SUPPRESS,
                type=setting.kind,
                choices=setting.choices or None,
                help=_help(setting),
            )


def _layers_help() -> str:
    """Say how hidden layers are written, and what each setting of a layer does."""
    first, *others = in_group(Group.LAYER)
    sentences = [
        f"Hidden layers as {':'.join((first, *others))} with commas between them, such as "
        f"256:relu:0.5,256; {NO_LAYERS} for no hidden layer.",
        f"What follows the {first} may be left out.",
        *(_help(SETTINGS[name]) for name in (first, *others)),
    ]
    return " ".join(sentences)


def _help(setting: Setting) -> str:
    """Say what a setting does, and what it can be."""
    sentences = [f"{setting.title}. {setting.help}"]
    if setting.choices:
        sentences += [f"{slug}: {choice.help}" for slug, choice in setting.choices.items()]
    if setting.limit:
        sentences.append(f"From {setting.limit.low} to {setting.limit.high}.")
    # argparse takes a percent sign for the beginning of a placeholder.
    return " ".join(sentences).replace("%", "%%")


def _config(options: argparse.Namespace) -> TrainingConfig:
    """Return the preset's config with the settings that the options give."""
    given = {name: value for name, value in vars(options).items() if name in SETTINGS}
    start = PRESETS[options.preset].config
    if "layers" in given:
        given["layers"] = read_layers(given["layers"])
    distortions = {name: given.pop(name) for name in in_group(Group.DISTORTIONS) if name in given}
    augmentation = dataclasses.replace(start.augmentation, **distortions)
    return dataclasses.replace(start, **given, augmentation=augmentation)


def _train(options: argparse.Namespace) -> int:
    config = _config(options)
    machine.check_memory(config)
    store = RunStore()
    claim = store.create_claimed(config, name=options.name or options.preset)
    try:
        worker.run(store.url, claim)
    except KeyboardInterrupt:
        store.fail(claim, WorkerClosedError(N_("the training was stopped with Ctrl+C")))
    run = _end_of(store, claim.run_id)
    if run.result is None:
        print(run.failure or "the run has no result", file=sys.stderr)
        return _FAILED_RUN
    if options.json:
        _print_json(
            {
                "run": run.id,
                "n_parameters": count_parameters(config),
                "train_accuracy": run.result.train_accuracy,
                "test_accuracy": run.result.test_accuracy,
                "history": run.history,
                "epoch_seconds": run.result.epoch_seconds,
                "total_seconds": run.result.total_seconds,
            }
        )
    else:
        print(_describe(run))
    return 0


def _end_of(store: RunStore, run_id: str) -> Run:
    """Return a run when it has ended: while this process was silent, another may have taken it."""
    run = store.get(run_id)
    if not run.is_ended:
        print("another process goes on with the run; waiting for its end", file=sys.stderr)
    while not run.is_ended:
        time.sleep(_WAIT_SECONDS)
        run = store.get(run_id)
    return run


def _evaluate(options: argparse.Namespace) -> int:
    network = RunStore().network(options.run)
    dataset = load_dataset()
    evaluation = evaluate(network.probabilities(dataset.test_images), dataset.test_labels)
    metrics = class_metrics(evaluation.counts)
    per_class = {
        field.name: getattr(metrics, field.name).tolist() for field in dataclasses.fields(metrics)
    }
    if options.json:
        _print_json(
            {
                "accuracy": evaluation.accuracy,
                "confusion_matrix": evaluation.counts.tolist(),
                "per_class": per_class,
            }
        )
        return 0
    print(f"accuracy {evaluation.accuracy:.4f} on {len(dataset.test_labels)} test images")
    print("digit  precision  recall      f1  support")
    for digit, (precision, recall, f1, support) in enumerate(zip(*per_class.values(), strict=True)):
        print(f"{digit:5}  {precision:9.4f}  {recall:6.4f}  {f1:6.4f}  {support:7}")
    return 0


def _predict(options: argparse.Namespace) -> int:
    network = RunStore().network(options.run)
    answers = []
    for path in options.pictures:
        try:
            picture = read_picture(path)
            digit = to_digit_naively(picture) if options.naive else to_digit(picture).digit
        except MnistCoreError as error:
            print(f"{path}: {error}", file=sys.stderr)
            return _BAD_INPUT
        probabilities = network.probabilities(digit[np.newaxis])[0]
        answers.append(
            {"digit": int(probabilities.argmax()), "probabilities": probabilities.tolist()}
        )
    if options.json:
        _print_json(answers[0] if len(answers) == 1 else answers)
        return 0
    for path, answer in zip(options.pictures, answers, strict=True):
        print(f"{path}: {answer['digit']} (p = {max(answer['probabilities']):.3f})")
    return 0


def _runs(options: argparse.Namespace) -> int:
    store = RunStore()
    runs = [*store.list(), *store.baselines()]
    if options.json:
        _print_json(
            [
                {
                    "run": run.id,
                    "name": run.name,
                    "status": run.status,
                    "created_at": run.created_at,
                    "test_accuracy": run.result.test_accuracy if run.result else None,
                    "config": run.config.to_dict(),
                }
                for run in runs
            ]
        )
        return 0
    for run in runs:
        print(_describe(run))
    return 0


def _describe(run: Run) -> str:
    reached = f"test accuracy {run.result.test_accuracy:.4f}" if run.result else ""
    why = f"({run.failure})" if run.failure else ""
    if run.status in ACTIVE and (run.silent_seconds or 0) > _SILENT_SECONDS:
        why = f"(no sign of life for {run.silent_seconds:.0f} s: the app will take it up again)"
    return "  ".join(part for part in (run.id, run.title, run.status, reached, why) if part)


def _print_json(value: Any) -> None:
    print(json.dumps(value))


if __name__ == "__main__":
    sys.exit(main())
