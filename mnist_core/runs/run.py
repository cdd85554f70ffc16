"""What is known of a run: its state, its progress, its result."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from mnist_core.errors import TrainingDivergedError
from mnist_core.runs.progress import History, Progress, Result
from mnist_core.settings.config import TrainingConfig


class RunStatus(StrEnum):
    """Where a run stands.

    `stopped` was ended by a person and keeps its weights so far; `interrupted` lost its worker
    through no fault of its own.
    """

    QUEUED = "queued"
    STARTING = "starting"
    RUNNING = "running"
    FINISHED = "finished"
    STOPPED = "stopped"
    INTERRUPTED = "interrupted"
    FAILED = "failed"


ACTIVE: Final = (RunStatus.STARTING, RunStatus.RUNNING)

_DIVERGED: Final = TrainingDivergedError.__name__


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a run failed: a sentence marked for translation, the values in it, the error's class."""

    template: str
    values: dict[str, Any] = field(default_factory=dict)
    kind: str = ""

    def __str__(self) -> str:
        return self.template.format(**self.values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One training, waiting, at work or done. Times are seconds since 1970, UTC.

    Attributes:
        id: Short id, or the slug of a baseline.
        name: What a person calls it.
        number: Counts the runs of a store from 1; 0 for a baseline.
        config: Its settings.
        status: Where it stands.
        created_at: When it was asked for.
        started_at: When a worker took it; None before.
        finished_at: When it ended last; None before it ever did.
        is_stop_requested: Whether somebody asked it to stop.
        progress: How far it has come; None before its first chunk.
        history: One value per finished epoch, under Keras' names.
        result: What it reached; None where it has no trained network.
        failure: Why it failed or was interrupted; None where it was not.
        has_checkpoint: Whether a state is stored that its training can go on from.
        workspace: Whose it is; None for a baseline.
        worker: Who holds it, or held it last; None if nobody did.
        n_losses: How often it lost its worker since it was asked for.
        silent_seconds: Since when its worker has given no sign of life; None for a baseline.
        is_baseline: Whether it ships with the app and is read-only.
        base: Title, at that time, of the run whose weights it began with, when it was fine-tuned
            on somebody's own digits; None for one that began with random weights.
        base_id: The id of that run, which may have another title by now, or be deleted.
    """

    id: str
    name: str
    config: TrainingConfig
    status: RunStatus
    created_at: float
    number: int = 0
    started_at: float | None = None
    finished_at: float | None = None
    is_stop_requested: bool = False
    progress: Progress | None = None
    history: History = field(default_factory=dict)
    result: Result | None = None
    failure: Failure | None = None
    has_checkpoint: bool = False
    workspace: str | None = None
    worker: str | None = None
    n_losses: int = 0
    silent_seconds: float | None = field(default=None, compare=False)
    is_baseline: bool = False
    base: str | None = None
    base_id: str | None = None

    @property
    def title(self) -> str:
        """The name, with the number that tells runs of the same name apart."""
        return self.name if self.is_baseline else f"{self.name} #{self.number}"

    @property
    def is_ended(self) -> bool:
        """Whether nothing more will happen to it, unless somebody asks for it."""
        return self.status not in (RunStatus.QUEUED, *ACTIVE)

    @property
    def n_epochs_done(self) -> int:
        """Epochs that are finished."""
        return len(self.history.get("loss", ()))

    @property
    def n_epochs_left(self) -> int:
        """Epochs of its settings that are not finished; early stopping may leave some."""
        return max(0, self.config.epochs - self.n_epochs_done)

    @property
    def n_epochs_measured(self) -> int:
        """Epochs behind its result; fewer than are done when it went on and was interrupted."""
        return len(self.result.epoch_seconds) if self.result else 0

    @property
    def can_go_on(self) -> bool:
        """Whether its training can be continued.

        From its checkpoint, or from the start when it was ended before there was one. What broke
        its loss would do so again.
        """
        has_diverged = self.failure is not None and self.failure.kind == _DIVERGED
        is_startable = self.has_checkpoint or self.result is None
        return self.is_ended and not self.is_baseline and not has_diverged and is_startable
