"""The parts of the Samples page."""

import html
from typing import Final

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from mnist_core.arrays import N_CLASSES
from mnist_core.data.dataset import Split
from mnist_core.data.preprocessing import normalise, one_hot
from pages.ui.base import cache, choice, url
from pages.ui.base.language import _, ngettext
from pages.ui.widgets import paging, stepper, tile_captions, tiles

_PAGE_SIZE: Final = 36
# Pixels up to this bear white numbers, brighter ones black: either has a contrast of 4.6 and more.
_MAX_DARK: Final = 117
_FORM: Final = "mnist.samples.form"


def choose_filter() -> tuple[Split, int | None]:
    """Show the controls and return the chosen split and digit; None for all digits."""
    titles: dict[Split, str] = {
        "train": _("Training (60,000)"),
        "test": _("Test (10,000)"),
    }
    digit_names = [str(digit) for digit in range(N_CLASSES)]
    with st.container(horizontal=True, gap="medium"):
        split = choice.choose(
            st.segmented_control,
            _("Images"),
            titles,
            parameter="split",
            key="samples.split",
            default="train",
            required=True,
            help=_(
                "The network learns from the training images and is judged on the test images, "
                "which it never sees while learning."
            ),
        )
        digit = choice.choose_any(
            st.pills,
            _("Only one digit"),
            {name: name for name in digit_names},
            parameter="digit",
            key="samples.digit",
            wrap=True,
        )
        _choose_number(split, digit)
    return split, None if digit is None else int(digit)


def _choose_number(split: Split, digit: str | None) -> None:
    """Let a person name an image; the filter gives way to one of another digit."""
    labels = cache.dataset().labels(split)
    key = f"samples.number.{split}"

    def go() -> None:
        index = st.session_state[key]
        if index is not None:
            is_among = digit in (None, str(labels[index]))
            url.put(index=index, digit=digit if is_among else None)
        st.session_state[key] = None

    st.number_input(
        _("Image number"),
        min_value=0,
        max_value=len(labels) - 1,
        value=None,
        step=1,
        placeholder=f"0–{len(labels) - 1:,}",
        key=key,
        on_change=go,
        width=150,
        help=_("Its row in MNIST, from 0."),
    )


def matching_indices(split: Split, digit: int | None) -> NDArray[np.int64]:
    """Return the rows of a split that show a digit; all rows for None."""
    labels = cache.dataset().labels(split)
    return np.arange(len(labels)) if digit is None else np.flatnonzero(labels == digit)


def choose_image(split: Split, indices: NDArray[np.int64]) -> int:
    """Show a page of images and return the index of the chosen one; the first at the start."""
    images, labels = cache.dataset().images(split), cache.dataset().labels(split)
    chosen = _asked_index(indices)
    st.caption(
        ngettext(
            "{n} image. Choose one to look into it.",
            "{n} images. Choose one to look into it.",
            len(indices),
        )
    )
    grid = st.container()
    shown = paging.choose_page(
        indices,
        key=f"samples.page.{split}.{indices[0]}",  # another filter has other pages
        shown=0 if chosen is None else int(np.searchsorted(indices, chosen)),
        page_size=_PAGE_SIZE,
    )
    looked_at = int(shown[0]) if chosen is None else chosen
    with grid:
        tiles.choose(
            tile_captions.labelled_tiles(images[shown], labels[shown], indices=shown),
            label=_("Images of the data set"),
            key="samples.tiles",
            chosen=looked_at,
            on_choice=lambda index: url.put(index=index),
            width=64,
        )
    return looked_at


def _asked_index(indices: NDArray[np.int64]) -> int | None:
    index = url.whole("index", below=int(indices[-1]) + 1)
    # A link, or another filter, may name an image that is not among these.
    if index is not None and np.isin(index, indices):
        return index
    url.put(index=None)
    return None


def show_image(split: Split, index: int, indices: NDArray[np.int64]) -> None:
    """Show one image of several: the picture, its pixels in three forms, its one-hot label."""
    image = cache.dataset().images(split)[index]
    label = int(cache.dataset().labels(split)[index])
    stepper.step(
        indices, index, key="samples.step", on_choice=lambda following: url.put(index=following)
    )
    st.subheader(_("Image {index}: digit {digit}", index=index, digit=label), anchor=False)
    picture, explained = st.columns([1, 2.2], gap="large")
    with picture:
        st.html(tiles.picture_html(image, label=_("digit {digit}", digit=label), width=224))
    with explained:
        st.write(
            _(
                "You see a picture. The network sees 28 × 28 = 784 numbers, and as the answer "
                "to learn, ten more."
            )
        )
        _show_label(label)
    form = _choose_form()
    st.html(_pixel_table(image, form))
    st.caption(_captions()[form])


def _choose_form() -> str:
    titles = {
        "raw": _("Raw 0 to 255"),
        "float": _("As float"),
        "normalised": _("Normalised 0 to 1"),
    }
    form = choice.choose(
        st.segmented_control,
        _("Pixels"),
        titles,
        parameter="pixels",
        key="samples.form",
        default=str(st.session_state.get(_FORM, "raw")),
        required=True,
    )
    st.session_state[_FORM] = form  # when somebody comes back by the menu, the link has none
    return form


def _captions() -> dict[str, str]:
    return {
        "raw": _("Whole numbers (uint8): 0 is the black background, 255 the brightest ink."),
        "float": _("The same values as decimal numbers (float32), which the network can weigh."),
        "normalised": _(
            "Divided by 255: small numbers of similar size make learning fast and stable. This is "
            "what the network receives."
        ),
    }


def _pixel_table(image: NDArray[np.uint8], form: str) -> str:
    values: dict[str, tuple[NDArray[np.number], str]] = {
        "raw": (image, "{:d}"),
        "float": (image.astype(np.float32), "{:.1f}"),
        "normalised": (normalise(image[np.newaxis]).reshape(image.shape), "{:.2f}"),
    }
    numbers, pattern = values[form]
    rows = "".join(
        "<tr>"
        + "".join(_cell(pattern.format(n), int(p)) for n, p in zip(*row, strict=True))
        + "</tr>"
        for row in zip(numbers, image, strict=True)
    )
    label = html.escape(_("Pixel values, row by row"))
    return f'<div class="mnist-table"><table aria-label="{label}">{rows}</table></div>'


def _cell(text: str, pixel: int) -> str:
    ink = "#000" if pixel > _MAX_DARK else "#fff" if pixel else "var(--mnist-blank)"
    return f'<td style="background:rgb({pixel},{pixel},{pixel});color:{ink}">{text}</td>'


def _show_label(label: int) -> None:
    row = one_hot(np.array([label]))[0].astype(int)
    head = "".join(f"<th>{digit}</th>" for digit in range(N_CLASSES))
    body = "".join(f'<td class="{"mnist-hot" if value else ""}">{value}</td>' for value in row)
    st.html(f'<table class="mnist-onehot"><tr>{head}</tr><tr>{body}</tr></table>')
    st.caption(
        _(
            "One-hot: the label {digit} becomes {code}, ten outputs of which exactly one is 1.",
            digit=label,
            code="".join(str(value) for value in row),
        )
    )
