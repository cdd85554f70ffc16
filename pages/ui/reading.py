"""What a network reads: its answer in words and as ten bars."""

import streamlit as st

from mnist_core import figures
from mnist_core.network import FloatArray
from pages.ui.language import _
from pages.ui.runs import percent


def sentence(probabilities: FloatArray) -> str:
    """Say what is read; probabilities of shape (10,)."""
    return _("It reads {digit}, {sure} sure", **_values(probabilities))


def heading(probabilities: FloatArray) -> str:
    """Say what is read as a heading in Markdown; probabilities of shape (10,)."""
    return _("### It reads {digit}, {sure} sure", **_values(probabilities))


def _values(probabilities: FloatArray) -> dict[str, object]:
    digit = int(probabilities.argmax())
    return {"digit": digit, "sure": percent(float(probabilities[digit]), digits=1)}


def bars(probabilities: FloatArray, *, key: str) -> None:
    """Show ten probabilities, shape (10,), as bars."""
    chart = figures.probabilities_chart(
        probabilities, titles={"digit": _("Digit"), "probability": _("Probability")}
    )
    st.vega_lite_chart(chart.frame, chart.spec, key=key, alt=_("Ten probabilities"))
