"""What a network does with one image: the panel for an image of MNIST or a drawn digit."""

import html
from typing import Final

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from mnist_core.data.parts import Part
from mnist_core.evaluation.certainty import certainty
from mnist_core.figures.evidence import activation_strip, evidence_picture
from mnist_core.network.explanation import Explanation, LayerActivations, explain
from mnist_core.network.neighbours import nearest_images
from mnist_core.runs.run import Run
from mnist_core.settings.activations import ACTIVATIONS
from pages.ui.base import cache
from pages.ui.base.language import _
from pages.ui.base.numbers import percent
from pages.ui.widgets import answer, tile_captions, tiles

_PICTURE: Final = 224
_ANSWER: Final = 320
_NEIGHBOUR: Final = 78
_STRIP_SCALE: Final = 2.6  # pixels of the screen for one of the strip, where there is room


def prepare(run: Run) -> None:
    """Begin, in the background, what takes long the first time that an image is shown."""
    if run.config.layers:
        cache.hidden_index(run)


def show(
    run: Run,
    image: NDArray[np.uint8],
    *,
    title: str,
    note: str = "",
    key: str,
    true: int | None = None,
    train_row: int | None = None,
) -> None:
    """Show what the network of a run does with an image.

    Args:
        run: A trained run.
        image: uint8, shape (28, 28).
        title: The headline.
        note: What is to be known beforehand.
        key: Begins the keys of the widgets.
        true: The true digit; None for a drawn one.
        train_row: The image's row among the training images, if it is one: it is left out of its
            own neighbours.
    """
    explanation = explain(cache.network(run), image, true=true)
    st.subheader(title, anchor=False)
    if note:
        st.info(note)
    with st.container(horizontal=True, gap="medium"):
        with st.container(width=_PICTURE):
            _show_image(image, explanation, true)
        with st.container(width=_PICTURE):
            _show_evidence(explanation, true)
        with st.container(width=_ANSWER):
            _show_probabilities(explanation, key)
    _show_activations(explanation)
    expected = explanation.predicted if true is None else true
    _show_nearest_pixels(run, image, expected, train_row)
    if explanation.layers:
        _show_nearest_to_the_network(run, image, expected, train_row)


def _show_image(image: NDArray[np.uint8], explanation: Explanation, true: int | None) -> None:
    st.markdown(_("**What the network receives**"))
    st.html(tiles.picture_html(image, label=_("The digit as 28 × 28 pixels"), width=_PICTURE))
    st.write(_verdict(explanation, true))


def _verdict(explanation: Explanation, true: int | None) -> str:
    values = {
        "predicted": explanation.predicted,
        "sure": certainty(
            float(explanation.probabilities.max()),
            digits=1,
            is_right=true in (None, explanation.predicted),
        ),
    }
    if true is None:
        return _("It reads {predicted}, {sure} sure.", **values)
    if true == explanation.predicted:
        return _("✓ It reads {predicted}, {sure} sure, and that is right.", **values)
    return _(
        "✗ It reads {predicted}, {sure} sure, but this is a {true}; to {true} it gives "
        "{true_sure}.",
        true=true,
        true_sure=percent(float(explanation.probabilities[true]), digits=1),
        **values,
    )


def _show_evidence(explanation: Explanation, true: int | None) -> None:
    values = {"predicted": explanation.predicted, "other": explanation.compared_with}
    st.markdown(_("**Evidence for {predicted} or {other}**", **values))
    st.html(
        tiles.picture_html(
            evidence_picture(explanation.evidence),
            label=_(
                "The pixels that spoke for {predicted} in orange, those for {other} in blue",
                **values,
            ),
            width=_PICTURE,
        )
        + _legend(
            {
                "for": _("orange: for {predicted}", **values),
                "against": _("blue: for {other}", **values),
            }
        )
    )
    st.caption(_evidence_sentence(explanation, true))


