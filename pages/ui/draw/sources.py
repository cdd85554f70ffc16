"""Where digits to read come from: the canvas, picture files, the clipboard, the camera."""

import hashlib
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Final

import streamlit as st
from PIL import Image
from streamlit.delta_generator import DeltaGenerator

from mnist_core.errors import EmptyDrawingError, InvalidImageError, MnistCoreError
from mnist_core.i18n import N_
from mnist_core.pictures.files import read_picture
from mnist_core.pictures.sheet import Sheet, find_digits
from pages.ui.base import language
from pages.ui.base.language import _
from pages.ui.base.notice import Notice
from pages.ui.draw import canvas, paste

_MAX_FILES: Final = 20
_DECIDE: Final = "auto"
_UPLOADS: Final = "mnist.draw.uploads"
_NOTICE: Final = Notice(key="mnist.draw.notice", is_error=True)
_FOUND: Final = "mnist.draw.found"
_PASTED: Final = "mnist.draw.pasted"
_LOOK: Final = "mnist.draw.look"
_IS_ONE: Final = "draw.is_one"


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
class Refused:
    """Why a picture cannot be read; its name where there are several."""

    name: str
    error: MnistCoreError


@dataclass(slots=True)
class Look:
    """How a person looks at what is given; forgotten as soon as something else is given.

    Attributes:
        given: What it is about: the source and the ids of its files.
        chosen: Which of all digits is looked at; None for the first of the last picture.
        is_one: Whether the person says that each picture shows one digit.
    """

    given: tuple[str, ...]
    chosen: int | None = None
    is_one: bool = False


@dataclass(frozen=True, slots=True)
class _Picture:
    """A picture to find digits on; the id changes with its content.

    Attributes:
        id: Names its content.
        name: Of its file; empty where there is none.
        read: Reads it; called only where its digits are not known yet.
    """

    id: str
    name: str
    read: Callable[[], Image.Image]


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


def show(source: Source, settings: DeltaGenerator) -> tuple[Sequence[Given], Sequence[Refused]]:
    """Show where pictures are given; return those that hold digits, and what is wrong with others.

    Args:
        source: Where they come from.
        settings: Where it is chosen how they are drawn or read.
    """
    if source is not Source.DRAW:
        canvas.leave()
    give = {
        Source.DRAW: lambda: _drawn(settings),
        Source.UPLOAD: _uploaded,
        Source.PASTE: _pasted,
        Source.CAMERA: _photographed,
    }[source]
    try:
        given = give()
    except MnistCoreError as error:
        return [], [Refused("", error)]
    look = _look_at(_named(source, given))
    if not given:
        return [], []
    if source is Source.DRAW:
        # The canvas is white on black, however much ink is on its rim.
        is_dark_on_bright: bool | None = False
    else:
        with settings:
            is_dark_on_bright = _choose_ink()
    read = partial(
        find_digits,
        is_dark_on_bright=is_dark_on_bright,
        is_one=look.is_one,
        is_drawn=source is Source.DRAW,
    )
    found = _find(given, read)
    pictures, errors = [], []
    for picture, sheet in zip(given, found, strict=True):
        if isinstance(sheet, Sheet):
            pictures.append(Given(picture.name, sheet))
        else:
            errors.append(Refused(picture.name if len(given) > 1 else "", sheet))
    return pictures, errors


def _named(source: Source, given: Sequence[_Picture]) -> tuple[str, ...]:
    """Name what is given, for `Look`: a drawing is the same until it is cleared."""
    if source is Source.DRAW:
        return (source,) if given else ()
    return (source, *(picture.id for picture in given))


def look() -> Look:
    """Return how the person looks at what is given."""
    found: Look = st.session_state[_LOOK]
    return found


def _look_at(given: tuple[str, ...]) -> Look:
    """Return the look at what is given; a new one where that is something else than before."""
    before = st.session_state.get(_LOOK)
    if before is None or before.given != given:
        st.session_state[_LOOK] = Look(given)
    return look()


def offer_one() -> None:
    """Let a person say that what looks like several digits is one."""
    st.session_state[_IS_ONE] = look().is_one
    st.toggle(
        _("This is one digit"),
        key=_IS_ONE,
        on_change=_note_one,
        help=_("Reads all the ink as a single digit, whether or not its parts touch."),
    )


