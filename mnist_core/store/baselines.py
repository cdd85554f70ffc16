"""The trained runs that ship with the app, so that every page works before anyone trains."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Final

import numpy as np

from mnist_core.arrays import FloatArray
from mnist_core.data.dataset import DATA_DIRECTORY
from mnist_core.errors import InvalidBaselineError, InvalidWeightsError
from mnist_core.evaluation.by_epoch import EpochAnswers
from mnist_core.i18n import N_
from mnist_core.network.forward import pack_weights, unpack_weights
from mnist_core.npz import pack, unpack
from mnist_core.runs.progress import History, Result
from mnist_core.runs.run import Run, RunStatus
from mnist_core.settings.config import TrainingConfig
from mnist_core.settings.presets import PRESETS

# Slug of each baseline -> seed it is trained from; the slug is also its preset.
BASELINE_SEEDS: Final = MappingProxyType({"mlp-512": 0, "mlp-256": 0, "best-mlp": 0})

_DIRECTORY: Final = DATA_DIRECTORY / "baselines"


def load_baselines(directory: Path = _DIRECTORY) -> dict[str, Run]:
    """Load the baselines' settings, history and result, by slug; the weights wait.

    Raises:
        InvalidBaselineError: A file is missing or damaged.
    """
    return {slug: _load(directory / f"{slug}.json", slug) for slug in BASELINE_SEEDS}


def _load(path: Path, slug: str) -> Run:
    with _reading(slug):
        values = json.loads(path.read_text(encoding="utf-8"))
        return Run(
            id=slug,
            name=slug,
            config=TrainingConfig.from_dict(values["config"]),
            status=RunStatus.FINISHED,
            created_at=values["created_at"],
            history=values["history"],
            result=Result.from_dict(values["result"]),
            is_baseline=True,
        )


def load_baseline_weights(slug: str, directory: Path = _DIRECTORY) -> tuple[FloatArray, ...]:
    """Load the weights of a baseline, as `Network` has them.

    Raises:
        InvalidBaselineError: The file is missing or damaged.
    """
    with _reading(slug):
        return unpack_weights((directory / f"{slug}.npz").read_bytes())


def load_baseline_epochs(slug: str, directory: Path = _DIRECTORY) -> dict[int, bytes]:
    """Load the answers of a baseline after each epoch, from 1, as the bytes of `EpochAnswers`.

    Raises:
        InvalidBaselineError: The file is missing or damaged.
    """
    with _reading(slug):
        arrays = unpack((directory / f"{slug}.epochs.npz").read_bytes())
        return {int(epoch): array.tobytes() for epoch, array in arrays.items()}


@contextmanager
def _reading(slug: str) -> Iterator[None]:
    """Name the baseline whose file cannot be read."""
    try:
        yield
    except InvalidWeightsError as error:
        raise _unreadable(slug, error.values["reason"]) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _unreadable(slug, error) from error


def _unreadable(slug: str, reason: object) -> InvalidBaselineError:
    return InvalidBaselineError(
        N_("the included network {name} cannot be read: {reason}"), name=slug, reason=reason
    )


def save_baseline(
    slug: str,
    *,
    history: History,
    result: Result,
    weights: tuple[FloatArray, ...],
    epochs: Mapping[int, EpochAnswers],
    config: TrainingConfig,
    created_at: float,
    directory: Path = _DIRECTORY,
) -> None:
    """Write a baseline's three files; for `make baselines` only."""
    if slug not in PRESETS:
        raise KeyError(slug)
    values = {
        "config": config.to_dict(),
        "created_at": created_at,
        "history": history,
        "result": result.to_dict(),
    }
    directory.mkdir(parents=True, exist_ok=True)
    text = json.dumps(values, indent=2) + "\n"
    (directory / f"{slug}.json").write_text(text, encoding="utf-8")
    (directory / f"{slug}.npz").write_bytes(pack_weights(weights))
    contents = {str(epoch): answers.to_bytes() for epoch, answers in epochs.items()}
    arrays = {epoch: np.frombuffer(content, np.uint8) for epoch, content in contents.items()}
    (directory / f"{slug}.epochs.npz").write_bytes(pack(arrays))
