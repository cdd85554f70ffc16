"""The trained runs that ship with the app, so that every page works before anyone trains."""

import json
from pathlib import Path
from types import MappingProxyType
from typing import Final

from mnist_core.config import PRESETS, TrainingConfig
from mnist_core.dataset import DATA_DIRECTORY
from mnist_core.network import FloatArray, pack_weights, unpack_weights
from mnist_core.records import History, Result, Run, RunStatus

# Slug of each baseline -> seed it is trained from; the slug is also its preset.
BASELINE_SEEDS: Final = MappingProxyType({"mlp-512": 0, "mlp-256": 0})

_DIRECTORY: Final = DATA_DIRECTORY / "baselines"


def load_baselines(directory: Path = _DIRECTORY) -> dict[str, Run]:
    """Load the baselines' settings, history and result, by slug; the weights wait."""
    return {slug: _load(directory / f"{slug}.json", slug) for slug in BASELINE_SEEDS}


def _load(path: Path, slug: str) -> Run:
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
    """Load the weights of a baseline."""
    return unpack_weights((directory / f"{slug}.npz").read_bytes())


def save_baseline(
    slug: str,
    *,
    history: History,
    result: Result,
    weights: tuple[FloatArray, ...],
    config: TrainingConfig,
    created_at: float,
    directory: Path = _DIRECTORY,
) -> None:
    """Write a baseline's two files; for `make baselines` only."""
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
