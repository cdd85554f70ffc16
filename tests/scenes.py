"""Pictures as people give them: a digit, or thirty, among lines, on a desk, in a window.

Fifty-five digits: 25 drawings of `tests.strokes` and the first 30 test images of MNIST, enlarged.
"""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from mnist_core.data.dataset import load_dataset
from tests.strokes import DRAWINGS

Mask = NDArray[np.uint8]  # how much of each pixel is ink, 0..255
Colour = tuple[int, int, int]

_N_STROKES, _N_MNIST = 25, 30
N_DIGITS: Final = _N_STROKES + _N_MNIST
N_ON_SHEET: Final = 30
_KINDS: Final = ("large", "thin", "corner")  # of pens that a scene's scale leaves legible
_COLUMNS: Final = 5
_WHITE, _BLACK, _BLUE = (255, 255, 255), (0, 0, 0), (34, 48, 140)
_PALE, _RED, _GREY = (190, 205, 235), (225, 90, 90), (110, 110, 110)
_SLATE: Final = (140, 150, 170)
_DESK, _WOOD = (56, 40, 30), (176, 130, 84)


@dataclass(frozen=True, slots=True)
class Glyph:
    """A digit that somebody wrote.

    Attributes:
        label: The digit.
        ink: Its ink, cut to its box, large.
    """

    label: int
    ink: Mask

    def of_height(self, height: float) -> Mask:
        """Return the ink with its longer side at so many px."""
        factor = height / max(self.ink.shape)
        size = [max(1, round(length * factor)) for length in reversed(self.ink.shape)]
        return np.asarray(Image.fromarray(self.ink).resize(size, Image.Resampling.LANCZOS))


@cache
def glyphs() -> tuple[Glyph, ...]:
    """Return the fifty-five digits."""
    kinds = {kind: [drawing for drawing in DRAWINGS if drawing.kind == kind] for kind in _KINDS}
    drawn = [drawing for kind in _KINDS for drawing in kinds[kind]][:_N_STROKES]
    strokes = [(drawing.digit, np.asarray(drawing.picture())) for drawing in drawn]
    dataset = load_dataset()
    enlarged = [
        (
            int(label),
            np.asarray(Image.fromarray(image).resize((280, 280), Image.Resampling.BICUBIC)),
        )
        for image, label in zip(
            dataset.test_images[:_N_MNIST], dataset.test_labels[:_N_MNIST], strict=True
        )
    ]
    return tuple(Glyph(label, _cut(ink)) for label, ink in (*strokes, *enlarged))


def _cut(ink: Mask) -> Mask:
    rows, columns = np.flatnonzero(ink.max(axis=1) > 60), np.flatnonzero(ink.max(axis=0) > 60)
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


