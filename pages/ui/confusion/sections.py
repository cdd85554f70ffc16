"""The sections of the Confusion page about all answers together, one of which is open."""

from contextlib import AbstractContextManager
from enum import StrEnum
from typing import Final

import streamlit as st

from pages.ui.base.choice import choose
from pages.ui.base.language import _
from pages.ui.confusion import reveal

_IN_SIGHT: Final = 450  # pixels: a section's beginning


class Section(StrEnum):
    """What there is to see of all answers together."""

    DIGITS = "digits"
    CONFIDENCE = "confidence"
    TWO_NETWORKS = "networks"


def mark_section(*, is_alone: bool) -> AbstractContextManager[None]:
    """Let a link lead to the section that it names, which is shown in this context.

    Args:
        is_alone: Whether nothing else is chosen that a link would lead to.
    """
    is_named = is_alone and "section" in st.query_params
    return reveal.mark("section", height=_IN_SIGHT, is_on=is_named)


def choose_section() -> Section:
    """Let a person choose what to see of all answers together; only that is computed."""
    titles = {
        Section.DIGITS: _("Digit by digit"),
        Section.CONFIDENCE: _("How sure?"),
        Section.TWO_NETWORKS: _("Two networks"),
    }
    return choose(
        st.segmented_control,
        _("All answers together"),
        titles,
        parameter="section",
        key="confusion.section",
        default=Section.DIGITS,
        required=True,
        wrap=True,
    )
