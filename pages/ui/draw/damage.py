"""Breaking a digit on purpose: what the network still reads, and where in the frame."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Final, TypeVar

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from mnist_core.figures.slide_map import SlideWords, slide_chart
from mnist_core.network.damage import Damage, placement, slide_map
from mnist_core.runs.run import Run
from pages.ui.base import cache
from pages.ui.base.language import _
from pages.ui.widgets import answer, tiles

_PICTURE: Final = 224
_ANSWER: Final = 310
_CONTROLS: Final = 290
_SLIDER: Final = 130
_MAP: Final = 480
_KEY: Final = "draw.break"

_Number = TypeVar("_Number", int, float)


def show(run: Run, digit: NDArray[np.uint8]) -> None:
    """Let a person break a digit, and show what the network of a run makes of it.

    Args:
        run: A trained run.
        digit: uint8, shape (28, 28), bright on black.
    """
    with st.container(horizontal=True, gap="medium"):
        picture = st.container(width=_PICTURE)
        answer_column = st.container(width=_ANSWER)
        controls = st.container(width=_CONTROLS)
    with controls:
        damage = _choose_damage()
    with picture:
        _show_broken(damage, digit)
    with answer_column:
        _show_answer(run, damage, digit)
    _show_slide_map(run, digit)


def _choose_damage() -> Damage:
    for key, value in _untouched():
        st.session_state.setdefault(key, value)
    with st.container(horizontal=True):
        inverted = _switch(
            "inverted",
            _("Invert"),
            _("Dark on bright. The network has only ever seen bright ink on black."),
        )
        transposed = _switch(
            "transposed",
            _("Transpose"),
            _("Rows and columns are swapped, as when a file is read in the wrong order."),
        )
        unscaled = _switch(
            "unscaled",
            _("Forget / 255"),
            _("The network learned from numbers between 0 and 1; now it gets 0 to 255."),
        )
    with st.grid(2, min_column_width=_SLIDER):
        right = _slider(
            "right",
            _("Shift right (px)"),
            _(
                "Each pixel has its own weights: moved elsewhere, the same digit is a different "
                "input."
            ),
            limits=(-10, 10),
            step=1,
        )
        down = _slider(
            "down",
            _("Shift down (px)"),
            _("The digits that it learned from are all centred. What leaves the frame is lost."),
            limits=(-10, 10),
            step=1,
        )
        turned = _slider(
            "turned",
            _("Rotate (degrees)"),
            _("Counter-clockwise. People write a little slanted, but not upside down."),
            limits=(-180, 180),
            step=5,
        )
        thicker = _slider(
            "thicker",
            _("Thicken (px)"),
            _("A broader pen; below 0 a finer one. In MNIST most strokes are 2 to 3 pixels wide."),
            limits=(-2.0, 4.0),
            step=0.2,
            style="%.1f",
        )
        noise = _slider(
            "noise",
            _("Noise"),
            _(
                "Random grain, as in a photo taken in the dark. The number is its standard "
                "deviation, as a share of the range from black to white."
            ),
            limits=(0.0, 1.0),
            step=0.05,
            style="percent",
        )
        st.button(
            _("Put it back"),
            icon=":material/undo:",
            key=f"{_KEY}.put_back",
            on_click=_put_back,
        )
    return Damage(
        transposed=transposed,
        thicker=thicker,
        turned=turned,
        right=right,
        down=down,
        noise=noise,
        inverted=inverted,
        unscaled=unscaled,
    )


def _switch(name: str, label: str, meaning: str) -> bool:
    return bool(st.toggle(label, key=f"{_KEY}.{name}", help=meaning, persist_state="session"))


def _slider(
    name: str,
    label: str,
    meaning: str,
    *,
    limits: tuple[_Number, _Number],
    step: _Number,
    style: str | None = None,
) -> _Number:
    """Show a slider; whole limits and a whole step give a whole number."""
    return st.slider(
        label,
        *limits,
        step=step,
        format=style,
        key=f"{_KEY}.{name}",
        help=meaning,
        persist_state="session",
    )


def _put_back() -> None:
    for key, value in _untouched():
        st.session_state[key] = value


def _untouched() -> Iterator[tuple[str, object]]:
    """Give the key of each widget and its value when nothing is broken."""
    for name, value in asdict(Damage()).items():
        yield f"{_KEY}.{name}", value


def _show_broken(damage: Damage, digit: NDArray[np.uint8]) -> None:
    st.markdown(_("**What the network receives**"))
    st.html(
        tiles.picture_html(
            damage.apply(digit), label=_("The broken digit as 28 × 28 pixels"), width=_PICTURE
        )
    )
    st.caption(
        _("Black reaches the network as 0, white as 255.")
        if damage.unscaled
        else _("Black reaches the network as 0, white as 1.")
    )


def _show_answer(run: Run, damage: Damage, digit: NDArray[np.uint8]) -> None:
    network = cache.network(run)
    probabilities = damage.probabilities(network, digit)
    before = Damage().probabilities(network, digit)
    answer.show(probabilities, key=f"{_KEY}.probabilities", before=before)


def _show_slide_map(run: Run, digit: NDArray[np.uint8]) -> None:
    probabilities = slide_map(cache.network(run), digit)
    found = placement(probabilities)
    st.subheader(_("Slide map"), anchor=False)
    st.write(
        _(
            "Only shifted, without any of the changes above, it is read as {digit} in {n} of "
            "{n_places} places. The network has no notion of position: each pixel has its own "
            "weights. That is why one of the steps centres a drawing.",
            digit=found.digit,
            n=found.n_alike,
            n_places=found.n_places,
        )
    )
    chart = slide_chart(
        probabilities,
        words=SlideWords(
            right=_("Shift right (px)"),
            down=_("Shift down (px)"),
            hover=_(
                "Shifted {right} px to the right and {down} px down, it reads {digit}, {sure} sure."
            ),
        ),
    )
    with st.container(width=_MAP):
        st.vega_lite_chart(
            chart.frame,
            chart.spec,
            key=f"{_KEY}.slide_map",
            alt=_("What it reads at each of 169 shifts of the digit"),
        )
        st.caption(
            _(
                "Each cell shows what is read when the digit is shifted that far: the stronger its "
                "colour, the higher the confidence. The frame marks the digit where it was."
            )
        )
