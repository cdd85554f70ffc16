"""The settings of a training: a preset first, everything else in groups that open."""

from collections.abc import Sequence
from typing import Any, Final

import streamlit as st

from mnist_core.settings.architecture import describe_network
from mnist_core.settings.config import Augmentation, HiddenLayer, TrainingConfig
from mnist_core.settings.cost import memory_bytes
from mnist_core.settings.presets import PRESETS
from mnist_core.settings.setting import Group
from mnist_core.workers import machine
from pages.ui.base.language import _, ngettext
from pages.ui.base.numbers import duration
from pages.ui.train import augmentation_preview
from pages.ui.train.setting_widgets import SettingWidgets, titled_choice

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


def describe_cost(config: TrainingConfig) -> None:
    """Say what the training will take on this machine."""
    st.caption(
        _(
            "On this machine: about {time}, with {gigabytes} GB of memory.",
            time=duration(machine.seconds(config)),
            gigabytes=f"{memory_bytes(config) / 1e9:.1f}",
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


def _network(widgets: SettingWidgets, start: TrainingConfig) -> dict[str, Any]:
    layers = _layers(widgets, start.layers)
    return {"layers": layers, **widgets.show_group(Group.NETWORK, start)}


def _layers(widgets: SettingWidgets, start: Sequence[HiddenLayer]) -> tuple[HiddenLayer, ...]:
    n_layers = widgets.show("layers", len(start))
    layers = [*start, *[_NEW_LAYER] * (n_layers - len(start))][:n_layers]
    return tuple(_layer(widgets, number, layer) for number, layer in enumerate(layers, start=1))


def _layer(widgets: SettingWidgets, number: int, start: HiddenLayer) -> HiddenLayer:
    with st.container(border=True):
        st.markdown(_("**Hidden layer {number}**", number=number))
        return HiddenLayer(**widgets.show_group(Group.LAYER, start, number=number))


def _learning(widgets: SettingWidgets, start: TrainingConfig) -> dict[str, Any]:
    return widgets.show_group(Group.LEARNING, start)


def _regularisation(widgets: SettingWidgets, start: TrainingConfig) -> dict[str, Any]:
    st.caption(_("Dropout is set for each layer, distorted images are set under Images."))
    return widgets.show_group(Group.REGULARISATION, start)


def _images(widgets: SettingWidgets, start: TrainingConfig) -> dict[str, Any]:
    values = widgets.show_group(Group.IMAGES, start)
    st.markdown(_("**Distort every image anew in each epoch**"))
    augmentation = Augmentation(**widgets.show_group(Group.DISTORTIONS, start.augmentation))
    augmentation_preview.show(augmentation)
    return {**values, "augmentation": augmentation}
