"""The settings of a training: a preset first, everything else in groups that open."""

from collections.abc import Sequence
from typing import Any, Final

import streamlit as st

from mnist_core.settings.architecture import describe_network
from mnist_core.settings.choices import ACTIVATIONS, INITIALIZERS, LOSSES, OPTIMIZERS
from mnist_core.settings.config import Augmentation, HiddenLayer, TrainingConfig
from mnist_core.settings.presets import PRESETS
from pages.ui.base.language import _, ngettext
from pages.ui.train import augmentation_preview
from pages.ui.train.setting_widgets import SettingWidgets, titled_choice

_LEARNING_RATES: Final = (1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3, 1.0, 3.0, 10.0)
_BATCH_SIZES: Final = (8, 16, 32, 64, 128, 256, 512, 1_024, 2_048)
_N_TRAIN: Final = (100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 40_000, 60_000)
_L2: Final = (0.0, 1e-6, 3e-6, 1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1)
_NEW_LAYER: Final = HiddenLayer(128)


def choose_preset() -> str:
    """Show the presets and return the slug of the chosen one."""
    titles = {slug: _(preset.title) for slug, preset in PRESETS.items()}
    return titled_choice(
        _("Start from"),
        titles,
        next(iter(PRESETS)),
        key="train.preset",
        help=_("Sets everything below to values that go together; each can be changed."),
    )


def describe(slug: str, config: TrainingConfig) -> None:
    """Say what the preset does, or that its settings have been changed."""
    preset = PRESETS[slug]
    if config == preset.config:
        st.caption(_(preset.description))
    else:
        st.caption(
            ngettext(
                "Changed: {sizes}, {n_train} images, {n} epoch.",
                "Changed: {sizes}, {n_train} images, {n} epochs.",
                config.epochs,
                sizes=describe_network(config),
                n_train=f"{config.n_train:,}",
            )
        )


def choose(slug: str) -> tuple[str, TrainingConfig]:
    """Show all settings, starting from a preset, and return the run's name and config."""
    start = PRESETS[slug].config
    widgets = SettingWidgets(slug)
    values: dict[str, Any] = {}
    for title, icon, group in (
        (_("Network"), ":material/hub:", _network),
        (_("Learning"), ":material/school:", _learning),
        (_("Against overfitting"), ":material/shield:", _regularisation),
        (_("Images"), ":material/image:", _images),
    ):
        with st.expander(title, icon=icon, key=f"train.group.{group.__name__}"):
            values |= group(widgets, start)
    config = TrainingConfig(**values)
    return slug if config == start else describe_network(config), config


def _network(widgets: SettingWidgets, start: TrainingConfig) -> dict[str, object]:
    layers = _layers(widgets, start.layers)
    initializer = widgets.choice(
        "initializer",
        _("Initial weights"),
        INITIALIZERS,
        start.initializer,
        explained=_(
            "The random numbers that the weights start from. Too small or too large, and the "
            "first layers hardly learn."
        ),
    )
    return {"layers": layers, "initializer": initializer}


def _layers(widgets: SettingWidgets, start: Sequence[HiddenLayer]) -> tuple[HiddenLayer, ...]:
    n_layers = widgets.slider(
        "layers",
        _("Hidden layers"),
        len(start),
        explained=_(
            "Layers between the 784 pixels and the ten outputs. With none, the network can "
            "only weigh each pixel for or against a digit."
        ),
    )
    layers = [*start, *[_NEW_LAYER] * (n_layers - len(start))][:n_layers]
    return tuple(_layer(widgets, number, layer) for number, layer in enumerate(layers, start=1))


def _layer(widgets: SettingWidgets, number: int, start: HiddenLayer) -> HiddenLayer:
    with st.container(border=True):
        st.markdown(_("**Hidden layer {number}**", number=number))
        units = widgets.number(
            "units",
            _("Units"),
            start.units,
            number=number,
            explained=_("How many features the layer can look for."),
        )
        activation = widgets.choice(
            "activation",
            _("Activation"),
            {name: name for name in ACTIVATIONS},
            start.activation,
            number=number,
            explained=_(
                "What a unit makes of its sum. Without it, many layers could do no more than one."
            ),
        )
        dropout = widgets.slider(
            "dropout",
            _("Dropout"),
            start.dropout,
            number=number,
            step=0.05,
            explained=_(
                "The share of units silenced at random in each step, so that none can rely on "
                "another. It works against overfitting."
            ),
        )
    return HiddenLayer(units=units, activation=activation, dropout=dropout)


