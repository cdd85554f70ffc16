"""List the runs, and score one."""

import argparse
import dataclasses
from typing import Final

from mnist_core.data.dataset import load_dataset
from mnist_core.errors import MnistCoreError
from mnist_core.evaluation.answers import evaluate
from mnist_core.evaluation.metrics import class_metrics
from mnist_core.runs.run import ACTIVE, Run
from mnist_core.store.run_store import RunStore
from mnist_core.terminal.output import BAD_INPUT, print_json, say, tell

_SILENT_SECONDS: Final = 30.0


def score(options: argparse.Namespace) -> int:
    """Score a run on the test images."""
    network = RunStore().network(options.run)
    dataset = load_dataset()
    evaluation = evaluate(network.probabilities(dataset.test_images), dataset.test_labels)
    metrics = class_metrics(evaluation.counts)
    per_class = {
        field.name: getattr(metrics, field.name).tolist() for field in dataclasses.fields(metrics)
    }
    if options.json:
        print_json(
            {
                "accuracy": evaluation.accuracy,
                "confusion_matrix": evaluation.counts.tolist(),
                "per_class": per_class,
            }
        )
        return 0
    say(f"accuracy {evaluation.accuracy:.4f} on {len(dataset.test_labels)} test images")
    say("digit  precision  recall      f1  support")
    for digit, (precision, recall, f1, support) in enumerate(zip(*per_class.values(), strict=True)):
        say(f"{digit:5}  {precision:9.4f}  {recall:6.4f}  {f1:6.4f}  {support:7}")
    return 0


def list_runs(options: argparse.Namespace) -> int:
    """List the stored runs and the included networks, these even where the store is not well."""
    store = RunStore()
    status = 0
    try:
        stored = store.list()
    except MnistCoreError as error:
        tell(error)
        stored, status = [], BAD_INPUT
    runs = [*stored, *store.baselines()]
    if options.json:
        print_json(
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
        return status
    for run in runs:
        say(describe(run))
    return status


def describe(run: Run) -> str:
    """Describe a run in one line."""
    reached = f"test accuracy {run.result.test_accuracy:.4f}" if run.result else ""
    why = f"({run.failure})" if run.failure else ""
    if run.status in ACTIVE and (run.silent_seconds or 0) > _SILENT_SECONDS:
        why = f"(no sign of life for {run.silent_seconds:.0f} s: the app will take it up again)"
    return "  ".join(part for part in (run.id, run.title, run.status, reached, why) if part)
