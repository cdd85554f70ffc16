"""The same settings with other seeds: how much of a difference is noise."""

import dataclasses
from collections.abc import Sequence
from typing import Final

import streamlit as st

from mnist_core import curve_figures
from mnist_core.config import LIMITS, TrainingConfig
from mnist_core.evaluation import summarise
from mnist_core.records import Run
from pages.ui import cache, layout, runs, workers
from pages.ui.language import _
from pages.ui.runs import percent

_N_SEEDS: Final = 5
_POLL_SECONDS: Final = 1.0


def offer(run: Run) -> None:
    """Show the button that repeats a run with other seeds, unless that has been done."""
    missing = _missing_seeds(run)
    if missing and st.button(
        _("Repeat with {n} seeds", n=_N_SEEDS),
        icon=":material/casino:",
        key="train.repeat",
        help=_(
            "Trains the same settings from other random numbers. What changes then is noise, not "
            "progress."
        ),
    ):
        for seed in missing:
            config = dataclasses.replace(run.config, seed=seed)
            workers.jobs().submit(cache.store().create(config, name=run.name).id)
        st.rerun()


def show(run: Run) -> None:
    """Show how runs of these settings differ by their seeds, live while some are at work."""
    if len(_same_but_seed(run)) > 1:
        st.subheader(_("The same settings with other seeds"), anchor=False)
        _live(run)


def _live(run: Run) -> None:
    is_at_work = any(not each.is_ended for each in _same_but_seed(run))
    st.fragment(_band, run_every=_POLL_SECONDS if is_at_work else None)(run, is_at_work)


def _band(run: Run, was_at_work: bool) -> None:
    with layout.shown_errors():
        workers.jobs().refresh()
        group = _same_but_seed(run)
        if was_at_work and all(each.is_ended for each in group):
            st.rerun()
        done = [each for each in group if each.result]
        if was_at_work:
            st.progress(
                len(done) / len(group),
                text=_("{n} of {total} are trained", n=len(done), total=len(group)),
            )
        if len(done) > 1:
            _show_noise(done)


def _show_noise(done: Sequence[Run]) -> None:
    spread = summarise([run.result.test_accuracy for run in done])
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
    for metric, column in zip(names, st.columns(2), strict=True):
        chart = curve_figures.seed_band(
            histories,
            metric=f"val_{metric}" if has_validation else metric,
            titles={
                "epoch": _("Epoch"),
                "value": names[metric],
                "mean": _("mean"),
                "lowest": _("lowest"),
                "highest": _("highest"),
            },
        )
        column.altair_chart(chart, key=f"train.seeds.{metric}", alt=names[metric])
    st.caption(
        _("The line is the mean of all seeds, the band reaches from the lowest to the highest.")
    )


def _same_but_seed(run: Run) -> Sequence[Run]:
    """Return the runs that differ from this one in their seed at most, one for each seed."""
    by_seed: dict[int, Run] = {}
    for each in reversed(runs.stored()):  # a later run of the same seed takes the place
        is_hopeful = each.result or not each.is_ended
        if is_hopeful and _without_seed(each.config) == _without_seed(run.config):
            by_seed[each.config.seed] = each
    return [by_seed[seed] for seed in sorted(by_seed)]


def _missing_seeds(run: Run) -> Sequence[int]:
    known = {each.config.seed for each in _same_but_seed(run)}
    n_seeds = int(LIMITS["seed"].high) + 1
    wanted = [(run.config.seed + step) % n_seeds for step in range(_N_SEEDS)]
    return [] if len(known) >= _N_SEEDS else [seed for seed in wanted if seed not in known]


def _without_seed(config: TrainingConfig) -> TrainingConfig:
    return dataclasses.replace(config, seed=0)