class Page:
    """Paper to write and to draw lines on, in px."""

    def __init__(self, width: int, height: int, colour: Colour = _WHITE) -> None:
        self.picture = Image.new("RGB", (width, height), colour)

    def write(
        self, glyph: Glyph, x: float, y: float, height: float, colour: Colour = _BLUE
    ) -> None:
        """Write a digit around a point."""
        mask = Image.fromarray(glyph.of_height(height))
        corner = (round(x - mask.width / 2), round(y - mask.height / 2))
        self.picture.paste(colour, corner, mask)

    def line(self, *points: float, colour: Colour = _BLACK, width: int = 3) -> None:
        """Draw a line through points, x and y in turn."""
        ImageDraw.Draw(self.picture).line(points, fill=colour, width=width)

    def rule(self, step: int, *, colour: Colour, width: int, is_squared: bool = False) -> None:
        """Rule the page."""
        across, down = self.picture.size
        for y in range(step // 2, down, step):
            self.line(0, y, across, y, colour=colour, width=width)
        for x in range(step // 2, across, step) if is_squared else ():
            self.line(x, 0, x, down, colour=colour, width=width)


def photographed(picture: Image.Image, seed: int, *, turn: float = 0.0) -> Image.Image:
    """Take a photo: light from one side, a soft lens, grain, JPEG; turned by degrees."""
    rng = np.random.default_rng(seed)
    if turn:
        fill = picture.getpixel((2, 2))
        picture = picture.rotate(turn, Image.Resampling.BICUBIC, fillcolor=fill)
    levels = np.asarray(picture).astype(np.float32)
    height, width = levels.shape[:2]
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    light = (0.82 - 0.10 * x + 0.05 * y - 0.05 * (x**2 + y**2))[..., np.newaxis]
    levels = cv2.GaussianBlur(levels * light.astype(np.float32), (0, 0), 0.9)
    levels += rng.normal(0, 3, (height, width, 1))
    taken = Image.fromarray(np.clip(levels, 0, 255).astype(np.uint8))
    buffer = io.BytesIO()
    taken.save(buffer, "JPEG", quality=85)
    return Image.open(io.BytesIO(buffer.getvalue()))


def _plain(glyph: Glyph, colour: Colour = _BLUE) -> Page:
    page = Page(500, 500)
    page.write(glyph, 250, 250, 240, colour)
    return page


def _clean(glyph: Glyph, seed: int) -> Image.Image:
    return _plain(glyph).picture


def _desk_strip(glyph: Glyph, seed: int) -> Image.Image:
    """A dark desk along one side, from a thin strip to a sixth of the picture."""
    strip, lean = np.random.default_rng(seed).integers((15, -10), (200, 10)).tolist()
    page = Page(1300, 1000)
    near, far = 1300 - strip + lean, 1300 - strip - lean
    ImageDraw.Draw(page.picture).polygon((near, 0, 1310, 0, 1310, 1000, far, 1000), _DESK)
    page.picture = page.picture.rotate(90 * (seed % 4), expand=True)
    page.write(glyph, page.picture.width / 2, page.picture.height / 2, 430)
    return photographed(page.picture, seed)


def _on_desk(picture: Image.Image, seed: int, colour: Colour) -> Image.Image:
    desk = Image.new("RGB", (picture.width + 320, picture.height + 300), colour)
    sheet = picture.convert("RGBA").rotate((seed % 9) - 4, Image.Resampling.BICUBIC, expand=True)
    desk.paste(sheet, (100 + seed % 40, 90 + seed % 30), sheet)
    return photographed(desk, seed)


def _dark_desk(glyph: Glyph, seed: int) -> Image.Image:
    page = Page(600, 700)
    page.write(glyph, 300, 330, 300)
    return _on_desk(page.picture, seed, _DESK)


def _wooden_desk(glyph: Glyph, seed: int) -> Image.Image:
    page = Page(600, 700)
    page.write(glyph, 300, 330, 300)
    return _on_desk(page.picture, seed, _WOOD)


def _lined_scan(glyph: Glyph, seed: int) -> Image.Image:
    page = Page(700, 900)
    page.rule(79, colour=_PALE, width=2)
    page.write(glyph, 330, 440, 250)
    return page.picture


def _lined_dark(glyph: Glyph, seed: int) -> Image.Image:
    page = Page(700, 900)
    page.rule(79, colour=_GREY, width=3)
    page.line(90, 0, 90, 900, colour=_RED, width=3)
    page.write(glyph, 330, 440, 250)
    return page.picture


def _lined_photo(glyph: Glyph, seed: int) -> Image.Image:
    return photographed(_lined_dark(glyph, seed), seed, turn=(seed % 7) - 3)


def _squared(glyph: Glyph, width: int, colour: Colour) -> Image.Image:
    page = Page(width, 700)
    page.rule(50, colour=colour, width=2, is_squared=True)
    page.write(glyph, width / 2 - 10, 340, 260)
    return page.picture


def _squared_scan(glyph: Glyph, seed: int) -> Image.Image:
    return _squared(glyph, 700, _PALE)


def _squared_dark(glyph: Glyph, seed: int) -> Image.Image:
    return _squared(glyph, 700, _SLATE)


def _squared_landscape(glyph: Glyph, seed: int) -> Image.Image:
    return _squared(glyph, 1000, _SLATE)


def _punched(glyph: Glyph, seed: int) -> Image.Image:
    """A page with the dark holes of a binder at its side."""
    page = Page(700, 900)
    for y in (120, 450, 780):
        ImageDraw.Draw(page.picture).ellipse((30, y - 20, 70, y + 20), _GREY)
    page.write(glyph, 400, 440, 240)
    return page.picture


def _margin(glyph: Glyph, seed: int) -> Image.Image:
    """A page with a line beside the text that ends before the rims."""
    page = Page(700, 900)
    end = 20 + 10 * (seed % 11)
    page.line(90, end, 90, 900 - end, colour=_GREY, width=3)
    page.write(glyph, 380, 440, 250)
    return page.picture


def _box(glyph: Glyph, seed: int) -> Image.Image:
    page = _plain(glyph)
    page.line(90, 70, 410, 70, 410, 430, 90, 430, 90, 70, width=4)
    return page.picture


def _tight_box(glyph: Glyph, seed: int) -> Image.Image:
    """A box that the digit reaches, here and there."""
    page = _plain(glyph)
    page.line(140, 125, 360, 125, 360, 375, 140, 375, 140, 125, width=4)
    return page.picture


def _dashed_box(glyph: Glyph, seed: int) -> Image.Image:
    page = _plain(glyph)
    dash, gap, width = [(12, 8, 3), (20, 12, 3), (8, 8, 4), (30, 14, 2)][seed % 4]
    for x in range(90, 410, dash + gap):
        for y in (70, 430):
            page.line(x, y, min(x + dash, 410), y, width=width)
    for y in range(70, 430, dash + gap):
        for x in (90, 410):
            page.line(x, y, x, min(y + dash, 430), width=width)
    return page.picture


def _corners(glyph: Glyph, seed: int) -> Image.Image:
    """Marks at the corners, as where a camera finds its picture or a printer cuts."""
    page = _plain(glyph)
    place, length = (60, 80, 100)[seed % 3], 30 + seed % 20
    for x, across in ((place, length), (500 - place, -length)):
        for y, down in ((place, length), (500 - place, -length)):
            page.line(x + across, y, x, y, x, y + down, width=2 + seed % 4)
    return page.picture


def _comb(glyph: Glyph, seed: int) -> Image.Image:
    """A row of boxes with one of them filled."""
    page = Page(900, 300)
    page.line(60, 60, 840, 60, width=3)
    page.line(60, 240, 840, 240, width=3)
    for x in range(60, 841, 130):
        page.line(x, 60, x, 240, width=3)
    page.write(glyph, 60 + 130 * 2.5, 150, 110)
    return page.picture


def _circle(glyph: Glyph, seed: int) -> Image.Image:
    page = _plain(glyph)
    ImageDraw.Draw(page.picture).ellipse((55, 60, 445, 440), outline=_BLACK, width=5)
    return page.picture


def _hand_circle(glyph: Glyph, seed: int) -> Image.Image:
    """A ring as a hand draws it: not round, with the ends crossing."""
    page = _plain(glyph)
    rng = np.random.default_rng(seed)
    angles = np.linspace(0, 2 * np.pi * 1.06, 60)
    radius = 195 + 12 * np.sin(2 * angles + rng.random() * 6) + np.linspace(-6, 8, 60)
    points = np.stack([250 + radius * np.cos(angles), 250 + radius * np.sin(angles)], axis=1)
    page.line(*points.ravel().tolist(), colour=(200, 30, 30), width=6)
    return page.picture


def _underline(glyph: Glyph, seed: int) -> Image.Image:
    page = _plain(glyph, _BLACK)
    page.line(105, 410, 395, 410 + seed % 9, width=7)
    return page.picture


def _close_underline(glyph: Glyph, seed: int) -> Image.Image:
    """A long underline that the digit stands on."""
    page = _plain(glyph, _BLACK)
    page.line(60, 371, 440, 371, width=6)
    return page.picture


def _between_lines(glyph: Glyph, seed: int) -> Image.Image:
    page = _plain(glyph, _BLACK)
    apart = 160 + seed % 12
    page.line(105, 250 - apart, 395, 250 - apart, width=6)
    page.line(105, 250 + apart, 395, 250 + apart, width=6)
    return page.picture


def _disc(glyph: Glyph, seed: int) -> Image.Image:
    """A white digit on a coloured disc, or a black one on a pale disc on something dark."""
    is_pale = seed % 2 == 0
    page = Page(500, 500, _DESK if is_pale else _WHITE)
    colour = (235, 235, 220) if is_pale else [(200, 30, 40), (30, 60, 160), _BLACK][seed % 3]
    radius = 200 + seed % 30
    corners = (250 - radius, 250 - radius, 250 + radius, 250 + radius)
    ImageDraw.Draw(page.picture).ellipse(corners, colour)
    page.write(glyph, 250, 250, 200, _BLACK if is_pale else _WHITE)
    return page.picture


def _triangle(glyph: Glyph, seed: int) -> Image.Image:
    page = Page(500, 500)
    ImageDraw.Draw(page.picture).polygon((250, 20, 485, 460, 15, 460), (200, 30, 40))
    page.write(glyph, 250, 330, 170, _WHITE)
    return page.picture


def _outlined(glyph: Glyph, seed: int) -> Image.Image:
    """A sticker: a white digit with a black edge, and nothing around it."""
    ink = np.pad(glyph.of_height(300), 60)
    alpha = cv2.dilate(ink, np.ones((9, 9), np.uint8))
    return Image.fromarray(np.dstack([ink, ink, ink, alpha]))


def _title_bar(glyph: Glyph, seed: int) -> Image.Image:
    page = Page(600, 500)
    page.write(glyph, 300, 270, 260, _BLACK)
    draw = ImageDraw.Draw(page.picture)
    draw.rectangle((0, 0, 600, 30), fill=(0, 120, 215))
    draw.text((16, 9), "Untitled - Paint", fill=_WHITE)
    return page.picture


def _struck(glyph: Glyph, seed: int) -> Image.Image:
    """A line through, from rim to rim, as of a crease or a ruled line."""
    page = _plain(glyph)
    page.line(0, 240 + seed % 40, 500, 240 + seed % 40, width=4)
    return page.picture


def _rounded_card(glyph: Glyph, seed: int) -> Image.Image:
    page = _plain(glyph, _BLACK)
    shape = Image.new("L", page.picture.size, 0)
    ImageDraw.Draw(shape).rounded_rectangle((0, 0, 499, 499), 44, fill=255)
    page.picture.putalpha(shape)
    return page.picture


def _window_shadow(glyph: Glyph, seed: int) -> Image.Image:
    """A window's screenshot: transparent around it, with a soft black shadow."""
    page = Page(600, 500)
    page.write(glyph, 300, 270, 260, _BLACK)
    ImageDraw.Draw(page.picture).rectangle((0, 0, 600, 30), fill=(222, 222, 222))
    shape = np.zeros((660, 760), np.uint8)
    shape[60:560, 80:680] = 255
    shadow = (cv2.GaussianBlur(shape, (0, 0), 25) * 0.5).astype(np.uint8)
    shot = Image.new("RGBA", (760, 660), (0, 0, 0, 0))
    shot.putalpha(Image.fromarray(shadow))
    shot.paste(page.picture, (80, 60))
    return shot


def _small_on_a4(glyph: Glyph, seed: int) -> Image.Image:
    page = Page(1414, 2000)
    page.write(glyph, 340, 330, 48)
    return page.picture


def _small_on_screen(glyph: Glyph, seed: int) -> Image.Image:
    page = Page(1920, 1080)
    page.write(glyph, 900, 500, 60, _BLACK)
    return page.picture


def _eight_by_eight(glyph: Glyph, seed: int) -> Image.Image:
    page = Page(240, 240)
    page.write(glyph, 120, 120, 225, _BLACK)
    return page.picture.convert("L").resize((8, 8), Image.Resampling.BOX)


def _like_colours(glyph: Glyph, seed: int) -> Image.Image:
    pairs = [
        ((222, 32, 32), (40, 60, 200)),
        ((0, 128, 0), (190, 50, 90)),
        _HARD,
    ]
    ink, paper = pairs[seed % len(pairs)]
    page = Page(500, 500, paper)
    page.write(glyph, 250, 250, 240, ink)
    return page.picture


_HARD: Final = ((230, 120, 20), (100, 150, 190))


def _twelve_bits(glyph: Glyph, seed: int) -> Image.Image:
    grey = np.asarray(_plain(glyph).picture.convert("L")).astype(np.uint16)
    return Image.fromarray(grey << 4)


def _fax(glyph: Glyph, seed: int) -> Image.Image:
    """Grey ink on a fax: black dots, more where it is darker."""
    return _plain(glyph, (120, 120, 120)).picture.convert("L").convert("1")


def _airbrush(glyph: Glyph, seed: int) -> Image.Image:
    ink = np.asarray(_plain(glyph, _BLACK).picture.convert("L"))
    drops = np.random.default_rng(seed).random(ink.shape) < 0.3
    return Image.fromarray(np.where(drops & (ink < 128), np.uint8(20), np.uint8(255)))


def _dashed(glyph: Glyph, seed: int) -> Image.Image:
    """A digit to trace, of the same kind: dashes of 16 px, 12 px apart, along its strokes."""
    kind = [drawing for drawing in DRAWINGS if drawing.digit == glyph.label]
    page = Image.new("L", (300, 300), 255)
    draw = ImageDraw.Draw(page)
    for stroke in kind[seed % len(kind)].strokes:
        points = np.array(stroke, float)
        way = np.r_[0, np.cumsum(np.hypot(*np.diff(points, axis=0).T))]
        for place in np.arange(0, way[-1], 1.0):
            if place % 28 < 12:  # with the round pen, 16 px long
                x, y = (10 + np.interp(place, way, points[:, axis]) for axis in (0, 1))
                draw.ellipse((x - 3, y - 3, x + 3, y + 3), fill=0)
    return page


SCENES: Final[Mapping[str, Callable[[Glyph, int], Image.Image]]] = MappingProxyType(
    {
        "clean": _clean,
        "strip of desk": _desk_strip,
        "sheet on a dark desk": _dark_desk,
        "sheet on a wooden desk": _wooden_desk,
        "lined, pale, scanned": _lined_scan,
        "lined, dark, scanned": _lined_dark,
        "lined, photographed": _lined_photo,
        "squared, pale, scanned": _squared_scan,
        "squared, dark, scanned": _squared_dark,
        "squared, landscape": _squared_landscape,
        "punched holes": _punched,
        "line beside the text": _margin,
        "printed box": _box,
        "box that the digit touches": _tight_box,
        "dashed box": _dashed_box,
        "marks at the corners": _corners,
        "row of boxes": _comb,
        "circle": _circle,
        "circle drawn by hand": _hand_circle,
        "underline": _underline,
        "underline that touches": _close_underline,
        "lines above and below": _between_lines,
        "disc": _disc,
        "triangle": _triangle,
        "outlined": _outlined,
        "title bar": _title_bar,
        "line through": _struck,
        "card with round corners": _rounded_card,
        "window with its shadow": _window_shadow,
        "10 mm on A4": _small_on_a4,
        "60 px on a full screen": _small_on_screen,
        "8 x 8 px": _eight_by_eight,
        "colours of like brightness": _like_colours,
        "12 bits in 16": _twelve_bits,
        "fax": _fax,
        "airbrush": _airbrush,
        "dashes to trace": _dashed,
    }
)


def _grid(page: Page, step: tuple[int, int], height: float) -> None:
    for number, glyph in enumerate(glyphs()[_N_STROKES:]):
        row, column = divmod(number, _COLUMNS)
        page.write(glyph, 60 + step[0] * (column + 0.5), 60 + step[1] * (row + 0.5), height)


def _table(width: int, colour: Colour) -> Image.Image:
    page = Page(120 + 150 * 5, 120 + 140 * 6)
    for column in range(_COLUMNS + 1):
        page.line(60 + 150 * column, 60, 60 + 150 * column, 900, colour=colour, width=width)
    for row in range(7):
        page.line(60, 60 + 140 * row, 810, 60 + 140 * row, colour=colour, width=width)
    _grid(page, (150, 140), 80)
    return page.picture


def _ruled_sheet(colour: Colour, *, is_squared: bool = False) -> Image.Image:
    page = Page(120 + 150 * 5, 120 + 140 * 6)
    page.rule(35 if is_squared else 70, colour=colour, width=2, is_squared=is_squared)
    _grid(page, (150, 140), 80)
    return page.picture


def _bare_sheet() -> Image.Image:
    page = Page(120 + 150 * 5, 120 + 140 * 6)
    _grid(page, (150, 140), 80)
    return page.picture


SHEETS: Final[Mapping[str, Callable[[int], Image.Image]]] = MappingProxyType(
    {
        "sheet": lambda seed: _bare_sheet(),
        "table": lambda seed: _table(3, _BLACK),
        "table, photographed": lambda seed: photographed(_table(4, _GREY), seed, turn=2.0),
        "sheet, lined, pale": lambda seed: _ruled_sheet(_PALE),
        "sheet, lined, dark": lambda seed: _ruled_sheet(_GREY),
        "sheet, squared": lambda seed: _ruled_sheet(_PALE, is_squared=True),
        "sheet on a dark desk": lambda seed: _on_desk(_bare_sheet(), seed, _DESK),
        "table on a dark desk": lambda seed: _on_desk(_table(4, _BLACK), seed, _DESK),
        "sheet with a strip of desk": lambda seed: photographed(_with_strip(_bare_sheet()), seed),
    }
)


def _with_strip(picture: Image.Image) -> Image.Image:
    ImageDraw.Draw(picture).rectangle((picture.width - 40, 0, picture.width, 2_000), _DESK)
    return picture
