"""Where digits to read come from: the canvas, picture files, the clipboard, the camera."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from html import escape
from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mnist_core.errors import EmptyDrawingError, MnistCoreError
from mnist_core.picture_files import read_picture
from mnist_core.sheet import Sheet, SheetDigit, find_digits
from pages.ui import canvas, language, paste, tiles
from pages.ui.language import _

_TYPES: Final = ("png", "jpg", "jpeg", "webp", "bmp", "gif", "heic", "heif")
_MAX_FILES: Final = 20
_DECIDE: Final = "auto"
_IS_ONE: Final = "draw.is_one"
_FOUND: Final = "mnist.draw.found"
_PASTED: Final = "mnist.draw.pasted"


class Source(StrEnum):
    """Where digits come from."""

    DRAW = "draw"
    UPLOAD = "upload"
    PASTE = "paste"
    CAMERA = "camera"


@dataclass(frozen=True, slots=True)
class Given:
    """A picture that somebody gave, by its name, with the digits on it."""

    name: str
    sheet: Sheet


@dataclass(frozen=True, slots=True)
class _File:
    """A picture file; the id changes with its content."""

    id: str
    name: str
    content: Callable[[], bytes]


def choose_source() -> Source:
    """Let a person choose where the digit comes from."""
    titles = {
        Source.DRAW: _(":material/draw: Draw"),
        Source.UPLOAD: _(":material/upload: Upload"),
        Source.PASTE: _(":material/content_paste: Paste"),
        Source.CAMERA: _(":material/photo_camera: Camera"),
    }
    return Source(
        st.segmented_control(
            _("Where the digit comes from"),
            list(Source),
            default=Source.DRAW,
            format_func=lambda source: titles[source],
            required=True,
            key="draw.source",
            persist_state="session",
            label_visibility="collapsed",
            wrap=True,
        )
    )


def show(source: Source, settings: DeltaGenerator) -> Sequence[Given]:
    """Show where pictures are given; return those that hold digits, and say what files lack.

    Args:
        source: Where they come from.
        settings: Where it is chosen how they are drawn or read.

    Raises:
        EmptyDrawingError: What is drawn on the canvas is no digit.
        InvalidImageError: It has far too many pieces.
    """
    if source is Source.DRAW:
        picture = canvas.show(settings)
        if picture is None:
            return []
        # The canvas is white on black, however much ink is on its rim.
        return [Given("", find_digits(picture, is_dark_on_bright=False, is_one=_is_one()))]
    canvas.leave()
    match source:
        case Source.UPLOAD:
            files = _uploaded()
        case Source.PASTE:
            files = _pasted()
        case _:
            files = _photographed()
    if not files:
        return []
    with settings:
        is_dark_on_bright = _choose_ink()
    return _find(files, is_dark_on_bright=is_dark_on_bright, is_one=_is_one())


def offer_one(given: Given) -> None:
    """Let a person say that what looks like several digits is one."""
    if len(given.sheet.digits) > 1 or _is_one():
        st.toggle(
            _("This is one digit"),
            key=_IS_ONE,
            help=_("Reads all the ink together, as a single digit whose parts do not touch."),
        )


def _is_one() -> bool:
    return bool(st.session_state.get(_IS_ONE))


def _uploaded() -> Sequence[_File]:
    files = st.file_uploader(
        _("Pictures of digits, dark on bright or bright on dark"),
        type=_TYPES,
        accept_multiple_files=True,
        key="draw.upload",
    )
    if len(files) > _MAX_FILES:
        st.info(
            _(
                "Only the first {n} pictures are read; take some away to read others.",
                n=_MAX_FILES,
            )
        )
    return [_File(file.file_id, file.name, file.getvalue) for file in files[:_MAX_FILES]]


def _photographed() -> Sequence[_File]:
    photo = st.camera_input(
        _("Hold a digit on paper in front of the camera, so that it fills the picture"),
        key="draw.camera",
    )
    return [_File(photo.file_id, "", photo.getvalue)] if photo else []


def _pasted() -> Sequence[_File]:
    content = paste.show(key="draw.paste")
    if content is not None:
        st.session_state[_PASTED] = _File(secrets.token_hex(4), "", lambda: content)
    file = st.session_state.get(_PASTED)
    return [file] if file else []


def _choose_ink() -> bool | None:
    """Let a person overrule which of ink and paper is darker; None to decide from the picture."""
    titles = {
        _DECIDE: _("Find out"),
        "dark": _("Dark on bright"),
        "bright": _("Bright on dark"),
    }
    ink = st.segmented_control(
        _("The ink is"),
        list(titles),
        default=_DECIDE,
        format_func=lambda name: titles[name],
        required=True,
        key="draw.ink",
        wrap=True,
    )
    return None if ink == _DECIDE else ink == "dark"


def _find(
    files: Sequence[_File], *, is_dark_on_bright: bool | None, is_one: bool
) -> Sequence[Given]:
    """Find the digits of the files; what was found before in these is kept."""
    before = st.session_state.get(_FOUND, {})
    found: dict[object, Sheet | MnistCoreError] = {}
    for file in files:
        key = file.id, is_dark_on_bright, is_one
        try:
            found[key] = (
                before[key]
                if key in before
                else find_digits(
                    read_picture(file.content()), is_dark_on_bright=is_dark_on_bright, is_one=is_one
                )
            )
        except MnistCoreError as error:
            found[key] = error
    st.session_state[_FOUND] = found
    given = []
    for file, sheet in zip(files, found.values(), strict=True):
        if isinstance(sheet, MnistCoreError):
            _say_what_is_wrong(sheet, name=file.name if len(files) > 1 else "")
        else:
            given.append(Given(file.name, sheet))
    return given


def _say_what_is_wrong(error: MnistCoreError, *, name: str) -> None:
    sentence = language.error_text(error)
    if name:
        sentence = _("{file}: {sentence}", file=language.plain(name), sentence=sentence)
    say = st.info if isinstance(error, EmptyDrawingError) else st.error
    say(sentence)


def show_picture(source: Source, given: Given) -> None:
    """Show a picture as it was read, in grey; one of several digits is shown with its boxes."""
    if source is Source.DRAW:
        return
    if len(given.sheet.digits) == 1:
        st.image(given.sheet.grey, width=canvas.SIZE, alt=_("The picture, in grey"))
    if given.name:
        st.caption(language.plain(given.name))
    st.caption(
        _("Dark ink on bright paper.")
        if given.sheet.is_dark_on_bright
        else _("Bright ink on dark paper.")
    )


def show_boxes(given: Given, *, readings: Sequence[str], looked_at: int) -> None:
    """Show a picture with a box around each of its digits.

    Args:
        given: The picture.
        readings: What its digits are read as.
        looked_at: Which of its digits is looked at.
    """
    height, width = given.sheet.grey.shape
    boxes = "".join(
        f'<i class="{_box_class(digit, is_chosen=number == looked_at)}" style="'
        f"left:{100 * digit.box.left / width:.2f}%;top:{100 * digit.box.top / height:.2f}%;"
        f"width:{100 * digit.box.width / width:.2f}%;"
        f'height:{100 * digit.box.height / height:.2f}%"><b>{escape(reading)}</b></i>'
        for number, (digit, reading) in enumerate(zip(given.sheet.digits, readings, strict=True))
    )
    label = _("The picture, with a box around each digit")
    st.html(
        f'<div class="mnist-sheet"><img src="{tiles.data_uri(given.sheet.grey)}" '
        f'alt="{escape(label)}">{boxes}</div>'
    )


def _box_class(digit: SheetDigit, *, is_chosen: bool) -> str:
    marks = (("mnist-unsure", digit.is_unsure), ("mnist-chosen", is_chosen))
    return " ".join(["mnist-box", *(name for name, is_on in marks if is_on)])
