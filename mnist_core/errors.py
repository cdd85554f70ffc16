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


class InvalidLabelsError(MnistCoreError, ValueError):
    """Labels do not fit together, or are outside the known digits."""


class InvalidImageError(MnistCoreError, ValueError):
    """A picture cannot be read, or has the wrong size."""


class EmptyDrawingError(InvalidImageError):
    """A picture holds nothing that could be a digit."""


class TooManyDigitsError(MnistCoreError):
    """No more digits of one's own can be kept."""


class InvalidWeightsError(MnistCoreError, ValueError):
    """Weights do not fit the network they are meant for."""


class RunNotFoundError(MnistCoreError, LookupError):
    """No run has this id."""


class RunNotReadyError(MnistCoreError):
    """The run has no trained network yet."""


class EpochNotFoundError(MnistCoreError, LookupError):
    """Of this epoch of the run no answers are stored."""


class RunReadOnlyError(MnistCoreError):
    """A baseline that ships with the app cannot be changed."""


class RunStoreError(MnistCoreError):
    """The run store cannot be read or written."""


class TrainingDivergedError(MnistCoreError, ArithmeticError):
    """The loss is no longer a number."""
