"""How sure the network is of its answers, and whether it is right as often."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import streamlit as st

from mnist_core.evaluation.answers import Answers
from mnist_core.evaluation.calibration import (
    Calibration,
    SureAnswers,
    reliability,
    sure_answers,
    sure_answers_curve,
)
from mnist_core.figures.calibration import (
    ReliabilityWords,
    SureAnswersWords,
    reliability_figure,
    sure_answers_figure,
)
from mnist_core.i18n import N_
from pages.ui.base.language import _
from pages.ui.base.numbers import percent

CALIBRATIONS: Final[Mapping[Calibration, str]] = MappingProxyType(
    {
        Calibration.OVERCONFIDENT: N_(
            "On average it claims to be {confidence} sure, but only {accuracy} of its answers are "
            "right: it is too sure of itself (overconfident)."
        ),
        Calibration.UNDERCONFIDENT: N_(
            "On average it claims to be only {confidence} sure, yet {accuracy} of its answers are "
            "right: it is less sure than it could be (underconfident)."
        ),
        Calibration.FITTING: N_(
            "On average it claims to be {confidence} sure, and {accuracy} of its answers are "
            "right: as far as {n} images can tell, it is on the whole as sure as it should be "
            "(well calibrated)."
        ),
    }
)


def show(answers: Answers, threshold: float) -> None:
    """Show how often answers are right at each confidence.

    And show what is gained by answering only when sure.

    Args:
        answers: The answers, unfiltered.
        threshold: How sure an answer must be at least to count, 0..1.
    """
    if not len(answers):
        st.info(_("There are no images to count."))
        return
    left, right = st.columns(2, gap="large")
    with left:
        _reliability(answers)
    with right:
        _sure_answers(answers, threshold)


def _reliability(answers: Answers) -> None:
    bins = reliability(answers)
    st.markdown(_("**Is it right as often as it is sure?**"))
    st.plotly_chart(
        reliability_figure(
            bins,
            words=ReliabilityWords(
                confidence=_("Confidence: how sure it is"),
                accuracy=_("Share of these answers that is right"),
                diagonal=_("as sure as it is right"),
                counts=_("Images: {n}", n="%{text}"),
                hover=_(
                    "{n} answers, on average {confidence} sure:<br>{accuracy} are right (95 "
                    "percent interval {low} to {high})"
                ),
            ),
        ),
        key="confusion.reliability",
        config={"displayModeBar": False},
        alt=_("Share of right answers by how sure the network is of them"),
    )
    st.write(
        _(
            CALIBRATIONS[bins.calibration],
            confidence=percent(bins.mean_confidence),
            accuracy=percent(answers.accuracy),
            n=f"{len(answers):,}",
        )
    )
    st.caption(
        _(
            "Each point stands for the answers in one tenth of the scale, with its 95 percent "
            "interval; the number below counts them. Below the dashed line, the network is surer "
            "than it is right. The expected calibration error, the mean distance from that line "
            "over all answers, is {error}.",
            error=percent(bins.calibration_error),
        )
    )


def _sure_answers(answers: Answers, threshold: float) -> None:
    chosen = sure_answers(answers, [threshold])
    least = f"{100 * threshold:.4g}%"
    st.markdown(_("**What if it answers only when it is sure?**"))
    st.plotly_chart(
        sure_answers_figure(
            sure_answers_curve(answers),
            chosen,
            words=SureAnswersWords(
                answered=_("Share of the images that it answers"),
                accuracy=_("Share of these answers that is right"),
                label=_("at least {least} sure", least=least),
                hover=_(
                    "Only when at least {threshold} sure:<br>it answers {answered} of the images"
                    "<br>and is right in {accuracy} of these"
                ),
            ),
        ),
        key="confusion.sure_answers",
        config={"displayModeBar": False},
        alt=_("Share of right answers by the share of images answered"),
    )
    st.write(_gain(chosen, threshold, least))
    st.caption(
        _(
            "Towards the left, it answers only what it is surest of. The diamond shows where the "
            "slider under “Which answers count” stands."
        )
    )


def _gain(chosen: SureAnswers, threshold: float, least: str) -> str:
    answered, accuracy = float(chosen.answered[0]), float(chosen.accuracy[0])
    if not threshold:
        return _(
            "Now it answers everything. The slider under “Which answers count” lets it be silent "
            "where it is not sure."
        )
    if not answered:
        return _("It is never {least} sure, so it would answer nothing.", least=least)
    return _(
        "If it answers only when it is at least {least} sure, it answers {answered} of the images "
        "and is right in {accuracy} of these.",
        least=least,
        answered=percent(answered),
        accuracy=percent(accuracy),
    )
