"""The visitor's own digits: kept with their labels, read by a network, taken home."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Final

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from mnist_core.arrays import N_CLASSES
from mnist_core.errors import RunStoreError
from mnist_core.evaluation.answers import Answers, evaluate
from mnist_core.evaluation.chance import Verdict, accuracy_interval, chance_of_misses, verdict
from mnist_core.runs.run import Run
from mnist_core.store.own_digits import OwnDigitSet
from pages.ui.base import cache, run_choice, store_trouble
from pages.ui.base.language import _, ngettext
from pages.ui.base.notice import Notice
from pages.ui.base.numbers import percent
from pages.ui.draw import count_matrix
from pages.ui.widgets import paging, tile_captions, tiles

_LABEL: Final = "draw.label"
_CHOSEN: Final = "mnist.own_digits.chosen"
_NOTICE: Final = Notice(key="mnist.own_digits.notice", is_error=True)


def offer(digit: NDArray[np.uint8]) -> None:
    """Ask which digit it is, and keep it with the answer.

    Args:
        digit: uint8, shape (28, 28), as the network receives it.
    """
    own = cache.own_digits()
    try:
        label = own.label_of(digit)
    except RunStoreError as error:
        store_trouble.tell(error)
        return
    # What is kept decides, and the buttons only show it.
    st.session_state[_LABEL] = None if label is None else str(label)
    st.segmented_control(
        _("Which digit is it?"),
        [str(each) for each in range(N_CLASSES)],
        key=_LABEL,
        on_change=_keep,
        args=(digit,),
        width="stretch",
    )
    _NOTICE.tell()
    if label is None:
        st.caption(_("Choose it to keep this drawing among your digits."))
    else:
        st.caption(
            ngettext(
                "✓ Kept as {label}; you have {n} digit.",
                "✓ Kept as {label}; you have {n} digits.",
                own.count(),
                label=label,
            )
        )


def show(run: Run) -> None:
    """Show the own digits: how the network of a run reads them, and what can be done with them."""
    _NOTICE.tell()
    kept = cache.own_digits().all()
    st.caption(_("All visitors of this server share these digits, as they share the networks."))
    if not len(kept):
        st.info(
            _(
                "You have not kept any digits yet. Draw one and choose, under the network's "
                "answer, which digit it is. Here you will then see how well this network reads "
                "your handwriting, and you can let it learn from your digits."
            )
        )
        return
    result = evaluate(cache.network(run).probabilities(kept.images), kept.labels)
    tuning = cache.fine_tuning(run)
    # What it learned from says nothing of new ones.
    new = result if tuning is None else result.select(~kept.are_among(tuning.learned))
    title = _("Your digits") if tuning is None else _("Your digits that it did not learn from")
    _show_accuracies(new, title, mnist=run_choice.test_accuracy(run))
    _show_tiles(kept, result)
    _offer_files(kept)
    if len(new):
        _show_matrices(run, new, title)


def _show_accuracies(result: Answers, title: str, *, mnist: float) -> None:
    with st.grid(min_column_width=150, gap="small"):
        st.metric(
            title,
            percent(result.accuracy, digits=0) if len(result) else "–",
            delta=_("{n_correct} of {n}", n_correct=result.n_correct, n=len(result))
            if len(result)
            else None,
            delta_color="off",
            delta_arrow="off",
            border=True,
            height="stretch",
        )
        st.metric(_("MNIST's test images"), percent(mnist), border=True, height="stretch")
    if not len(result):
        st.caption(
            _(
                "It has learned from all of them: only new ones can show how well it reads your "
                "handwriting."
            )
        )
        return
    interval = accuracy_interval(result.n_correct, len(result))
    st.caption(
        _(
            "Judging by this many digits ({n}), it reads between {low} and {high} of what you "
            "write right (95 percent interval). The more digits, the narrower the interval.",
            n=len(result),
            low=percent(interval.low, digits=0),
            high=percent(interval.high, digits=0),
        )
    )
    if result.n_wrong:
        st.caption(_chance(result, mnist))


def _chance(result: Answers, mnist: float) -> str:
    """Say whether so many misses may be chance for a network as good as it is on MNIST."""
    chance = chance_of_misses(result.n_wrong, len(result), accuracy=mnist)
    values = {"mnist": percent(mnist), "n": f"{100 * chance:.0f}"}
    judged = verdict(chance)
    if judged is Verdict.LIKELY:
        return _(
            "If it read your handwriting as well as MNIST's ({mnist}), about {n} in 100 such "
            "samples would have at least this many mistakes: this may well be chance.",
            **values,
        )
    if judged is Verdict.UNLIKELY:
        return _(
            "If it read your handwriting as well as MNIST's ({mnist}), only about {n} in 100 such "
            "samples would have at least this many mistakes: this is unlikely to be chance.",
            **values,
        )
    return _(
        "If it read your handwriting as well as MNIST's ({mnist}), fewer than one in 100 such "
        "samples would have at least this many mistakes: this is unlikely to be chance.",
        mnist=percent(mnist),
    )


def _show_tiles(kept: OwnDigitSet, result: Answers) -> None:
    newest_first = np.arange(len(kept))[::-1]
    grid = st.container()
    shown = paging.choose_page(newest_first, key="own_digits.page")
    ids = kept.ids.tolist()
    # The half that fine-tuning does not learn from.
    notes = {True: _("for checking"), False: _("to learn from")}
    chosen: int | None = st.session_state.get(_CHOSEN)
    with grid:
        tiles.choose(
            [
                replace(tile, index=ids[tile.index], note=notes[bool(kept.is_test[tile.index])])
                for tile in tile_captions.predicted_tiles(kept.images, result, shown)
            ],
            label=_("Your digits"),
            key="own_digits.tiles",
            chosen=chosen,
            on_choice=_choose,
            width=76,
        )
    if chosen is not None and chosen in ids:
        st.button(
            _("Delete the chosen {digit}", digit=int(kept.labels[ids.index(chosen)])),
            icon=":material/delete:",
            key="own_digits.delete",
            on_click=_change,
            args=(partial(cache.own_digits().delete, chosen),),
        )
    else:
        st.caption(
            _(
                "Under each digit: what the network reads, and how sure it is. Choose one to "
                "delete it."
            )
        )


def _show_matrices(run: Run, result: Answers, title: str) -> None:
    st.subheader(_("Where it goes wrong"), anchor=False)
    own, mnist = st.columns(2, gap="medium")
    with own:
        st.markdown(f"**{title}**")
        count_matrix.show(result.counts, label=_("Confusion matrix of your digits"))
    with mnist:
        st.markdown(_("**MNIST's test images**"))
        count_matrix.show(
            cache.test_answers(run).counts, label=_("Confusion matrix of MNIST's test images")
        )
    st.caption(
        _(
            "On the framed diagonal (blue) are the digits read right, off it (orange) the misses. "
            "Do you and MNIST mislead the network in the same places?"
        )
    )


def _offer_files(kept: OwnDigitSet) -> None:
    with st.container(horizontal=True, gap="small"):
        st.download_button(
            _("Download as npz"),
            kept.to_npz,
            file_name="my-digits.npz",
            mime="application/octet-stream",
            icon=":material/download:",
            key="own_digits.npz",
            on_click="ignore",
            help=_(
                "NumPy arrays named and shaped as in Keras' mnist.npz: x_train, y_train to learn "
                "from, x_test, y_test for checking."
            ),
        )
        with st.popover(
            _("Delete all"), icon=":material/delete_forever:", key=f"own_digits.all.{len(kept)}"
        ):
            st.write(
                ngettext(
                    "This deletes your {n} digit for good.",
                    "This deletes all your {n} digits for good.",
                    len(kept),
                )
            )
            st.write(_("They are then gone for all visitors of this server."))
            st.button(
                _("Delete them all"),
                type="primary",
                key="own_digits.delete_all",
                on_click=_change,
                args=(cache.own_digits().delete_all,),
            )


def _keep(digit: NDArray[np.uint8]) -> None:
    label = st.session_state[_LABEL]
    if label is not None:  # a second click on the same leaves it kept
        _change(partial(cache.own_digits().add, digit, int(label)))


def _choose(digit_id: int) -> None:
    is_chosen = st.session_state.get(_CHOSEN) == digit_id
    st.session_state[_CHOSEN] = None if is_chosen else digit_id


def _change(action: Callable[[], None]) -> None:
    """Change what is kept; why it cannot be is told when the page is shown."""
    _NOTICE.attempt(action)
    st.rerun()  # the whole page: the fine-tuning below depends on what is kept