def _learning(widgets: SettingWidgets, start: TrainingConfig) -> dict[str, object]:
    return {
        "epochs": widgets.slider(
            "epochs",
            _("Epochs"),
            start.epochs,
            explained=_(
                "An epoch is one pass over all training images. With more passes it learns more,"
                " until it begins to learn the images by heart."
            ),
        ),
        "learning_rate": widgets.steps(
            "learning_rate",
            _("Learning rate"),
            _LEARNING_RATES,
            start.learning_rate,
            explained=_(
                "How large a step the weights take after each batch. Too small: slow. Too large: "
                "it never settles."
            ),
            format_func=lambda rate: f"{rate:g}",
        ),
        "learning_rate_decay": widgets.slider(
            "learning_rate_decay",
            _("Learning rate decay"),
            start.learning_rate_decay,
            step=0.01,
            explained=_(
                "The share of the learning rate that each epoch takes away: large steps at first, "
                "small ones to settle at the end."
            ),
        ),
        "batch_size": widgets.steps(
            "batch_size",
            _("Batch size"),
            _BATCH_SIZES,
            start.batch_size,
            explained=_(
                "How many images are looked at before the weights take one step. Small batches "
                "take more and noisier steps."
            ),
        ),
        "optimizer": widgets.choice(
            "optimizer",
            _("Optimiser"),
            OPTIMIZERS,
            start.optimizer,
            explained=_(
                "The rule that turns the error of a batch into new weights. Adam finds a fitting "
                "step for each weight by itself; SGD takes the same for all."
            ),
        ),
        "loss": widgets.choice(
            "loss",
            _("Loss"),
            LOSSES,
            start.loss,
            explained=_(
                "What training makes small: how surprised the network is by the true digit. Both"
                " give the "
                "same numbers; one takes one-hot labels, the other (sparse) the digits themselves."
            ),
        ),
        "seed": widgets.number(
            "seed",
            _("Seed"),
            start.seed,
            explained=_(
                "Where the random numbers start. The same seed gives the same training again."
            ),
        ),
    }


def _regularisation(widgets: SettingWidgets, start: TrainingConfig) -> dict[str, object]:
    st.caption(_("Dropout is set for each layer, distorted images are set under Images."))
    return {
        "l2": widgets.steps(
            "l2",
            _("L2 penalty"),
            _L2,
            start.l2,
            explained=_(
                "Adds the squares of all weights, times this number, to the loss: large weights "
                "must be worth their price, so it learns simpler rules."
            ),
            format_func=lambda factor: f"{factor:g}",
        ),
        "patience": widgets.slider(
            "patience",
            _("Early stopping: patience"),
            start.patience,
            explained=_(
                "Ends the training when the validation loss has not fallen for so many epochs, "
                "and goes back to the best of them; 0 never does. Without a validation split "
                "the training loss is watched."
            ),
        ),
    }


def _images(widgets: SettingWidgets, start: TrainingConfig) -> dict[str, object]:
    n_train = widgets.steps(
        "n_train",
        _("Number of training images"),
        _N_TRAIN,
        start.n_train,
        explained=_(
            "With few examples, a large network learns them by heart instead of the digits."
        ),
        format_func=lambda n: f"{n:,}",
    )
    validation_split = widgets.slider(
        "validation_split",
        _("Validation split"),
        start.validation_split,
        step=0.05,
        explained=_(
            "The share of the training images that is held back, to test on after each epoch."
        ),
    )
    st.markdown(_("**Distort every image anew in each epoch**"))
    augmentation = _augmentation(widgets, start.augmentation)
    augmentation_preview.show(augmentation)
    return {
        "n_train": n_train,
        "validation_split": validation_split,
        "augmentation": augmentation,
    }


def _augmentation(widgets: SettingWidgets, start: Augmentation) -> Augmentation:
    return Augmentation(
        shift=widgets.slider(
            "shift",
            _("Shift, in pixels"),
            start.shift,
            step=0.5,
            explained=_(
                "Moves each digit by up to so many pixels, so that it learns to read it wherever "
                "it stands."
            ),
        ),
        rotation=widgets.slider(
            "rotation",
            _("Rotation, in degrees"),
            start.rotation,
            explained=_(
                "Turns each digit by up to so many degrees, so that a slanted hand does not "
                "confuse it."
            ),
        ),
        zoom=widgets.slider(
            "zoom",
            _("Zoom"),
            start.zoom,
            step=0.05,
            explained=_(
                "Makes each digit larger or smaller by up to this share, so that it does not "
                "rely on the size."
            ),
        ),
        elastic=widgets.slider(
            "elastic",
            _("Elastic distortion, in pixels"),
            start.elastic,
            step=0.1,
            explained=_(
                "Bends each digit as if it were drawn on rubber, about as another hand would "
                "write it; Simard's experiments of 2003 used about 1.4."
            ),
        ),
    )
