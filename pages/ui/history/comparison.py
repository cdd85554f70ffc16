"""The parts of the History page below the table of runs."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from mnist_core.exchange import curves_csv
from mnist_core.figures.curves import gap_figure, history_figure
from mnist_core.figures.words import METRICS
from mnist_core.runs.diagnosis import CurveKind, judge_fit, read_curves
from mnist_core.runs.progress import History, Result
from mnist_core.runs.run import Run, RunStatus
from mnist_core.settings import differences
from pages.ui.base import numbers
from pages.ui.base.language import _, error_text, plain
from pages.ui.history import runs_table
from pages.ui.widgets import chart_words, setting_texts
from pages.ui.widgets.sentences import FIT_SENTENCES, READINGS, STOPPED_EARLY


def with_curves(chosen: Sequence[Run]) -> Sequence[Run]:
    """Return the chosen runs that have curves; say which have none."""
    if not chosen:
        st.info(_("Choose at least one run to see its curves."))
    for run in chosen:
        if not run.history:
            name = plain(run.title)
            st.info(
                _("{name} ended before its first epoch was done, so it has no curves.", name=name)
                if run.is_ended
                else _("{name} has not finished an epoch yet, so it has no curves.", name=name)
            )
    return [run for run in chosen if run.history]


def show_curves(drawn: Sequence[Run]) -> None:
    """Draw loss and accuracy of runs."""
    words = chart_words.history()
    for metric, column in zip(METRICS, st.columns(2), strict=True):
        with column:
            st.subheader(words.curves.title(metric), anchor=False)
            st.plotly_chart(
                history_figure(
                    _histories(drawn),
                    metric=metric,
                    colours=runs_table.colours(drawn),
                    words=words,
                ),
                key=f"history.{metric}",
                config={"displayModeBar": False},
                alt=words.curves.title(metric),
            )
    st.caption(
        _(
            "Solid: on the images it learns from. Dashed: on validation images held back. When the "
            "dashed loss turns upward while the solid one still falls, it begins to learn by heart."
        )
    )


def show_gap(drawn: Sequence[Run]) -> None:
    """Draw how far training and validation accuracy are apart."""
    words = chart_words.gap()
    st.subheader(_("The overfitting gap"), anchor=False)
    unseen = [plain(run.title) for run in drawn if "val_accuracy" not in run.history]
    if len(unseen) < len(drawn):
        st.plotly_chart(
            gap_figure(_histories(drawn), colours=runs_table.colours(drawn), words=words),
            key="history.gap",
            config={"displayModeBar": False},
            alt=words.gap,
        )
        st.caption(
            _(
                "Training accuracy less validation accuracy. ★ marks the epoch with the lowest "
                "validation loss: where to stop."
            )
        )
    if unseen:
        st.caption(
            _("No gap without a validation split: {names}.", names=", ".join(unseen)),
        )


def _histories(drawn: Sequence[Run]) -> Mapping[str, History]:
    return {run.title: run.history for run in drawn}


def show_readings(drawn: Sequence[Run]) -> None:
    """Say in a sentence or two for each run what its curves mean."""
    st.subheader(_("What the curves say"), anchor=False)
    for run, colour in zip(drawn, runs_table.colours(drawn), strict=True):
        with st.container(horizontal=True, gap="small", wrap=False):
            st.html(f'<i class="mnist-swatch" style="background: {colour}"></i>', width="content")
            st.markdown(f"**{plain(run.title)}** · {_reading(run)}")


def _reading(run: Run) -> str:
    if not run.is_ended:
        return _("It is still training; its curves will be read when it has ended.")
    if run.status == RunStatus.FAILED and run.failure:
        return error_text(run.failure)
    reading = read_curves(run.history, run.config)
    was_stopped_early = run.result is not None and run.result.kept_epoch is not None
    is_late = was_stopped_early and reading.kind == CurveKind.OVERFITTING
    template = STOPPED_EARLY if is_late else READINGS[reading.kind]
    sentence = _(
        template,
        epoch=reading.epoch,
        rate=f"{run.config.learning_rate:g}",
        train=numbers.percent(reading.train_accuracy),
        validation=numbers.percent(reading.validation_accuracy or 0.0),
    )
    if reading.kind == CurveKind.UNSEEN and run.result:
        # The only curves that cannot tell: there the test images do.
        return _("{first} {second}", first=sentence, second=_fit_sentence(run.result))
    return sentence


def _fit_sentence(result: Result) -> str:
    train, test = result.train_accuracy, result.test_accuracy
    sentence = FIT_SENTENCES[judge_fit(train, test)]
    return _(sentence, train=numbers.percent(train), test=numbers.percent(test))


def show_differences(chosen: Sequence[Run]) -> None:
    """List the settings in which the chosen runs differ."""
    if len(chosen) < 2:
        return
    st.subheader(_("Settings that differ"), anchor=False)
    differing = differences.differing_settings([run.config for run in chosen])
    bases = [run.base or _("random weights") for run in chosen]
    # No setting, and yet what a run learned from depends on it.
    beginnings = [[_("Began as"), *bases]] if len(set(bases)) > 1 else []
    if not differing and not beginnings:
        st.write(_("The chosen runs have the same settings."))
        return
    frame = pd.DataFrame(
        [
            *beginnings,
            *(
                [setting_texts.title(name), *(setting_texts.value(name, value) for value in values)]
                for name, values in differing.items()
            ),
        ],
        columns=[_("Setting"), *(run.title for run in chosen)],
    )
    st.dataframe(
        frame,
        hide_index=True,
        height="content",
        alt=_("Settings that differ"),
        column_config={_("Setting"): st.column_config.TextColumn(pinned=True, width=180)},
    )


def share(chosen: Sequence[Run]) -> None:
    """Offer the curves as CSV, and the link to this comparison."""
    st.download_button(
        _("Download as CSV"),
        # With a byte order mark: without it, spreadsheets misread text that is not English.
        curves_csv.history_csv(chosen).encode("utf-8-sig"),
        file_name="mnist-runs.csv",
        mime="text/csv",
        icon=":material/download:",
        key="history.csv",
        disabled=not chosen,
        on_click="ignore",
    )
    with st.popover(_("Link"), icon=":material/link:", key="history.link", disabled=not chosen):
        st.write(_("This link opens the same comparison:"))
        st.code(_link(chosen), language=None, wrap_lines=True)


def _link(chosen: Sequence[Run]) -> str:
    parameters = {"runs": ",".join(run.id for run in chosen)}
    if "lang" in st.query_params:
        parameters["lang"] = st.query_params["lang"]
    return f"{st.context.url or ''}?{urlencode(parameters, safe=',')}"
