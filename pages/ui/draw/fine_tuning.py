"""Let a network learn from the visitor's own digits, and see what that changes."""

from functools import partial
from typing import Final

import streamlit as st

from mnist_core.evaluation.answers import Answers, evaluate
from mnist_core.network.forward import Network
from mnist_core.runs.run import Run
from mnist_core.store.own_digits import MAX_OWN_DIGITS, OwnDigitSet
from pages.ui import layout
from pages.ui.base import cache, run_choice
from pages.ui.base.language import _, error_text, ngettext, plain
from pages.ui.base.notice import Notice
from pages.ui.base.numbers import percent

# In three epochs, networks learn most of what 50 digits of other writers can teach them.
_N_EPOCHS: Final = 3
_MAX_EPOCHS: Final = 10
_POLL_SECONDS: Final = 0.5

_EPOCHS: Final = "own_digits.epochs"
_NOTICE: Final = Notice(key="mnist.fine_tuning.notice", is_error=True)


def _right(result: Answers) -> str:
    """Write how many answers are right, of how many, and their share; of thousands the share."""
    if not len(result):
        return "–"
    if len(result) > MAX_OWN_DIGITS:
        return percent(result.accuracy)
    return _(
        "{n_correct} of {n} ({share})",
        n_correct=result.n_correct,
        n=len(result),
        share=percent(result.accuracy, digits=0),
    )


def show(run: Run) -> None:
    """Offer to fine-tune a run on the own digits, and show the result of the latest time.

    To be called outside of any fragment, since it has one with a clock.
    """
    kept, tuned = cache.own_digits().all(), _latest(run)
    if not len(kept) and run.base is None and tuned is None:
        _NOTICE.tell()
        return
    st.subheader(_("Let it learn from your digits"), anchor=False)
    _before_and_after(run, kept)
    if tuned is not None and not tuned.is_ended:
        _live(tuned.id)
        return
    if len(kept):
        _offer(run, kept)
    _NOTICE.tell()
    if tuned is not None:
        _outcome(tuned, kept)


def is_at_work(run: Run) -> bool:
    """Return whether the latest fine-tuning of a run is waiting or active."""
    tuned = _latest(run)
    return tuned is not None and not tuned.is_ended


def _latest(run: Run) -> Run | None:
    """Return the newest run that was fine-tuned from a run."""
    return next((each for each in run_choice.own() if each.base_id == run.id), None)


def _offer(run: Run, kept: OwnDigitSet) -> None:
    n_learn, n_check = len(kept.to_learn), len(kept.to_check)
    st.write(
        _(
            "Fine-tuning: a copy of {name} goes on learning from MNIST, with some of your digits "
            "mixed in ({n_learn}). The others are for checking ({n_check}): it never learns from "
            "them.",
            name=plain(run.title),
            n_learn=n_learn,
            n_check=n_check,
        )
    )
    if n_learn and not n_check:
        st.caption(
            _(
                "None is left for checking. Keep two of the same digit first: one of them will "
                "show whether the network learned more than these by heart."
            )
        )
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.number_input(
            _("Epochs"),
            1,
            _MAX_EPOCHS,
            _N_EPOCHS,
            key=_EPOCHS,
            width=130,
            persist_state="session",
            help=_("How many times it goes through the images; three times have proved enough."),
        )
        st.button(
            _("Fine-tune"),
            icon=":material/model_training:",
            type="primary",
            key="own_digits.fine_tune",
            disabled=not n_learn,
            help=None if n_learn else _("It needs a digit to learn from: keep another one."),
            on_click=_start,
            args=(run,),
        )


def _start(run: Run) -> None:
    _NOTICE.attempt(partial(_fine_tune, run))


def _fine_tune(run: Run) -> None:
    from mnist_core.workers import machine
    from pages.ui.base import workers

    machine.check_memory(run.config)
    # As they are now: since the page was shown, somebody may have deleted some.
    learn = cache.own_digits().all().to_learn
    tuned = cache.store().fine_tune(
        run.id,
        learn.images,
        learn.labels,
        n_epochs=st.session_state[_EPOCHS],
        # Fine-tuned again it keeps its name; the number tells them apart.
        name=run.name if run.base else _("{name} + mine", name=run.name),
    )
    workers.dispatcher().submit(tuned.id)


