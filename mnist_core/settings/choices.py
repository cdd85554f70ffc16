"""What can be chosen by name: activations, optimisers, initialisers, losses."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from mnist_core.i18n import N_

ACTIVATIONS: Final = ("relu", "sigmoid", "tanh", "elu")


OPTIMIZERS: Final[Mapping[str, str]] = MappingProxyType(
    {"adam": N_("Adam"), "sgd": N_("SGD with momentum"), "rmsprop": N_("RMSprop")}
)


INITIALIZERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "normal": N_("Normal"),
        "glorot_uniform": N_("Glorot uniform"),
        "he_normal": N_("He normal"),
    }
)


LOSSES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "categorical_crossentropy": N_("Categorical cross-entropy"),
        "sparse_categorical_crossentropy": N_("Sparse categorical cross-entropy"),
    }
)
