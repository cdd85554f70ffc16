"""The network of the settings, and how it learns."""

from html import escape

import pandas as pd
import streamlit as st

from mnist_core.settings.architecture import count_parameters, describe_network, layer_summaries
from mnist_core.settings.config import TrainingConfig
from pages.ui.base.language import _
from pages.ui.train import network_picture


def show(config: TrainingConfig, *, is_open: bool) -> None:
    """Draw a network, and show its layers with their output shapes and parameter counts.

    Args:
        config: The settings.
        is_open: Whether all of it is in sight at first, and stays so beside a long list of
            settings; otherwise its sizes only, above what follows.
    """
    # Each state has its own keys: what is closed when a run takes the place was never open.
    state = "open" if is_open else "closed"
    with (
        st.container(key=f"train-network-{state}"),
        st.expander(
            _("The network to be trained: {sizes}", sizes=describe_network(config)),
            expanded=is_open,
            icon=":material/hub:",
            key=f"train.network.{state}",
        ),
    ):
        network_picture.show(config)
        _layer_table(config)


def _layer_table(config: TrainingConfig) -> None:
    frame = pd.DataFrame(
        [
            {
                _("Layer"): f"{row.name} ({row.kind})",
                _("Output shape"): str(row.output_shape),
                _("Parameters"): f"{row.n_parameters:,}",
            }
            for row in layer_summaries(config)
        ]
    )
    st.table(frame, hide_index=True)
    st.caption(
        _(
            "{n} numbers to adjust: one weight for each connection between two units, one bias "
            "for each unit. None in a shape stands for any number of images.",
            n=f"{count_parameters(config):,}",
        )
    )


def learning_loop() -> None:
    """Draw the learning loop: four stations onward, two back."""
    st.subheader(_("One step of learning"), anchor=False)
    stations = (
        ("input", _("Input"), _("a batch of images, 784 numbers each")),
        ("layers", _("Layers"), _("weigh the numbers and add them up")),
        ("prediction", _("Prediction"), _("ten probabilities for each image")),
        ("loss", _("Loss"), _("compares with the true answer: how wrong is it?")),
        ("optimiser", _("Optimiser"), _("finds how each weight would lower the loss")),
        ("weights", _("New weights"), _("for the layers; then the next batch, back at 1")),
    )
    boxes = "".join(
        f'<div class="mnist-{name}"><b>{number} {escape(title)}</b>{escape(text)}</div>'
        for number, (name, title, text) in enumerate(stations, start=1)
    )
    st.html(f'<div class="mnist-loop">{boxes}</div>')