@st.fragment(run_every=_POLL_SECONDS)
def _live(run_id: str) -> None:
    from pages.ui.widgets import progress

    with layout.shown_errors():
        run = cache.store().get(run_id)
        if run.is_ended:
            st.rerun()  # the whole page: there is one more network to choose
        progress.show(run, key="own_digits.stop")
        _link_to_curves(run)


def _link_to_curves(run: Run) -> None:
    layout.link(layout.PAGES["train"], label=_("See its curves"), run=run.id)


def _outcome(tuned: Run, kept: OwnDigitSet) -> None:
    """Show the result of an ended fine-tuning."""
    if tuned.failure:
        st.error(error_text(tuned.failure), icon=":material/error:")
    elif tuned.result is None:
        st.info(_("The fine-tuning ended before its weights were stored."))
    if tuned.result is None:
        _link_to_curves(tuned)
        return
    _before_and_after(tuned, kept)
    # Not a link: a link to the open page leaves the URL as it is.
    if st.button(
        _("Draw for the fine-tuned network"), icon=":material/draw:", key="own_digits.open"
    ):
        run_choice.look_at(tuned.id)
        st.rerun()


def _before_and_after(run: Run, kept: OwnDigitSet) -> None:
    """For a fine-tuned run, show what it reads now and read before."""
    tuning = cache.fine_tuning(run)
    if tuning is None:
        return
    before, after = Network(run.config, tuning.weights), cache.network(run)
    new = kept.select(~kept.are_among(tuning.learned))
    pairs = {
        _("Your digits that it did not learn from"): [
            evaluate(network.probabilities(new.images), new.labels) for network in (before, after)
        ],
        _("Your digits that it learned from"): [
            evaluate(network.probabilities(tuning.images), tuning.labels)
            for network in (before, after)
        ],
        _("MNIST's 10,000 test images"): [
            cache.start_test_answers(run, before),
            cache.test_answers(run),
        ],
    }
    rows = [
        [_("Read right"), _("before"), _("after")],
        ["---", "--:", "--:"],
        *([title, *map(_right, results)] for title, results in pairs.items()),
    ]
    st.markdown(_("**{name}: before and after**", name=plain(run.title)))
    st.markdown("\n".join(f"| {' | '.join(row)} |" for row in rows))
    if run.n_epochs_measured < run.config.epochs:
        st.caption(
            _(
                "It ended early, after {n_done} of {n_epochs} epochs.",
                n_epochs=run.config.epochs,
                n_done=run.n_epochs_measured,
            )
        )
    st.caption(_meaning(*next(iter(pairs.values()))))


def _meaning(before: Answers, after: Answers) -> str:
    """Say what counts: how it reads digits that it did not learn from."""
    gain = after.n_correct - before.n_correct
    if not len(after):
        return _(
            "It may have learned these digits by heart. Keep two of each digit: the second is for "
            "checking."
        )
    if gain > 0:
        return ngettext(
            "Of your digits that it did not learn from, it now reads {n} more right. It cannot "
            "have learned those by heart, though with few digits part of this may be chance.",
            "Of your digits that it did not learn from, it now reads {n} more right. It cannot "
            "have learned those by heart, though with few digits part of this may be chance.",
            gain,
        )
    if gain < 0:
        return ngettext(
            "Of your digits that it did not learn from, it now reads {n} fewer right: it learned "
            "some of the others by heart, or this is chance. More digits would tell.",
            "Of your digits that it did not learn from, it now reads {n} fewer right: it learned "
            "some of the others by heart, or this is chance. More digits would tell.",
            -gain,
        )
    return _(
        "Of your digits that it did not learn from, it reads as many right as before. More digits, "
        "drawn in different ways, would teach it more."
    )
