"""The parts of the Train page: a run from its start to its end, live while it is active."""

from collections.abc import Sequence
from typing import Final

import streamlit as st

from mnist_core.figures.words import METRICS
from mnist_core.runs.run import Run, RunStatus
from mnist_core.settings.config import TrainingConfig
from mnist_core.workers import machine
from pages.ui import layout
from pages.ui.base import audience, cache, live_runs, run_choice, workers
from pages.ui.base.language import _, error_text, ngettext, plain
from pages.ui.train import live_curves, run_actions, run_result, seeds
from pages.ui.widgets import chart_words, progress, setting_texts

_OTHERS_SECONDS: Final = 2.0


def start(name: str, config: TrainingConfig) -> None:
    """Ask for a training and look at it, if this machine has the memory for it."""
    machine.check_memory(config)
    run = cache.store().create(config, name=name)
    run_choice.look_at(run.id)
    workers.dispatcher().submit(run.id)


def looked_at() -> Run | None:
    """Return the run that the URL names, or an active one; None if there is neither."""
    run = run_choice.asked() or next(reversed(_active_runs()), None)
    if run is not None:
        run_choice.look_at(run.id)
    return run


def show(run: Run) -> None:
    """Show a run, live while it is active, and the way to the other active runs."""
    _others(run)
    st.subheader(plain(run.title), anchor=False)
    st.caption(setting_texts.summary(run.config))
    _beginning(run)
    if not run.is_ended:
        live = st.container()  # above the choice, so that it is the first thing in sight
        ghost = _choose_ghost(run)
        with live:
            st.fragment(_live, run_every=audience.period())(run.id, ghost)
        return
    _ending(run)
    if run.result:
        run_result.show(run, run.result)
    run_actions.show(run)
    if run.history or run.progress:
        drawn = st.container()
        ghost = _choose_ghost(run)
        with drawn:
            _curves(run, ghost)
    seeds.show(run)
    if run.result:
        run_result.first_digits(run)


def _beginning(run: Run) -> None:
    """Say what a fine-tuned run began as, and what it learned from."""
    tuning = cache.fine_tuning(run)
    if tuning is not None:
        st.caption(
            ngettext(
                "Began as {base}, and learned from {n} digit of yours mixed among the images.",
                "Began as {base}, and learned from {n} digits of yours mixed among the images.",
                len(tuning.images),
                base=plain(tuning.base),
            )
        )


def _ending(run: Run) -> None:
    """Say why a run ended early."""
    if run.status == RunStatus.INTERRUPTED:
        st.warning(_interruption(run), icon=":material/power_off:")
    elif run.failure:
        st.error(error_text(run.failure), icon=":material/error:")
    elif run.result is None and run.progress is None:
        st.info(_("This run was cancelled before it began."))
    elif run.result is None:
        st.info(_("This run ended before its weights were stored."))


def _interruption(run: Run) -> str:
    reason = error_text(run.failure) if run.failure else ""
    if not run.n_epochs_done:
        return _("Interrupted within the first epoch. {reason}.", reason=reason)
    return _(
        "Interrupted after epoch {n} of {n_epochs}. {reason}.",
        n=run.n_epochs_done,
        n_epochs=run.config.epochs,
        reason=reason,
    )


def _others(run: Run) -> None:
    """Show the way to the other active runs."""
    is_any = bool(_other_active_runs(run))
    st.fragment(_other_buttons, run_every=_OTHERS_SECONDS if is_any else None)(run)


def _other_buttons(run: Run) -> None:
    # Not links: a link to the open page leaves the URL as it is.
    with layout.shown_errors():
        others = _other_active_runs(run)
        if not others:
            return
        with st.container(horizontal=True, gap="small"):
            _buttons_to(others)


def _buttons_to(others: Sequence[Run]) -> None:
    for other in others:
        name = plain(other.title)
        if st.button(
            _("Also waiting: {name}", name=name)
            if other.status == RunStatus.QUEUED
            else _("Also training: {name}", name=name),
            icon=":material/model_training:",
            key=f"train.other.{other.id}",
            type="tertiary",
        ):
            run_choice.look_at(other.id)
            st.rerun()


def _other_active_runs(run: Run) -> Sequence[Run]:
    """Return the other runs that have not ended, in the order they were created."""
    return [each for each in reversed(_active_runs()) if each.id != run.id]


def _active_runs() -> Sequence[Run]:
    return [run for run in run_choice.own() if not run.is_ended]


def _choose_ghost(run: Run) -> Run | None:
    """Let the visitor choose an earlier run to draw pale behind this one; `?ghost=` names it."""
    ghost = run_choice.pick_any(
        _("Compare with an earlier run"),
        [each for each in run_choice.stored() if each.history and each.id != run.id],
        parameter="ghost",
        key="train.ghost",
        explained=_("Its curves are drawn in pale colours behind those of this run."),
    )
    # With the points within its epochs, which come with a single run only.
    return cache.store().get(ghost.id) if ghost else None


def _live(run_id: str, ghost: Run | None) -> None:
    with layout.shown_errors():
        run = live_runs.read(run_id)
        audience.look()
        if run.is_ended:
            st.rerun()
        with audience.drawing:
            progress.show(run, key="train.stop")
            _losses(run)
            _curves(run, ghost)


def _losses(run: Run) -> None:
    """Say how often a run was taken up again."""
    if run.n_losses:
        st.caption(
            ngettext(
                "Its training process was lost {n} time, and it went on from its last saved state.",
                "Its training process was lost {n} times, and it went on from its last saved "
                "state.",
                run.n_losses,
            )
        )


def _curves(run: Run, ghost: Run | None) -> None:
    # Drawn from the first moment, empty: what is below must not jump when points arrive.
    words = chart_words.curves()
    for metric, column in zip(METRICS, st.columns(2), strict=True):
        column.vega_lite_chart(
            *live_curves.chart(run, ghost, metric, words),
            key=f"train.live.{metric}",
            alt=words.title(metric),
        )
    if run.config.has_training_noise:
        st.caption(
            _(
                "While it learns, dropout and distorted images make reading harder for it; without "
                "them it reads more than the training curve shows."
            )
        )
