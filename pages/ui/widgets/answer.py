"""What a network reads: its answer in words and as ten bars."""

import streamlit as st

from mnist_core.arrays import FloatArray
from mnist_core.figures.probabilities import ProbabilityWords, probabilities_chart
from mnist_core.network.forward import reading
from pages.ui.base.language import _
from pages.ui.base.numbers import percent


def sentence(probabilities: FloatArray) -> str:
    """Say what is read; probabilities of shape (10,)."""
    read = reading(probabilities)
    if read is None:
        return _("It reads nothing: its scores are too large to be numbers")
    return _(
        "It reads {digit}, {sure} sure", digit=read.digit, sure=percent(read.confidence, digits=1)
    )


def show(probabilities: FloatArray, *, key: str, before: FloatArray | None = None) -> None:
    """Show what is read, and ten probabilities as bars.

    Args:
        probabilities: Shape (10,).
        key: The chart's key.
        before: What was answered to the digit as it was given, shape (10,).
    """
    st.markdown(f"### {sentence(probabilities)}")
    read_before = None if before is None else reading(before)
    if read_before:
        st.caption(
            _(
                "Before: {digit}, {sure} sure.",
                digit=read_before.digit,
                sure=percent(read_before.confidence, digits=1),
            )
        )
    bars(probabilities, key=key)


def bars(probabilities: FloatArray, *, key: str) -> None:
    """Show ten probabilities, shape (10,), as bars."""
    chart = probabilities_chart(
        probabilities, words=ProbabilityWords(digit=_("Digit"), probability=_("Probability"))
    )
    st.vega_lite_chart(chart.frame, chart.spec, key=key, alt=_("Ten probabilities"))
