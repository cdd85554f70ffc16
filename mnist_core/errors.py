"""Expected failures. `str(error)` is one clear English sentence, fit to show a student."""


class MnistCoreError(Exception):
    """Base of every expected failure.

    The sentence is kept as a template with named placeholders beside its values,
    so that a page can translate the template before the values are filled in.

    Args:
        template: The sentence, marked with `N_`, with `{name}` placeholders.
        **values: What the placeholders stand for.
    """

    def __init__(self, template: str, **values: object) -> None:
        super().__init__(template)
        self.template = template
        self.values = values

    def __str__(self) -> str:
        return self.template.format(**self.values)


class DatasetError(MnistCoreError):
    """The MNIST file is missing, damaged, or not MNIST."""


class InvalidConfigError(MnistCoreError, ValueError):
    """A training setting is outside its allowed range."""


class TooLargeError(MnistCoreError):
    """Settings take more memory than the machine has."""


class InvalidEnvironmentError(MnistCoreError, ValueError):
    """An environment variable of the app has a value that cannot be used."""


class InvalidLabelsError(MnistCoreError, ValueError):
    """Labels do not fit together, or are outside the known digits."""


class InvalidImageError(MnistCoreError, ValueError):
    """A picture cannot be read, or has the wrong size."""


class EmptyDrawingError(InvalidImageError):
    """A picture holds nothing that could be a digit."""


class TooManyDigitsError(MnistCoreError):
    """No more own digits can be kept."""


class DamagedError(MnistCoreError, ValueError):
    """Base of what is wrong with stored bytes: damaged, or not what they are meant for."""


class InvalidWeightsError(DamagedError):
    """Weights are damaged, or do not fit the network they are meant for."""


class InvalidAnswersError(DamagedError):
    """The stored answers of an epoch are damaged."""


class InvalidRunError(DamagedError):
    """The row of a run is damaged."""


class InvalidCheckpointError(DamagedError):
    """A checkpoint is damaged, or does not fit the network that is to go on from it."""


class InvalidFineTuningError(DamagedError):
    """What a fine-tuned run is to begin with is damaged."""


class InvalidOwnDigitsError(DamagedError):
    """One of the stored own digits is damaged."""


class InvalidBaselineError(DamagedError):
    """A file of a network that ships with the app is missing or damaged."""


class RunNotFoundError(MnistCoreError, LookupError):
    """No run has this id."""


class RunNotReadyError(MnistCoreError):
    """The run does not (yet) have what is asked of it: a trained network, more epochs."""


class EpochNotFoundError(MnistCoreError, LookupError):
    """No answers are stored for this epoch of the run."""


class RunReadOnlyError(MnistCoreError):
    """A baseline that ships with the app cannot be changed."""


class RunStoreError(MnistCoreError):
    """Base of what keeps the store of runs and own digits from being read or written."""


class StoreLockedError(RunStoreError):
    """Another program does not let go of the store."""


class StoreReadOnlyError(RunStoreError):
    """The store can be read, not written."""


class StoreFullError(RunStoreError):
    """There is no room for more."""


class StoreDamagedError(RunStoreError):
    """The file of the store is damaged, or of another kind."""


class StoreNewerError(RunStoreError):
    """A newer version of the app has written the store."""


class StoreUnreachableError(RunStoreError):
    """The database does not answer, or its file cannot be opened."""


class WorkerError(MnistCoreError):
    """Base of what ends a training through no fault of its settings or of the store."""


class WorkerDiedError(WorkerError):
    """The process that trained was killed."""


class WorkerSilentError(WorkerError):
    """The process that trains has given no sign of life for too long."""


class WorkerClosedError(WorkerError):
    """Somebody closed the app, or the command in the terminal, in the middle of a training."""


class WorkerCrashedError(WorkerError):
    """An error that nobody expected ended the training: a bug."""


class TrainingDivergedError(MnistCoreError, ArithmeticError):
    """The loss is no longer a number."""


class OutOfMemoryError(MnistCoreError):
    """There was not enough memory to go on with a training."""
