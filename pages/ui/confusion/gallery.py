"""The images behind a choice in the confusion matrix."""

from typing import Final

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from mnist_core.evaluation.answers import Choice, Order
from mnist_core.exchange.mistakes import contact_sheet, mistakes_csv
from pages.ui.base import cache, url
from pages.ui.base.choice import asked, choose
from pages.ui.base.language import _, ngettext
from pages.ui.confusion import reveal
from pages.ui.confusion.scope import View
from pages.ui.widgets import paging, stepper, tile_captions, tiles

_IN_SIGHT: Final = 330  # pixels: the title and the first row
_SHEET_SIZE: Final = 400  # a cell of the diagonal can hold thousands


def positions_of(view: View, choice: Choice | None) -> NDArray[np.int64] | None:
    """Return the positions of the images of a choice, in the order asked for; None for none."""
    return None if choice is None else view.answers.chosen(choice, order=_order(choice))


def show(view: View, choice: Choice, positions: NDArray[np.int64], index: int | None) -> None:
    """Show the images of a choice, the instructive first, to choose from and to take home.

    Args:
        view: The answers.
        choice: What is chosen in the matrix.
        positions: The positions of its images among the answers.
        index: The chosen one of its images: its row in MNIST's training or test images.
    """
    # When an image is chosen, the page scrolls to that instead.
    with reveal.mark("gallery", height=_IN_SIGHT, is_on=index is None):
        _show(view, choice, positions, index)


def _show(view: View, choice: Choice, positions: NDArray[np.int64], index: int | None) -> None:
    title = _title(choice, len(positions))
    st.subheader(title, anchor=False)
    if not len(positions):
        st.write(_("There is no such image. Choose another cell."))
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        _choose_order(choice)
        _offer_sheet(view, choice, positions)
    grid = st.container()
    shown = paging.choose_page(
        positions,
        key=f"confusion.page.{choice.true}.{choice.predicted}.{choice.most}.{_order(choice)}",
        shown=0 if index is None else view.answers.indices[positions].tolist().index(index),
    )
    with grid:
        tiles.choose(
            tile_captions.examined_tiles(view.images, view.answers, shown, disputed=view.disputed),
            label=title,
            key="confusion.tiles",
            chosen=index,
            on_choice=_keep_index,
            width=112,
        )
    if any(int(view.answers.indices[position]) in view.disputed for position in shown):
        st.caption(_("“?” marks a label that human raters dispute."))


def asked_index(view: View, positions: NDArray[np.int64] | None) -> int | None:
    """Return the index of the image that the URL names; None if that is not shown.

    The index is its row in MNIST's training or test images.
    It has to be among the answers that count, and at these positions if there is a choice.
    """
    end = view.images.first_index + len(view.images.labels)
    index = url.whole("index", below=end)
    position = None if index is None else view.answers.position(index)
    if position is None:
        return None
    return index if positions is None or position in positions else None


def step(view: View, positions: NDArray[np.int64], index: int) -> None:
    """Let a person go on from one image of a choice to the next, in the order of the gallery."""
    stepper.step(
        view.answers.indices[positions],
        index,
        key="confusion.step",
        # Nothing is scrolled: what was clicked stays under the pointer.
        on_choice=lambda following: url.put(index=following),
    )


def _order(choice: Choice) -> Order:
    return asked("order", Order) or choice.order


def _keep_index(index: int) -> None:
    reveal.ask("image")
    url.put(index=index)


def offer_csv(view: View) -> None:
    """Offer the mistakes as a table."""
    result, run = view.answers, view.run

    def content() -> bytes:
        answers = None  # after an earlier epoch, less is known
        if view.epoch is None:
            rows = result.indices[~result.is_correct] - view.images.first_index
            answers = cache.network(run).probabilities(view.images.images[rows])
        # With a byte order mark: without it, spreadsheets misread text that is not English.
        table = mistakes_csv(
            result,
            answers,
            run=run.id,
            part=view.part,
            epoch=view.epoch,
            disputed=view.disputed,
        )
        return table.encode("utf-8-sig")

    st.download_button(
        _("Mistakes as CSV"),
        content,
        file_name=f"mnist-{view.slug}-mistakes.csv",
        mime="text/csv",
        icon=":material/download:",
        key="confusion.csv",
        on_click="ignore",
        disabled=not result.n_wrong,
    )


def _title(choice: Choice, n: int) -> str:
    true, predicted = choice.true, choice.predicted
    if choice.are_hits:
        return ngettext(
            "{n} image of digit {digit}, read right",
            "{n} images of digit {digit}, read right",
            n,
            digit=true,
        )
    if true is None and predicted is None:
        if choice.most is not None:
            return ngettext("The {n} surest mistake", "The {n} surest mistakes", n)
        return ngettext("{n} image read wrong", "{n} images read wrong", n)
    if predicted is None:
        return ngettext(
            "{n} image of digit {true}, read as something else",
            "{n} images of digit {true}, read as something else",
            n,
            true=true,
        )
    if true is None:
        return ngettext(
            "{n} image falsely read as {predicted}",
            "{n} images falsely read as {predicted}",
            n,
            predicted=predicted,
        )
    return ngettext(
        "{n} image of digit {true}, read as {predicted}",
        "{n} images of digit {true}, read as {predicted}",
        n,
        true=true,
        predicted=predicted,
    )


def _choose_order(choice: Choice) -> None:
    titles = {
        Order.MOST_SURE: _("Most sure first"),
        Order.LEAST_SURE: _("Least sure first"),
        Order.INDEX: _("By index"),
    }
    choose(
        st.segmented_control,
        _("Sorted"),
        titles,
        parameter="order",
        key="confusion.order",
        default=choice.order,
        required=True,
    )


def _offer_sheet(view: View, choice: Choice, positions: NDArray[np.integer]) -> None:
    def content() -> bytes:
        return contact_sheet(
            view.images.images,
            view.answers,
            positions[:_SHEET_SIZE],
            first_index=view.images.first_index,
        )

    digits = ["all" if digit is None else str(digit) for digit in (choice.true, choice.predicted)]
    is_digit = choice.true is not None or choice.predicted is not None
    name = "-".join(digits) if is_digit else "mistakes"
    st.download_button(
        _("Sheet as PNG"),
        content,
        file_name=f"mnist-{view.slug}-{name}.png",
        mime="image/png",
        icon=":material/download:",
        key="confusion.sheet",
        on_click="ignore",
        help=_("These images on one sheet, at most {n}.", n=_SHEET_SIZE),
    )
