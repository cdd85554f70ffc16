"""The parts of the Train page: a run while it is at work, and what it reached."""

from html import escape
from typing import Final

import numpy as np
import pandas as pd
import streamlit as st

from mnist_core import curve_figures
from mnist_core.config import (
    TrainingConfig,
    count_parameters,
    describe_network,
    layer_summaries,
)
from mnist_core.evaluation import Fit, judge_fit
from mnist_core.records import Progress, Run, RunStatus
from mnist_core.text import N_
from pages.ui import cache, curves, digits, layout, network_picture, runs, tiles, workers
from pages.ui.language import _, error_text, plain
from pages.ui.runs import percent

_POLL_SECONDS: Final = 0.5
_N_FIRST: Final = 20


def start(name: str, config: TrainingConfig) -> None:
    """Ask for a training and look at it."""
    run = cache.store().create(config, name=name)
    runs.look_at(run.id)
    workers.jobs().submit(run.id)


def looked_at() -> Run | None:
    """Return the run that the URL names, or one that is at work; None if there is neither."""
    run = runs.asked() or next((run for run in cache.store().list() if not run.is_ended), None)
    if run is not None:
        runs.look_at(run.id)
    return run


def show(run: Run) -> None:
    """Show a run, live while it is at work, and the way to others that are."""
    _others(run)
    st.subheader(plain(run.title), anchor=False)
    if not run.is_ended:
        _live(run.id)
        return
    if run.failure:
        st.error(error_text(run.failure), icon=":material/error:")
    elif run.result is None:
        st.info(_("This run was cancelled before it began."))
    _result(run)
    if run.history or run.progress:
        _curves(run)
    if run.result:
        _first_digits(run)


def _others(run: Run) -> None:
    others = [other for other in cache.store().list() if not other.is_ended and other.id != run.id]
    for other in reversed(others):  # in the order of the queue
        name = plain(other.title)
        label = (
            _("Also waiting: {name}", name=name)
            if other.status == RunStatus.QUEUED
            else _("Also at work: {name}", name=name)
        )
        layout.link(layout.PAGES["train"], label=label, run=other.id)


@st.fragment(run_every=_POLL_SECONDS)
def _live(run_id: str) -> None:
    with layout.shown_errors():
        workers.jobs().refresh()
        run = cache.store().get(run_id)
        if run.is_ended:
            st.rerun()
        bar, stop = st.columns([5, 1], vertical_alignment="center")
        if stop.button(
            _("Cancel") if run.status == RunStatus.QUEUED else _("Stop"),
            icon=":material/stop_circle:",
            key="train.stop",
            disabled=run.is_stop_requested,
            width="stretch",
            help=_("Ends the training and keeps the weights reached so far."),
        ):
            workers.jobs().stop(run_id)
            run = cache.store().get(run_id)
        bar.progress(run.progress.share if run.progress else 0.0, text=_state(run))
        _curves(run)


def _state(run: Run) -> str:
    if run.status == RunStatus.QUEUED:
        place = cache.store().queue_position(run.id)
        return _("Waiting for a free trainer: place {place} in the queue", place=place)
    if run.is_stop_requested:
        return _("Stopping; the weights so far are kept and tested")
    if run.progress is None:
        return _("Starting the trainer; the first start takes a few seconds")
    return _progress_text(run.progress)


def _progress_text(progress: Progress) -> str:
    if progress.share >= 1:
        return _("Testing on images that it has never seen")
    return _(
        "Epoch {epoch} of {n_epochs} · batch {batch} of {n_batches} · {speed} images a second · "
        "{seconds} s left",
        epoch=progress.epoch,
        n_epochs=progress.n_epochs,
        batch=progress.batch,
        n_batches=progress.n_batches,
        speed=f"{progress.images_per_second:,.0f}",
        seconds=f"{progress.eta_seconds:.0f}",
    )


def _curves(run: Run) -> None:
    # Drawn from the first moment, empty: what is below must not jump when points arrive.
    curve = run.progress.curve if run.progress else ()
    if not curve:
        curve = _curve_from_history(run)
    titles = curves.titles()
    for metric, column in zip(("loss", "accuracy"), st.columns(2), strict=True):
        chart = curve_figures.live_chart(
            curve,
            run.history,
            metric=metric,
            n_epochs=run.config.epochs,
            has_validation=run.config.validation_split > 0,
            titles=titles,
        )
        column.altair_chart(chart, key=f"train.live.{metric}", alt=titles[metric])


def _curve_from_history(run: Run) -> tuple[tuple[float, float, float], ...]:
    # A baseline keeps its epochs only.
    pairs = zip(run.history.get("loss", ()), run.history.get("accuracy", ()), strict=True)
    return tuple((float(epoch), loss, accuracy) for epoch, (loss, accuracy) in enumerate(pairs, 1))


