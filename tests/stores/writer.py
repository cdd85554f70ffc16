"""Write a store with whichever version of the core is on the path; `make` runs this.

Names have moved since the first version, so each is looked for in the places where it stood.
"""

import dataclasses
import importlib
import inspect
import json
import sqlite3
import sys
from contextlib import suppress
from pathlib import Path

import numpy as np

NAME = "\u6578\u5b57 tiny"  # not of ASCII alone
HISTORY = {"loss": [1.5, 1.0], "accuracy": [0.5, 0.625]}
CURVE = ((1.0, 1.5, 0.5), (2.0, 1.0, 0.625))
VALUES = {
    "train_accuracy": 0.75,
    "validation_accuracy": None,
    "test_accuracy": 0.8125,
    "epoch_seconds": (0.5, 0.25),
    "total_seconds": 2.0,
    "epoch": 2,
    "n_epochs": 2,
    "batch": 1,
    "n_batches": 1,
    "images_per_second": 1000.0,
    "eta_seconds": 0.0,
    "curve": CURVE,
}


def find(name, *modules):
    for module in modules:
        with suppress(ImportError, AttributeError):
            return getattr(importlib.import_module(f"mnist_core.{module}"), name)
    return None


def fill(cls):
    return cls(
        **{
            field.name: VALUES[field.name]
            for field in dataclasses.fields(cls)
            if field.name in VALUES
        }
    )


def report(store, run, method, *args, **options):
    """Report as a worker: by the run's id, by that with a claim, or by a claim alone."""
    function = getattr(store, method)
    cls = find("Claim", "store.claim")
    if cls is not None and dataclasses.is_dataclass(cls):
        return function(cls(run_id=run.id, taken_at=run.started_at), *args, **options)
    if "claim" in inspect.signature(function).parameters:
        options["claim"] = run.started_at
    return function(run.id, *args, **options)


def claimed(store, config, name):
    if hasattr(store, "create_claimed"):
        return store.get(store.create_claimed(config, name=name).run_id)
    return store.get(store.create(config, name=name, is_claimed=True).id)


def write(database):  # a store has many things in it
    store = find("RunStore", "store.run_store", "runs")(f"sqlite:///{database}")
    config_class = find("TrainingConfig", "settings.config", "config")
    layer_class = find("HiddenLayer", "settings.config", "config")
    config = config_class(layers=(layer_class(2),), epochs=2, n_train=100, seed=7)
    rng = np.random.default_rng(0)
    # Few different values, so that the file is small when it is packed.
    weights = [
        rng.integers(-1, 2, shape).astype(np.float32) for shape in ((784, 2), (2,), (2, 10), (10,))
    ]
    result, progress = (
        fill(find(name, "runs.progress", "records")) for name in ("Result", "Progress")
    )

    done = claimed(store, config, NAME)
    report(store, done, "start")
    report(store, done, "update_progress", progress, HISTORY)
    checkpoint_class = find("Checkpoint", "runs.checkpoint", "checkpoint")
    if checkpoint_class is not None:
        checkpoint = checkpoint_class(
            variables=(weights[1],), history=HISTORY, epoch_seconds=(0.5, 0.25), curve=CURVE
        )
        report(store, done, "save_checkpoint", checkpoint)
    answers_class = find("EpochAnswers", "evaluation.by_epoch", "epoch_answers")
    labels = np.arange(10, dtype=np.uint8)
    if answers_class is not None:
        probabilities = np.full((10, 10), 0.05, np.float32) + 0.5 * np.eye(10, dtype=np.float32)
        answers = answers_class.from_probabilities(probabilities, labels)
        for epoch in (1, 2):
            report(store, done, "save_epoch", epoch, answers)
    report(store, done, "finish", history=HISTORY, result=result, weights=weights)

    failed = claimed(store, config, "failed")
    error_class = find("TrainingDivergedError", "errors")
    report(store, failed, "fail", error_class("the loss is no longer a number"))
    deleted = None
    if hasattr(store, "restore"):
        deleted = store.create(config, name="deleted").id
        store.delete(deleted)
    tuned = None
    if hasattr(store, "fine_tune"):
        images = np.zeros((1, 28, 28), np.uint8)
        images[0, 5:20, 14] = 255
        tuned = store.fine_tune(done.id, images, labels[1:2], n_epochs=1, name="tuned").id
        store.request_stop(tuned)
    waiting = [store.create(config, name=f"waiting {n}").id for n in (1, 2)]
    digits_class = find("OwnDigits", "store.own_digits", "own_digits")
    if digits_class is not None:
        own = digits_class(f"sqlite:///{database}", workspace=store_workspace(store))
        for label in (3, 3, 8):
            image = np.zeros((28, 28), np.uint8)
            image[5:20, 10 + label + own.count()] = 255
            own.add(image, label)
        own.close()
    store.close()
    with sqlite3.connect(database) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("PRAGMA journal_mode=DELETE")
        connection.execute("VACUUM")
    connection.close()
    network = find("Network", "network.forward", "network")(config, weights)
    black = network.probabilities(np.zeros((1, 28, 28), np.uint8))[0]
    return {
        "done": done.id,
        "failed": failed.id,
        "deleted": deleted,
        "tuned": tuned,
        "waiting": waiting,
        "has_checkpoint": checkpoint_class is not None,
        "epochs": [1, 2] if answers_class is not None else [],
        "labels": [3, 3, 8] if digits_class is not None else [],
        "black": black.tolist(),
    }


def store_workspace(store):
    return getattr(store, "workspace", None) or getattr(store, "_workspace", "local")


if __name__ == "__main__":
    path, facts = sys.argv[1:]
    Path(facts).write_text(json.dumps(write(path), indent=1) + "\n", encoding="utf-8")
