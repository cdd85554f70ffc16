"""The settings of a training: a preset first, everything else under "More settings"."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeVar

import streamlit as st

from mnist_core.config import (
    ACTIVATIONS,
    INITIALIZERS,
    LIMITS,
    LOSSES,
    OPTIMIZERS,
    PRESETS,
    HiddenLayer,
    TrainingConfig,
    describe_network,
)
from pages.ui.language import _

Choice = TypeVar("Choice")

_LEARNING_RATES: Final = (1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3, 1.0, 3.0, 10.0)
_BATCH_SIZES: Final = (8, 16, 32, 64, 128, 256, 512, 1_024, 2_048)
_N_TRAIN: Final = (100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 40_000, 60_000)
_NEW_LAYER: Final = HiddenLayer(128)


def choose_preset() -> str:
    """Show the presets and return the slug of the chosen one."""
    titles = {slug: _(preset.title) for slug, preset in PRESETS.items()}
    return _titled_choice(_("Start from"), titles, next(iter(PRESETS)), key="train.preset")


def describe(slug: str, config: TrainingConfig) -> None:
    """Say what the preset does, or that its settings have been changed."""
    preset = PRESETS[slug]
    if config == preset.config:
        st.caption(_(preset.description))
    else:
        st.caption(
            _(
                "Changed: {sizes}, {n_train} images, {epochs} epochs.",
                sizes=describe_network(config),
                n_train=f"{config.n_train:,}",
                epochs=config.epochs,
            )
        )


def choose(slug: str) -> tuple[str, TrainingConfig]:
    """Show all settings, starting from a preset, and return the run's name and config."""
    start = PRESETS[slug].config
    with st.expander(_("More settings"), icon=":material/tune:"):
        config = _Form(slug).show(start)
    return slug if config == start else describe_network(config), config


def _titled_choice(
    label: str,
    titles: Mapping[str, str],
    start: str,
    *,
    key: str,
    help: str | None = None,  # noqa: A002
) -> str:
    """Show a choice whose titles are translated."""
    # Set anew in every run: otherwise the browser keeps the title of the language before.
    st.session_state[key] = st.session_state.get(key, start)
    return st.selectbox(
        label,
        list(titles),
        format_func=lambda slug: titles[slug],
        key=key,
        help=help,
        persist_state="session",
    )


class _Form:
    """Widgets whose keys carry the preset, so that each preset keeps its own changes."""

    def __init__(self, preset: str) -> None:
        self._prefix = f"train.{preset}"

    def show(self, start: TrainingConfig) -> TrainingConfig:
        """Show a widget for every setting, starting from a config."""
        layers = self._layers(start.layers)
        epochs = self._slider(
            "epochs",
            _("Epochs"),
            start.epochs,
            explained=_(
                "An epoch is one pass over all training images. With more passes it learns more,"
                " until it begins to learn the images by heart."
            ),
        )
        learning_rate = self._steps(
            "learning_rate",
            _("Learning rate"),
            _LEARNING_RATES,
            start.learning_rate,
            explained=_(
                "How large a step the weights take after each batch. Too small: slow. Too large: "
                "it never settles."
            ),
            format_func=lambda rate: f"{rate:g}",
        )
        batch_size = self._steps(
            "batch_size",
            _("Batch size"),
            _BATCH_SIZES,
            start.batch_size,
            explained=_("How many images are looked at before the weights take one step."),
        )
        n_train = self._steps(
            "n_train",
            _("Number of training images"),
            _N_TRAIN,
            start.n_train,
            explained=_(
                "With few examples, a large network learns them by heart instead of the digits."
            ),
            format_func=lambda n: f"{n:,}",
        )
        validation_split = self._slider(
            "validation_split",
            _("Validation split"),
            start.validation_split,
            step=0.05,
            explained=_(
                "The share of the training images that is held back, to test on after each epoch."
            ),
        )
        optimizer = self._choice(
            "optimizer",
            _("Optimiser"),
            OPTIMIZERS,
            start.optimizer,
            explained=_("The rule that turns the error of a batch into new weights."),
        )
        initializer = self._choice(
            "initializer",
            _("Initial weights"),
            INITIALIZERS,
            start.initializer,
            explained=_("The random numbers that the weights start from."),
        )
        loss = self._choice(
            "loss",
            _("Loss"),
            LOSSES,
            start.loss,
            explained=_(
                "What training makes small: how surprised the network is by the true digit. Both"
                " give the "
                "same numbers; one takes one-hot labels, the other (sparse) the digits themselves."
            ),
        )
        seed = st.number_input(
            _("Seed"),
            min_value=int(LIMITS["seed"].low),
            max_value=int(LIMITS["seed"].high),
            value=start.seed,
            key=f"{self._prefix}.seed",
            persist_state="session",
            help=_("Where the random numbers start. The same seed gives the same training again."),
        )
        return TrainingConfig(
            layers=layers,
            optimizer=optimizer,
            learning_rate=learning_rate,
            batch_size=batch_size,
            epochs=epochs,
            validation_split=validation_split,
            loss=loss,
            initializer=initializer,
            n_train=n_train,
            seed=int(seed),
        )

    def _layers(self, start: Sequence[HiddenLayer]) -> tuple[HiddenLayer, ...]:
        n_layers = self._slider(
            "layers",
            _("Hidden layers"),
            len(start),
            explained=_(
                "Layers between the 784 pixels and the ten outputs. With none, the network can "
                "only weigh each pixel for or against a digit."
            ),
        )
        layers = [*start, *[_NEW_LAYER] * (n_layers - len(start))][:n_layers]
        return tuple(self._layer(number, layer) for number, layer in enumerate(layers, start=1))

    def _layer(self, number: int, start: HiddenLayer) -> HiddenLayer:
        with st.container(border=True):
            st.markdown(_("**Hidden layer {number}**", number=number))
            units = st.number_input(
                _("Units"),
                min_value=int(LIMITS["units"].low),
                max_value=int(LIMITS["units"].high),
                value=start.units,
                key=f"{self._prefix}.units.{number}",
                persist_state="session",
                help=_("How many features the layer can look for."),
            )
            activation = st.selectbox(
                _("Activation"),
                ACTIVATIONS,
                index=ACTIVATIONS.index(start.activation),
                key=f"{self._prefix}.activation.{number}",
                persist_state="session",
                help=_(
                    "What a unit makes of its sum. Without it, many layers could do no more than "
                    "one."
                ),
            )
            dropout = self._slider(
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
        return HiddenLayer(units=int(units), activation=activation, dropout=dropout)

    def _slider(
        self,
        name: str,
        label: str,
        value: Any,
        *,
        explained: str,
        step: Any = 1,
        number: int = 0,
    ) -> Any:
        limit = LIMITS[name]
        kind = type(value)
        return st.slider(
            label,
            kind(limit.low),
            kind(limit.high),
            value,
            step,
            key=f"{self._prefix}.{name}.{number}",
            help=explained,
            persist_state="session",
        )

    def _steps(
        self,
        name: str,
        label: str,
        options: Sequence[Choice],
        value: Choice,
        *,
        explained: str,
        format_func: Callable[[Choice], str] = str,
    ) -> Choice:
        return st.select_slider(
            label,
            options,
            value,
            format_func=format_func,
            key=f"{self._prefix}.{name}",
            help=explained,
            persist_state="session",
        )

    def _choice(
        self,
        name: str,
        label: str,
        options: Mapping[str, str],
        value: str,
        *,
        explained: str,
    ) -> str:
        titles = {slug: _(title) for slug, title in options.items()}
        return _titled_choice(label, titles, value, key=f"{self._prefix}.{name}", help=explained)
