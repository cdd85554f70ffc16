"""The same settings with other seeds: how much of a difference is noise."""

import dataclasses
from collections.abc import Sequence
from typing import Final

import streamlit as st

from mnist_core.figures.seeds import SeedWords, seed_band
from mnist_core.figures.words import METRICS
from mnist_core.runs import seeds
from mnist_core.runs.run import Run
from mnist_core.runs.seeds import summarise
from mnist_core.workers import machine
from pages.ui import layout
from pages.ui.base import cache, run_choice, workers
from pages.ui.base.language import _
from pages.ui.base.numbers import percent

_N_SEEDS: Final = 5
_POLL_SECONDS: Final = 1.0


def offer(run: Run) -> None:
    """Show the button that repeats a run with other seeds, unless that has been done."""
    missing = seeds.missing_seeds(run, _group(run), n_seeds=_N_SEEDS)
    if missing and st.button(
        _("Repeat with {n} seeds", n=_N_SEEDS),
        icon=":material/casino:",
        key="train.repeat",
        help=_(
            "Trains the same settings again with different random numbers. What changes then is "
            "noise, not progress."
        ),
    ):
        machine.check_memory(run.config)
        for seed in missing:
            config = dataclasses.replace(run.config, seed=seed)
            workers.dispatcher().submit(cache.store().create(config, name=run.name).id)
        st.rerun()


def show(run: Run) -> None:
    """Show how runs of these settings differ by their seeds, live while some are at work."""
    group = _group(run)
    if len(group) > 1:
        st.subheader(_("The same settings with other seeds"), anchor=False)
        is_at_work = any(not each.is_ended for each in group)
        st.fragment(_band, run_every=_POLL_SECONDS if is_at_work else None)(run, is_at_work)


def _band(run: Run, was_at_work: bool) -> None:
    with layout.shown_errors():
        group = _group(run)
        if was_at_work and all(each.is_ended for each in group):
            st.rerun()
        done = [each for each in group if each.is_ended]
        if was_at_work:
            st.progress(
                len(done) / len(group),
                text=_("{n} of {total} are trained", n=len(done), total=len(group)),
            )
        if len(done) > 1:
            _show_noise(done)


def _show_noise(done: Sequence[Run]) -> None:
    spread = summarise([run_choice.test_accuracy(run) for run in done])
    st.write(
        _(
            "With {n} seeds the test accuracy lies between {low} and {high}, {mean} on average. "
            "A smaller difference between two settings may be noise.",
            n=len(done),
            low=percent(spread.low),
            high=percent(spread.high),
            mean=percent(spread.mean),
        )
    )
    histories = [run.history for run in done]
    has_validation = all("val_loss" in history for history in histories)
    names = {
        "loss": _("Validation loss") if has_validation else _("Training loss"),
        "accuracy": _("Validation accuracy") if has_validation else _("Training accuracy"),
    }
    for metric, column in zip(METRICS, st.columns(2), strict=True):
        chart = seed_band(
            histories,
            metric=f"val_{metric}" if has_validation else metric,
            words=SeedWords(
                epoch=_("Epoch"),
                value=names[metric],
                mean=_("mean"),
                lowest=_("lowest"),
                highest=_("highest"),
            ),
        )
        column.altair_chart(chart, key=f"train.seeds.{metric}", alt=names[metric])
    st.caption(
        _("The line is the mean of all seeds, the band reaches from the lowest to the highest.")
    )


def _group(run: Run) -> Sequence[Run]:
    return seeds.same_but_seed(run, run_choice.stored())
