"""What can be chosen by name: optimisers, initialisers, losses. One entry says all of a choice.

The settings know no Keras, so an entry says in words what Keras builds: the name under which
Keras has it, and its options. `mnist_core.training` builds it from them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from mnist_core.i18n import N_


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One of the values of a setting that is chosen by name.

    Attributes:
        title: What people call it.
        help: What it does, in one sentence.
    """

    title: str
    help: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Optimizer(Choice):
    """A rule that turns gradients into steps.

    Attributes:
        keras: Name of its class in `keras.optimizers`.
        options: What the class takes beside the learning rate.
        n_slots: Numbers that it keeps for each weight, beside the weight; most keep at most two.
        fused_step: Name of its step in `training.optimizers.FUSED_STEPS`, which must give the
            weights that Keras gives; None for the step of Keras itself.
    """

    keras: str
    options: Mapping[str, float] = field(default_factory=dict)
    n_slots: int = 2
    fused_step: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Initializer(Choice):
    """The random numbers that weights start from.

    Attributes:
        keras: Name of its class in `keras.initializers`.
        options: What the class takes.
    """

    keras: str
    options: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss(Choice):
    """What training makes small.

    Attributes:
        keras: Name of its function in `keras.losses`.
        takes_one_hot: Whether it compares with one-hot labels, shape (n, 10), rather than with
            the digits, shape (n,).
    """

    keras: str
    takes_one_hot: bool


OPTIMIZERS: Final[Mapping[str, Optimizer]] = MappingProxyType(
    {
        "adam": Optimizer(
            title=N_("Adam"),
            help=N_("Finds a fitting step for each weight by itself, from the gradients so far."),
            keras="Adam",
            n_slots=2,
            fused_step="adam",
        ),
        "sgd": Optimizer(
            title=N_("SGD with momentum"),
            help=N_("Steps along the gradient of the batch, and keeps most of its speed."),
            keras="SGD",
            n_slots=1,
            options=MappingProxyType({"momentum": 0.9}),
            fused_step="momentum",
        ),
        "rmsprop": Optimizer(
            title=N_("RMSprop"),
            help=N_("Divides the step of each weight by the usual size of its gradient."),
            keras="RMSprop",
            n_slots=1,
        ),
    }
)


INITIALIZERS: Final[Mapping[str, Initializer]] = MappingProxyType(
    {
        "normal": Initializer(
            title=N_("Normal"),
            help=N_("From a normal distribution, as wide for a large layer as for a small one."),
            keras="RandomNormal",
            options=MappingProxyType({"stddev": 0.05}),
        ),
        "glorot_uniform": Initializer(
            title=N_("Glorot uniform"),
            help=N_("Evenly from a range that is narrower the more inputs and units a layer has."),
            keras="GlorotUniform",
        ),
        "he_normal": Initializer(
            title=N_("He normal"),
            help=N_("From a normal distribution that is narrower the more inputs a layer has."),
            keras="HeNormal",
        ),
    }
)


LOSSES: Final[Mapping[str, Loss]] = MappingProxyType(
    {
        "categorical_crossentropy": Loss(
            title=N_("Categorical cross-entropy"),
            help=N_("Compares the probabilities with one-hot labels."),
            keras="categorical_crossentropy",
            takes_one_hot=True,
        ),
        "sparse_categorical_crossentropy": Loss(
            title=N_("Sparse categorical cross-entropy"),
            help=N_("Compares the probabilities with the digits themselves."),
            keras="sparse_categorical_crossentropy",
            takes_one_hot=False,
        ),
    }
)
