"""The network of a config as a picture: columns of circles, and lines for the connections."""

from collections.abc import Iterable, Sequence
from functools import cache
from html import escape
from itertools import pairwise
from typing import Final

import streamlit as st

from mnist_core.data.dataset import load_preview
from mnist_core.figures.network_layout import DrawnLayer, connect, lay_out_network
from mnist_core.settings.activations import ACTIVATIONS
from mnist_core.settings.config import HiddenLayer, TrainingConfig
from pages.ui.base.language import _, ngettext
from pages.ui.base.numbers import percent
from pages.ui.widgets import tiles

# Many lines are drawn fainter than few, or they would close to one surface.
_INK: Final = 4.5
_MOST_INK: Final = 0.6


def show(config: TrainingConfig) -> None:
    """Draw the network, and say what the picture leaves out."""
    # As Markdown: st.html takes SVG out, and this redraws only what has changed.
    st.markdown(_html(config), unsafe_allow_html=True)
    st.caption(
        _(
            "Every unit is connected to every unit of the next layer: the layers are fully "
            "connected (dense). Of a large layer, only some units are drawn: the more units, the "
            "more circles."
        )
    )
    if any(any(layer.is_dropped) for layer in lay_out_network(config)):
        st.caption(
            _(
                "Crossed-out circles are units that dropout silences in one training step; each "
                "step silences different ones. When the network reads a digit, all of them work."
            )
        )


def _html(config: TrainingConfig) -> str:
    drawn = lay_out_network(config)
    connections = ("", *(_connections(*pair) for pair in pairwise(drawn)))
    stages = zip(drawn, connections, _circles(drawn), _captions(config), strict=True)
    columns = "".join(
        f'<div class="mnist-stage" style="--slot:{layer.slot:.4f}">'
        f'<div class="mnist-axis">{lines}{circles}</div>'
        f'<div class="mnist-stage-text">{_lines_of_text(texts)}</div></div>'
        for layer, lines, circles, texts in stages
    )
    label = escape(" ".join(_sentences(config)))
    return (
        f'<div class="mnist-network" role="img" aria-label="{label}">'
        f'<div class="mnist-stages">{columns}</div></div>'
    )


def _connections(before: DrawnLayer, after: DrawnLayer) -> str:
    """Draw the lines between two layers, from left (0) to right (100), with their number."""
    lines = connect(before, after)
    path = "".join(f"M0 {100 * start:.1f}L100 {100 * end:.1f}" for start, end in lines)
    ink = min(_INK / len(lines) ** 0.5, _MOST_INK)
    n_weights = before.units * after.units
    text = escape(ngettext("{n} weight", "{n} weights", n_weights))
    return (
        '<svg class="mnist-lines" viewBox="0 0 100 100" preserveAspectRatio="none">'
        f'<path d="{path}" opacity="{ink:.2f}" vector-effect="non-scaling-stroke"></path></svg>'
        f'<div class="mnist-lines-text">{text}</div>'
    )


def _circles(drawn: Sequence[DrawnLayer]) -> Iterable[str]:
    """Draw the units of each layer: pixels with the digit they come from, hidden ones, digits."""
    pixels, *hidden, digits = drawn
    yield _digit() + _units(pixels, "mnist-pixel")
    yield from (_units(layer, "mnist-hidden") for layer in hidden)
    yield _units(digits, "mnist-digit", names=[str(digit) for digit in range(digits.units)])


def _units(layer: DrawnLayer, kind: str, *, names: Sequence[str] = ()) -> str:
    circles = (
        _mark("mnist-unit mnist-dropped" if is_dropped else f"mnist-unit {kind}", at, name)
        for at, is_dropped, name in zip(
            layer.at, layer.is_dropped, names or [""] * len(layer.at), strict=True
        )
    )
    return "".join((*circles, *(_mark("mnist-dot", at) for at in layer.dots)))


def _mark(kind: str, at: float, name: str = "") -> str:
    return f'<i class="{kind}" style="--at:{at:.1%}">{escape(name)}</i>'


@cache
def _digit() -> str:
    """Show the first test digit, and how its pixels become a row."""
    images, _labels = load_preview(1)
    return (
        f'<img class="mnist-pixels" src="{tiles.data_uri(images[0])}" alt="" />'
        '<div class="mnist-unrolled"></div>'
    )


def _captions(config: TrainingConfig) -> Iterable[Sequence[str]]:
    yield (_("Input"), _("28 × 28 pixels = 784 numbers"))
    for number, layer in enumerate(config.layers, start=1):
        yield _hidden_caption(number, layer)
    yield (_("Output"), _("10 units, one for each digit"), _("softmax: ten probabilities"))


def _hidden_caption(number: int, layer: HiddenLayer) -> Sequence[str]:
    lines = (
        _("Hidden layer {number}", number=number),
        ngettext("{n} unit", "{n} units", layer.units),
        _("activation {name}", name=_activation(layer)),
    )
    if not layer.dropout:
        return lines
    return (*lines, _("dropout silences {share}", share=percent(layer.dropout, digits=0)))


def _activation(layer: HiddenLayer) -> str:
    return _(ACTIVATIONS[layer.activation].title)


def _lines_of_text(lines: Sequence[str]) -> str:
    title, *others = (escape(line) for line in lines)
    return f"<b>{title}</b>" + "".join(f"<span>{line}</span>" for line in others)


def _sentences(config: TrainingConfig) -> Iterable[str]:
    """Say the network for those who do not see it, a sentence for each part."""
    yield _("A picture of the network, from 784 pixels to ten probabilities, one for each digit.")
    if not config.layers:
        yield _("It has no hidden layer: every pixel is connected to every output.")
    for number, layer in enumerate(config.layers, start=1):
        yield ngettext(
            "Hidden layer {number} has {n} unit with the activation {activation}.",
            "Hidden layer {number} has {n} units with the activation {activation}.",
            layer.units,
            number=number,
            activation=_activation(layer),
        )
        if layer.dropout:
            yield _(
                "Dropout silences {share} of hidden layer {number} in each training step.",
                share=percent(layer.dropout, digits=0),
                number=number,
            )