FIT_SENTENCES: Final = {
    Fit.UNDERFITTING: N_(
        "It reads only {train} of the images it learned from: it needs more epochs, more units, or "
        "another learning rate (underfitting)."
    ),
    Fit.GOOD: N_(
        "It reads {train} of the images it learned from and {test} of new ones: it learned the "
        "digits, not the "
        "examples."
    ),
    Fit.SLIGHT_OVERFITTING: N_(
        "It reads {train} of the images it learned from, but {test} of new ones: a little of "
        "what it "
        "learned is true of its examples only (overfitting)."
    ),
    Fit.OVERFITTING: N_(
        "It reads {train} of the images it learned from, but only {test} of new ones: it learned"
        " many of "
        "its examples by heart (overfitting). Try dropout, or more images."
    ),
}


def _result(run: Run) -> None:
    result = run.result
    if result is None:
        return
    held_back = result.validation_accuracy
    numbers = [
        (
            _("Training accuracy"),
            percent(result.train_accuracy),
            _(
                "On the images it learned from, measured after the training. The curve below shows "
                "the mean while it was still learning."
            ),
        ),
        (
            _("Validation accuracy"),
            "–" if held_back is None else percent(held_back),
            _("On training images that were held back; none are without a validation split."),
        ),
        (
            _("Test accuracy"),
            percent(result.test_accuracy),
            _("On the 10,000 test images, which it has never seen."),
        ),
        (
            _("Time"),
            _("{seconds} s", seconds=f"{result.total_seconds:.1f}"),
            _("For training and testing together."),
        ),
    ]
    with st.grid(min_column_width=130, gap="small"):
        for label, value, explained in numbers:
            st.metric(label, value, help=explained, border=True, height="stretch")
    sentence = FIT_SENTENCES[judge_fit(result.train_accuracy, result.test_accuracy)]
    st.write(_(sentence, train=percent(result.train_accuracy), test=percent(result.test_accuracy)))
    if run.status == RunStatus.STOPPED:
        st.caption(_("Stopped by hand: these are the weights it had by then."))


def _first_digits(run: Run) -> None:
    st.subheader(_("The first 20 test digits"), anchor=False)
    result = cache.test_result(run)
    n_hits = int((result.y_pred[:_N_FIRST] == result.y_true[:_N_FIRST]).sum())
    tiles.show(
        digits.predicted_tiles(cache.dataset().test_images, result, np.arange(_N_FIRST)),
        label=_("The first 20 test digits"),
        width=76,
    )
    st.caption(
        _(
            "{n} of 20 read right. Under each digit: what the network reads, and how sure it is.",
            n=n_hits,
        )
    )
    layout.link(layout.PAGES["confusion"], label=_("See all its mistakes"))


def summary(config: TrainingConfig) -> None:
    """Draw a network, and show its layers with their output shapes and parameter counts."""
    with st.container(key="train-network"):  # stays in sight beside a long list of settings
        st.subheader(
            _("The network of these settings: {sizes}", sizes=describe_network(config)),
            anchor=False,
        )
        network_picture.show(config)
        _layer_table(config)


def _layer_table(config: TrainingConfig) -> None:
    frame = pd.DataFrame(
        [
            {
                _("Layer"): f"{row.name} ({row.kind})",
                _("Output shape"): str(row.output_shape),
                _("Parameters"): f"{row.n_parameters:,}",
            }
            for row in layer_summaries(config)
        ]
    )
    st.table(frame, hide_index=True)
    st.caption(
        _(
            "{n} numbers to adjust: one weight for each connection between two units, one bias "
            "for each unit. None in a shape stands for any number of images.",
            n=f"{count_parameters(config):,}",
        )
    )


def learning_loop() -> None:
    """Draw the learning loop: four stations onward, two back."""
    st.subheader(_("One step of learning"), anchor=False)
    stations = (
        ("input", _("Input"), _("a batch of images, 784 numbers each")),
        ("layers", _("Layers"), _("weigh the numbers and add them up")),
        ("prediction", _("Prediction"), _("ten probabilities for each image")),
        ("loss", _("Loss"), _("compares with the true answer: how wrong is it?")),
        ("optimiser", _("Optimiser"), _("finds how each weight would lower the loss")),
        ("weights", _("New weights"), _("for the layers; then the next batch, back at 1")),
    )
    boxes = "".join(
        f'<div class="mnist-{name}"><b>{number} {escape(title)}</b>{escape(text)}</div>'
        for number, (name, title, text) in enumerate(stations, start=1)
    )
    st.html(f'<div class="mnist-loop">{boxes}</div>')
