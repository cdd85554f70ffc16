"""Pictures from files."""

import pytest
from PIL import Image, ImageDraw
from streamlit.testing.v1 import AppTest

from mnist_core.data.dataset import load_dataset
from tests.core.pictures.test_files import png_claiming
from tests.core.samples import file_bytes
from tests.pages.draw.helpers import EMPTY, TOO_MANY, UNREADABLE, headings, png, seven, upload


def test_a_picture_dark_on_bright_is_read(app: AppTest):
    upload(app, ("seven.png", png(seven("black", "white"))))

    assert not app.exception
    assert "### It reads 7" in headings(app)
    assert "Dark ink on bright paper." in [caption.value for caption in app.caption]


def test_a_mnist_image_is_read(app: AppTest):
    upload(app, ("two.png", png(Image.fromarray(load_dataset().test_images[1]))))

    assert "### It reads 2" in headings(app)


@pytest.mark.parametrize("file_format", ["JPEG", "WEBP", "BMP", "GIF", "HEIF"])
def test_every_format_is_read(app: AppTest, file_format: str):
    upload(app, ("seven.png", file_bytes(seven("black", "white"), file_format)))

    assert "### It reads 7" in headings(app)


def test_a_picture_on_transparent_ground_is_read(app: AppTest):
    ink = Image.new("RGBA", (280, 280))
    ImageDraw.Draw(ink).line([(90, 60), (190, 60), (130, 220)], "black", 22, joint="curve")

    upload(app, ("seven.png", png(ink)))

    assert "### It reads 7" in headings(app)


def test_which_of_ink_and_paper_is_darker_can_be_overruled(app: AppTest):
    upload(app, ("seven.png", png(seven("black", "white"))))

    app.segmented_control(key="draw.ink").set_value("bright").run()

    assert "Bright ink on dark paper." in [caption.value for caption in app.caption]


def test_one_bad_file_among_good_ones_is_named(app: AppTest):
    upload(app, ("../a*b*.png", b"nothing"), ("seven.png", png(seven("black", "white"))))

    (error,) = app.error
    assert error.value.endswith("This is not a picture that can be read; try PNG or JPEG")
    assert "a\\*b\\*" in error.value
    assert "### It reads 7" in headings(app)


def test_more_than_twenty_files_are_let_go(app: AppTest):
    picture = png(Image.fromarray(load_dataset().test_images[0]))

    upload(app, *((f"{number}.png", picture) for number in range(21)))

    assert [error.value for error in app.error] == [
        "At most 20 pictures are read at once: choose fewer"
    ]
    assert app.file_uploader(key="draw.upload.1").value == []
    assert "It reads" not in headings(app)

    app.run()
    assert not app.error


def test_a_kept_picture_is_not_decoded_again(app: AppTest, monkeypatch: pytest.MonkeyPatch):
    upload(app, ("seven.png", png(seven("black", "white"))))
    monkeypatch.setattr("pages.ui.draw.sources.read_picture", None)

    app.toggle(key="draw.step.centre").set_value(False).run()

    assert not app.exception
    assert "### It reads" in headings(app)


JPEG_IN_CMYK = file_bytes(seven("black", "white").convert("CMYK"), "JPEG")


FILM = file_bytes(
    seven("black", "white"), "GIF", save_all=True, append_images=[Image.new("RGB", (280, 280))]
)


DAMAGED = "The picture is damaged and cannot be read"


class TestBadFiles:
    @pytest.mark.parametrize(
        ("content", "sentence"),
        [
            (b"", UNREADABLE),
            (b"no picture", UNREADABLE),
            (b"MZ" + bytes(5_000), UNREADABLE),
            (png(seven("black", "white"))[:200], DAMAGED),
            (png_claiming(20_000, 20_000), TOO_MANY),
            (png_claiming(100_000, 100_000), TOO_MANY),
            (png(Image.new("L", (300, 300), "white")), EMPTY),
            (png(Image.new("RGB", (1, 1))), EMPTY),
            (
                bytes(10 * 1024 * 1024 + 1),
                "The picture is larger than 10\u00a0MB; choose a smaller one",
            ),
        ],
        ids=["empty", "text", "program", "truncated", "huge", "bomb", "blank", "pixel", "large"],
    )
    def test_gets_one_sentence_and_the_next_is_read(
        self, app: AppTest, content: bytes, sentence: str
    ):
        upload(app, ("bad.png", content))

        assert not app.exception
        assert [each.value for each in (*app.error, *app.info)][:1] == [sentence]
        assert "It reads" not in headings(app)

        app.file_uploader(key="draw.upload.0").set_value(
            [("seven.png", png(seven("black", "white")), "image/png")]
        )
        app.run()
        assert "### It reads 7" in headings(app)

    @pytest.mark.parametrize("content", [JPEG_IN_CMYK, FILM], ids=["cmyk", "animated"])
    def test_an_unusual_but_good_one_is_read(self, app: AppTest, content: bytes):
        upload(app, ("seven.jpg", content))

        assert "### It reads 7" in headings(app)

    def test_a_name_with_path_parts_stays_a_name(self, app: AppTest, tmp_path):
        upload(app, ("../../../etc/passwd.png", png(seven("black", "white"))))

        assert "### It reads 7" in headings(app)
        assert any("passwd" in caption.value for caption in app.caption)