def _evidence_sentence(explanation: Explanation, true: int | None) -> str:
    values = {"predicted": explanation.predicted, "other": explanation.compared_with}
    if explanation.compared_with == true:
        return _(
            "Orange ink raised the score of {predicted} against that of {other}, the true digit; "
            "blue ink lowered it. (Evidence: the brightness of a pixel times its gradient.)",
            **values,
        )
    return _(
        "Orange ink raised the score of {predicted} against that of {other}, the runner-up; blue "
        "ink lowered it. (Evidence: the brightness of a pixel times its gradient.)",
        **values,
    )


def _legend(texts: dict[str, str]) -> str:
    """Return what the named colours say, as HTML."""
    entries = "".join(
        f'<span><i style="background:var(--mnist-{colour})"></i>{html.escape(text)}</span>'
        for colour, text in texts.items()
    )
    return f'<div class="mnist-evidence-legend">{entries}</div>'


def _show_probabilities(explanation: Explanation, key: str) -> None:
    st.markdown(_("**Its ten probabilities**"))
    answer.bars(explanation.probabilities, key=f"{key}.probabilities")


def _show_activations(explanation: Explanation) -> None:
    if not explanation.layers:
        st.write(
            _(
                "This network has no hidden layer: the pixels alone, each with its weights, make "
                "up the scores of the ten digits."
            )
        )
        return
    for number, layer in enumerate(explanation.layers, start=1):
        st.markdown(_("**Activations of hidden layer {number}**", number=number))
        st.html(_strip_html(layer, number))
        st.caption(_activations_sentence(layer))


def _strip_html(layer: LayerActivations, number: int) -> str:
    label = _(
        "{n_units} cells, bright where a unit of hidden layer {number} is active",
        n_units=f"{len(layer.outputs):,}",
        number=number,
    )
    strip = activation_strip(layer)
    return (
        f'<img class="mnist-strip" src="{tiles.data_uri(strip)}" alt="{html.escape(label)}" '
        f'style="width:{_STRIP_SCALE * strip.shape[1]}px">'
    )


def _activations_sentence(layer: LayerActivations) -> str:
    n_units = f"{len(layer.outputs):,}"
    if layer.n_active is None:
        return _(
            "One cell for each of the {n_units} units. The brighter the cell, the higher the "
            "unit's output, its activation ({function}).",
            n_units=n_units,
            function=_(ACTIVATIONS[layer.activation].title),
        )
    return _(
        "One cell for each of the {n_units} units. The brighter the cell, the higher the unit's "
        "output, its activation. {n_active} of them are active for this image, the others output "
        "0.",
        n_units=n_units,
        n_active=f"{layer.n_active:,}",
    )


def _show_nearest_pixels(
    run: Run, image: NDArray[np.uint8], expected: int, train_row: int | None
) -> None:
    st.markdown(_("**Nearest training images, by their pixels**"))
    learned = cache.images_of(run, Part.TRAIN).images
    rows = nearest_images(learned, image, without=train_row)
    _show_neighbours(rows, expected, label=_("Nearest training images, by their pixels"))
    st.caption(
        _(
            "Of the {n} MNIST images that the network learned from, these differ least from it, "
            "pixel by pixel. A frame and ≠ mark a label other than {digit}.",
            n=f"{len(learned):,}",
            digit=expected,
        )
    )


def _show_nearest_to_the_network(
    run: Run, image: NDArray[np.uint8], expected: int, train_row: int | None
) -> None:
    st.markdown(_("**Nearest training images, to the network**"))
    # Last on the panel: all else is seen already while this waits for the index.
    with st.spinner(_("Passing the training images through the network…")):
        rows = cache.hidden_index(run).result().nearest(image, without=train_row)
    _show_neighbours(rows, expected, label=_("Nearest training images, to the network"))
    st.caption(
        _(
            "It reminds the network of these: in its last hidden layer, their activations are the "
            "nearest."
        )
    )


def _show_neighbours(rows: NDArray[np.int64], expected: int, *, label: str) -> None:
    dataset = cache.dataset()
    tiles.show(
        tile_captions.neighbour_tiles(
            dataset.train_images, dataset.train_labels, rows, expected=expected
        ),
        label=label,
        width=_NEIGHBOUR,
    )
