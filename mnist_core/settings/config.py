"""A training as values: a config, its hidden layers, its distortions. Each is checked."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from mnist_core.errors import InvalidConfigError
from mnist_core.i18n import N_
from mnist_core.settings.fields import SETTINGS, limit_of
from mnist_core.settings.setting import Limit


def _check(name: str, value: object) -> None:
    setting = SETTINGS[name]
    if setting.choices:
        _check_choice(name, value, tuple(setting.choices))
    elif setting.is_whole:
        _check_whole(name, value)
    else:
        _check_number(name, value)


def _check_whole(name: str, value: object) -> None:
    if type(value) is not int or not _is_within(limit_of(name), value):
        raise _outside(
            N_("{name} must be a whole number from {low} to {high}, got {value}"), name, value
        )


def _check_number(name: str, value: object) -> None:
    if type(value) not in (int, float) or not _is_within(limit_of(name), value):
        raise _outside(N_("{name} must be a number from {low} to {high}, got {value}"), name, value)


def _is_within(limit: Limit, value: Any) -> bool:
    # False for nan, as every comparison with it.
    return bool(limit.low <= value <= limit.high)


def _outside(template: str, name: str, value: object) -> InvalidConfigError:
    limit = limit_of(name)
    return InvalidConfigError(template, name=name, low=limit.low, high=limit.high, value=value)


def _check_choice(name: str, value: object, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise InvalidConfigError(
            N_("{name} must be one of {choices}, got {value}"),
            name=name,
            choices=", ".join(choices),
            value=value,
        )


@dataclass(frozen=True, slots=True)
class HiddenLayer:
    """A fully connected layer with its activation, and the dropout after it.

    Raises:
        InvalidConfigError: A value is outside its limits; the message names rule and value.
    """

    units: int
    activation: str = "relu"
    dropout: float = 0.0  # share of the outputs that is set to 0 in each training step, 0..0.9

    def __post_init__(self) -> None:
        for field in fields(self):
            _check(field.name, getattr(self, field.name))


@dataclass(frozen=True, slots=True, kw_only=True)
class Augmentation:
    """How strongly each training image is distorted, anew in every epoch; 0 is not at all.

    Attributes:
        shift: Largest shift along each axis, in pixels.
        rotation: Largest turn either way, in degrees.
        zoom: Largest change of size, as a share: 0.1 gives 0.9 to 1.1 times the size.
        elastic: Standard deviation of the elastic displacement, in pixels; the one of Simard,
            Steinkraus and Platt (2003), sigma 4 and alpha 34, is about 1.4.

    Raises:
        InvalidConfigError: A value is outside its limits; the message names rule and value.
    """

    shift: float = 0.0
    rotation: float = 0.0
    zoom: float = 0.0
    elastic: float = 0.0

    def __post_init__(self) -> None:
        for field in fields(self):
            _check(field.name, getattr(self, field.name))

    @property
    def is_on(self) -> bool:
        """Whether anything is distorted at all."""
        return self != Augmentation()


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingConfig:
    """Everything that decides a training: same config, same result.

    Raises:
        InvalidConfigError: A value is outside its limits; the message names rule and value.
    """

    layers: tuple[HiddenLayer, ...] = (HiddenLayer(512),)
    optimizer: str = "adam"
    learning_rate: float = 1e-3
    batch_size: int = 128
    epochs: int = 5  # passes over the training images
    validation_split: float = 0.0  # share held back, the last part of the training images
    loss: str = "sparse_categorical_crossentropy"
    initializer: str = "glorot_uniform"
    n_train: int = 60_000  # the first n training images
    l2: float = 0.0  # factor of the sum of squared weights that is added to the loss
    learning_rate_decay: float = 0.0  # share of the learning rate that each epoch takes away
    patience: int = 0  # stop after so many epochs without a lower loss; 0 is never
    augmentation: Augmentation = Augmentation()
    seed: int = 0

    def __post_init__(self) -> None:
        _check("layers", len(self.layers))
        for field in fields(self):
            # Layers and distortions have checked what they hold.
            if field.name not in ("layers", "augmentation"):
                _check(field.name, getattr(self, field.name))

    @property
    def n_fit(self) -> int:
        """Training images that the weights are fitted to, after the validation part is taken."""
        # As Keras does it, so that both hold back the same images.
        return math.floor(self.n_train * (1 - self.validation_split))

    @property
    def n_batches(self) -> int:
        """Steps in an epoch; the last batch may be smaller."""
        return math.ceil(self.n_fit / self.batch_size)

    @property
    def has_training_noise(self) -> bool:
        """Whether training adds noise that is gone afterwards: dropout, distortions."""
        return self.augmentation.is_on or any(layer.dropout for layer in self.layers)

    def learning_rate_in(self, epoch: int) -> float:
        """Return the learning rate of an epoch, counted from 1; a step size, above 0."""
        return float(self.learning_rate * (1 - self.learning_rate_decay) ** (epoch - 1))

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "TrainingConfig":
        """Build a config from plain values; what is left out takes its default.

        Raises:
            InvalidConfigError: An unknown setting, or a value outside its limits.
        """
        _check_known(cls, values)
        nested: dict[str, Any] = {}
        if "layers" in values:
            layers = values["layers"]
            if not isinstance(layers, list | tuple):
                raise InvalidConfigError(N_("layers must be a list, got {value}"), value=layers)
            nested["layers"] = tuple(_layer_from(layer) for layer in layers)
        if "augmentation" in values:
            _check_known(Augmentation, values["augmentation"])
            nested["augmentation"] = Augmentation(**values["augmentation"])
        return cls(**{**values, **nested})


def _check_known(cls: type, values: object) -> None:
    if not isinstance(values, Mapping):
        raise InvalidConfigError(N_("settings must be a table of names and values"))
    known = {field.name for field in fields(cls)}
    for name in values:
        if name not in known:
            raise InvalidConfigError(N_("there is no setting named {name}"), name=name)


def _layer_from(values: Mapping[str, Any]) -> HiddenLayer:
    _check_known(HiddenLayer, values)
    if "units" not in values:
        raise InvalidConfigError(N_("every hidden layer needs its number of units"))
    return HiddenLayer(**values)
