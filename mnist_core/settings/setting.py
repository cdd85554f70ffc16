"""What is to be said of a setting: its words, its limits, and how it is chosen and written."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from mnist_core.settings.choices import Choice


class Group(StrEnum):
    """The settings that are shown together."""

    LAYERS = "layers"  # how many there are
    LAYER = "layer"  # of each hidden layer: the fields of `HiddenLayer`
    NETWORK = "network"  # of all layers alike
    LEARNING = "learning"
    REGULARISATION = "regularisation"
    IMAGES = "images"
    DISTORTIONS = "distortions"  # the fields of `Augmentation`


class Widget(StrEnum):
    """How a value is chosen on a page."""

    SLIDER = "slider"
    NUMBER = "number"
    STEPS = "steps"  # a slider that stops at certain values only
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class Limit:
    """The smallest and largest value a setting may have; for a whole number, both are int."""

    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What is to be said of one setting.

    Attributes:
        title: What people call it, with its unit.
        help: What it does to learning.
        group: What it is shown with, in the order of the table.
        widget: How it is chosen.
        limit: The limits of a number.
        choices: What can be chosen by name, slug -> entry; empty for numbers.
        step: The distance from one value of a slider, or of a number that is entered, to the next.
        steps: The values at which a slider of steps stops, in rising order.
        form: How a number is written, as `format` takes it; None for whole numbers with commas
            between the thousands, and for others with as many digits as they need.
    """

    title: str
    help: str
    group: Group
    widget: Widget
    limit: Limit | None = None
    choices: Mapping[str, Choice] = field(default_factory=dict)
    step: float = 1
    steps: tuple[float, ...] = ()
    form: str | None = None

    @property
    def is_whole(self) -> bool:
        """Whether its values are whole numbers."""
        return self.limit is not None and isinstance(self.limit.low, int)

    @property
    def kind(self) -> type[str] | type[int] | type[float]:
        """The type of its values, which also reads one from text."""
        if self.choices:
            return str
        return int if self.is_whole else float

    def write(self, value: object) -> str:
        """Write a number; anything else, such as a name, stays as it is."""
        if not isinstance(value, int | float):
            return str(value)
        return format(value, self.form or ("," if self.is_whole else "g"))