def _note_one() -> None:
    look().is_one = st.session_state[_IS_ONE]
    look().chosen = None


def _drawn(settings: DeltaGenerator) -> Sequence[_Picture]:
    picture = canvas.show(settings)
    if picture is None:
        return []
    return [_Picture(hashlib.sha256(picture.tobytes()).hexdigest(), "", lambda: picture)]


def _uploaded() -> Sequence[_Picture]:
    files = st.file_uploader(
        _("Pictures of digits, dark on bright or bright on dark"),
        accept_multiple_files=True,
        key=_uploader(),
        on_change=_refuse_too_many,
    )
    return [_file(file.file_id, file.name, file.getvalue) for file in files]


def _uploader() -> str:
    return f"draw.upload.{st.session_state.get(_UPLOADS, 0)}"


def _refuse_too_many() -> None:
    if len(st.session_state[_uploader()]) > _MAX_FILES:
        # Only another uploader lets go of the files, which the server holds in its memory.
        st.session_state[_UPLOADS] = st.session_state.get(_UPLOADS, 0) + 1
        too_many = InvalidImageError(
            N_("at most {n} pictures are read at once: choose fewer"), n=_MAX_FILES
        )
        _NOTICE.leave(language.error_text(too_many))


def _photographed() -> Sequence[_Picture]:
    photo = st.camera_input(
        _("Hold a digit on paper in front of the camera, so that it fills the picture"),
        key="draw.camera",
    )
    return [_file(photo.file_id, "", photo.getvalue)] if photo else []


def _pasted() -> Sequence[_Picture]:
    content = paste.show(key="draw.paste")
    if content is not None:
        st.session_state[_PASTED] = _file(secrets.token_hex(4), "", lambda: content)
    picture = st.session_state.get(_PASTED)
    return [picture] if picture else []


def _file(file_id: str, name: str, content: Callable[[], bytes]) -> _Picture:
    return _Picture(file_id, name, lambda: read_picture(content()))


def _choose_ink() -> bool | None:
    """Let a person overrule which of ink and paper is darker; None to decide from the picture."""
    titles = {_DECIDE: _("Automatic"), "dark": _("Dark"), "bright": _("Bright")}
    ink = st.segmented_control(
        _("The ink is"),
        list(titles),
        default=_DECIDE,
        format_func=lambda name: titles[name],
        required=True,
        key="draw.ink",
    )
    return None if ink == _DECIDE else ink == "dark"


def _find(given: Sequence[_Picture], read: partial[Sheet]) -> Sequence[Sheet | MnistCoreError]:
    """Find the digits of each picture, or what is wrong with it; what was found before is kept."""
    before = st.session_state.get(_FOUND, {})
    found: dict[object, Sheet | MnistCoreError] = {}
    for picture in given:
        key = picture.id, *read.keywords.values()
        try:
            found[key] = before[key] if key in before else read(picture.read())
        except MnistCoreError as error:
            found[key] = error
    st.session_state[_FOUND] = found
    return list(found.values())


def show_refused(refused: Sequence[Refused]) -> None:
    """Say what is wrong with the pictures that cannot be read, or that they are too many."""
    _NOTICE.tell()
    for each in refused:
        sentence = language.error_text(each.error)
        if each.name:
            sentence = _("{file}: {sentence}", file=language.plain(each.name), sentence=sentence)
        say = st.info if isinstance(each.error, EmptyDrawingError) else st.error
        say(sentence)


def show_picture(given: Given) -> None:
    """Show a picture as it was read, in grey."""
    st.image(given.sheet.grey, width=canvas.SIZE, alt=_("The picture, in grey"))
    if given.name:
        st.caption(language.plain(given.name))
    st.caption(
        _("Dark ink on bright paper.")
        if given.sheet.is_dark_on_bright
        else _("Bright ink on dark paper.")
    )
    if given.sheet.has_more:
        st.caption(
            _("Lines, frames or a desk are left out; the X-ray below shows what.")
            if len(given.sheet.digits) == 1
            else _("Lines, frames or a desk are left out; below, they are pale.")
        )
