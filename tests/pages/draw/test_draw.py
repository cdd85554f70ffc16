"""The Draw page."""

import base64
import io

import numpy as np
import pytest
from PIL import Image, ImageDraw
from streamlit.testing.v1 import AppTest

from mnist_core.data.dataset import load_dataset
from mnist_core.pictures.paper import extract_ink, has_dark_ink
from mnist_core.pictures.scan import to_grey
from mnist_core.pictures.steps import Step, take_steps, to_digit, to_digit_naively
from mnist_core.store.run_store import RunStore
from pages.ui.widgets import tiles
from tests.calls import count_calls
from tests.core.pictures.test_files import png_claiming
from tests.core.pictures.test_sheet import grid, on_paper, sheet_of
from tests.core.samples import file_bytes
from tests.pages.conftest import component, open_page

PAGE = "pages/5_Draw.py"


def png(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def seven(colour: str, paper: str, mode: str = "RGB") -> Image.Image:
    image = Image.new(mode, (280, 280), paper)
    ImageDraw.Draw(image).line([(90, 60), (190, 60), (130, 220)], colour, 22, joint="curve")
    return image


def two_ones() -> Image.Image:
    """Two upright strokes, apart: 11."""
    image = Image.new("RGBA", (280, 280), "black")
    for x in (80, 190):
        ImageDraw.Draw(image).line([(x, 60), (x, 220)], "white", 22)
    return image


def lines(*strokes: list[tuple[int, int]]) -> Image.Image:
    """Black lines on white paper."""
    image = Image.new("L", (500, 200), "white")
    for stroke in strokes:
        ImageDraw.Draw(image).line(stroke, "black", 10)
    return image


def draw(app: AppTest, image: Image.Image, *, canvas: int = 0) -> AppTest:
    """Put a drawing on the canvas, as its component reports it."""
    uri = "data:image/png;base64," + base64.b64encode(png(image)).decode()
    app.session_state[f"draw.canvas.{canvas}"] = {
        "drawing": {"raw": {"objects": [{}]}, "data": uri},
        "backgroundFit": None,
    }
    return app.run()


def drawn_again(app: AppTest) -> list[object]:
    """The objects that the canvas is to show when it appears."""
    return component(app, "draw.canvas.0")["initialDrawing"]["objects"]


def headings(app: AppTest) -> str:
    return "\n".join(element.value for element in app.markdown)


def pictures(app: AppTest) -> str:
    """All HTML of the page, where the pictures are."""
    return "".join(element.proto.body for element in app.get("html"))


def reading_of(probabilities: np.ndarray) -> str:
    return f"It reads {probabilities.argmax()}, {probabilities.max():.1%} sure"


def disputed_digit() -> tuple[Image.Image, dict[str, int]]:
    """A digit of MNIST on which two networks do not agree, and what each of them reads."""
    store = RunStore()
    images = load_dataset().test_images
    networks = {slug: store.network(slug) for slug in ("mlp-256", "mlp-512")}
    small, large = (each.probabilities(images).argmax(axis=1) for each in networks.values())
    for index in np.flatnonzero(small != large):
        picture = Image.fromarray(images[index])
        digit = to_digit(picture).digit[np.newaxis]
        answers = {
            slug: int(network.probabilities(digit).argmax()) for slug, network in networks.items()
        }
        if len(set(answers.values())) == 2:
            return picture, answers
    raise AssertionError


def upload(app: AppTest, *files: tuple[str, bytes], **parameters: str) -> AppTest:
    open_page(app, PAGE, **parameters)
    app.segmented_control(key="draw.source").set_value("upload").run()
    app.file_uploader(key="draw.upload.0").set_value(
        [(name, content, "image/png") for name, content in files]
    )
    return app.run()


class TestCanvas:
    def test_nothing_drawn_is_not_predicted(self, app: AppTest):
        open_page(app, PAGE)

        assert "It reads" not in headings(app)
        assert [info.value[:12] for info in app.info] == ["Draw a digit"]

    def test_a_drawn_digit_is_read(self, app: AppTest):
        open_page(app, PAGE)

        draw(app, seven("white", "black", "RGBA"))

        assert not app.exception
        assert "### It reads 7" in headings(app)

    def test_a_blank_canvas_after_undo_is_not_predicted(self, app: AppTest):
        open_page(app, PAGE)

        draw(app, Image.new("RGBA", (280, 280), "black"))

        assert "It reads" not in headings(app)
        assert not app.error

    @pytest.mark.parametrize("is_full", [False, True])
    def test_a_speck_and_a_canvas_full_of_ink_get_a_friendly_sentence(
        self, app: AppTest, is_full: bool
    ):
        drawing = Image.new("RGBA", (280, 280), "white" if is_full else "black")
        drawing.putpixel((100, 100), (255, 255, 255, 255))
        open_page(app, PAGE)

        draw(app, drawing)

        assert [info.value for info in app.info] == [
            "There is nothing to read: it needs a digit that stands out from its background"
            if is_full
            else "That is only a dot: draw a larger digit"
        ]
        assert not app.error
        assert "It reads" not in headings(app)

    def test_what_no_canvas_sends_is_read_as_carefully_as_a_file(self, app: AppTest):
        bomb = base64.b64encode(png_claiming(20_000, 20_000)).decode()
        open_page(app, PAGE)
        app.session_state["draw.canvas.0"] = {
            "drawing": {"raw": {"objects": []}, "data": f"data:image/png;base64,{bomb}"},
            "backgroundFit": None,
        }

        app.run()

        assert not app.exception
        assert [error.value for error in app.error] == [TOO_MANY]

    @pytest.mark.parametrize("data", ["nonsense", "data:image/png;base64,!", 7])
    def test_what_is_no_picture_gets_a_sentence(self, app: AppTest, data: object):
        open_page(app, PAGE)
        app.session_state["draw.canvas.0"] = {
            "drawing": {"raw": {"objects": []}, "data": data},
            "backgroundFit": None,
        }

        app.run()

        assert not app.exception
        assert [error.value for error in app.error] == [UNREADABLE]

    def test_a_picture_larger_than_the_canvas_is_refused(self, app: AppTest):
        open_page(app, PAGE)

        draw(app, Image.new("RGBA", (281, 280), "white"))

        assert [error.value for error in app.error] == [
            "The drawing is too large to be kept: clear it and begin anew"
        ]

    def test_the_last_twenty_strokes_can_be_undone_one_by_one(self, app: AppTest):
        open_page(app, PAGE)
        image = Image.new("RGBA", (280, 280), "black")
        for number in range(22):
            x = 30 + 9 * number
            ImageDraw.Draw(image).line([(x, 40), (x, 240)], "white", 14)
            draw(app, image)

        for _ in range(20):
            assert not app.button(key="draw.undo").disabled
            app.button(key="draw.undo").click().run()

        assert app.button(key="draw.undo").disabled
        assert "### It reads" in headings(app)  # the oldest that is kept, not an empty canvas

    def test_ink_on_most_of_the_rim_is_ink_all_the_same(self, app: AppTest):
        image = Image.new("RGBA", (280, 280), "black")
        ImageDraw.Draw(image).rectangle((0, 0, 279, 279), outline="white", width=12)
        open_page(app, PAGE)

        draw(app, image)

        steps = to_digit(image.convert("L"), is_dark_on_bright=False)
        assert has_dark_ink(np.asarray(image.convert("L")))  # so it would seem
        assert tiles.data_uri(steps.digit) in pictures(app)

    def test_the_drawing_survives_a_page_switch(self, app: AppTest):
        open_page(app, PAGE)
        draw(app, seven("white", "black", "RGBA"))

        app.switch_page("pages/1_Samples.py").run()
        app.switch_page(PAGE).run()

        assert "It reads 7" in headings(app)

    def test_clear_forgets_the_drawing_and_undo_brings_it_back(self, app: AppTest):
        open_page(app, PAGE)
        draw(app, seven("white", "black", "RGBA"))

        app.button(key="draw.clear").click().run()
        assert "It reads" not in headings(app)

        app.button(key="draw.undo").click().run()
        assert "It reads 7" in headings(app)

    def test_undo_takes_one_stroke_back_after_the_other(self, app: AppTest):
        open_page(app, PAGE)
        one = Image.new("RGBA", (280, 280), "black")
        ImageDraw.Draw(one).line([(140, 60), (140, 220)], "white", 22)
        draw(app, one)
        draw(app, seven("white", "black", "RGBA"))

        app.button(key="draw.undo").click().run()
        assert "It reads 1" in headings(app)

        app.button(key="draw.undo").click().run()
        assert "It reads" not in headings(app)
        assert app.button(key="draw.undo").disabled

    def test_there_is_nothing_to_undo_or_clear_on_an_empty_canvas(self, app: AppTest):
        open_page(app, PAGE)

        assert app.button(key="draw.undo").disabled
        assert app.button(key="draw.clear").disabled

    def test_what_is_done_beside_the_canvas_is_no_stroke_to_undo(self, app: AppTest):
        open_page(app, PAGE)
        draw(app, seven("white", "black", "RGBA"))
        app.toggle(key="draw.step.centre").set_value(False).run()
        app.toggle(key="draw.step.centre").set_value(True).run()

        app.button(key="draw.undo").click().run()

        assert "It reads" not in headings(app)

    def test_the_canvas_shows_its_drawing_again_after_another_source(self, app: AppTest):
        open_page(app, PAGE)
        draw(app, seven("white", "black", "RGBA"))
        assert drawn_again(app) == []  # it is on it

        app.segmented_control(key="draw.source").set_value("upload").run()
        app.segmented_control(key="draw.source").set_value("draw").run()

        assert drawn_again(app) == [{}]
        assert "### It reads 7" in headings(app)

    def test_that_it_is_one_digit_is_not_said_of_the_next_drawing(self, app: AppTest):
        open_page(app, PAGE)
        draw(app, two_ones())
        app.toggle(key="draw.is_one").set_value(True).run()
        app.button(key="draw.clear").click().run()

        draw(app, two_ones(), canvas=1)

        assert app.code[0].value == "1 1"

    def test_the_thickness_of_the_strokes_is_told_as_it_is_after_scaling(self, app: AppTest):
        image = seven("white", "black", "RGBA")
        open_page(app, PAGE)

        draw(app, image)

        width = to_digit(image, is_dark_on_bright=False).stroke_width
        (caption,) = (each.value for each in app.caption if "your strokes are" in each.value)
        assert f"your strokes are {width:.1f} pixels thick" in caption

    def test_two_digits_on_the_canvas_are_read_one_after_the_other(self, app: AppTest):
        open_page(app, PAGE)

        draw(app, two_ones())

        assert app.code[0].value == "1 1"

    def test_who_says_that_it_is_one_digit_is_believed(self, app: AppTest):
        open_page(app, PAGE)
        draw(app, two_ones())

        app.toggle(key="draw.is_one").set_value(True).run()

        assert not app.code
        assert "### It reads" in headings(app)


class TestOneReading:
    """What is read of a picture once is not read again."""

    def test_a_stroke_is_read_once(self, app: AppTest, monkeypatch: pytest.MonkeyPatch):
        open_page(app, PAGE)
        counts = count_calls(monkeypatch, to_grey, extract_ink, take_steps)

        draw(app, seven("white", "black", "RGBA"))

        assert "### It reads 7" in headings(app)
        assert counts == {"to_grey": 1, "extract_ink": 1, "take_steps": 1}

    def test_what_is_done_beside_it_reads_nothing_anew(
        self, app: AppTest, monkeypatch: pytest.MonkeyPatch
    ):
        open_page(app, PAGE)
        draw(app, seven("white", "black", "RGBA"))
        counts = count_calls(monkeypatch, to_grey, extract_ink, take_steps)

        app.toggle(key="draw.break.inverted").set_value(True).run()
        app.segmented_control(key="draw.label").set_value("7").run()

        assert "✓ Kept as 7; you have 1 digit." in [caption.value for caption in app.caption]
        assert not counts

    def test_a_step_switched_off_takes_the_steps_anew_from_the_ink_that_was_found(
        self, app: AppTest, monkeypatch: pytest.MonkeyPatch
    ):
        upload(app, ("seven.png", png(seven("black", "white"))))
        counts = count_calls(monkeypatch, to_grey, extract_ink, take_steps)

        app.toggle(key="draw.step.centre").set_value(False).run()

        assert "Left out." in [caption.value for caption in app.caption]
        assert counts == {"take_steps": 1}

    def test_of_a_sheet_another_digit_is_looked_at_without_reading_it_again(
        self, app: AppTest, monkeypatch: pytest.MonkeyPatch
    ):
        images = load_dataset().test_images[:4]
        sheet = on_paper(sheet_of(images, grid(1, 4), shape=(130, 400)))
        upload(app, ("sheet.png", png(sheet)))
        counts = count_calls(monkeypatch, to_grey, extract_ink, take_steps)

        app.session_state["mnist.draw.look"].chosen = 3
        app.run()

        assert "### It reads 0" in headings(app)
        assert not counts


class TestFiles:
    def test_a_picture_dark_on_bright_is_read(self, app: AppTest):
        upload(app, ("seven.png", png(seven("black", "white"))))

        assert not app.exception
        assert "### It reads 7" in headings(app)
        assert "Dark ink on bright paper." in [caption.value for caption in app.caption]

    def test_a_mnist_image_is_read(self, app: AppTest):
        upload(app, ("two.png", png(Image.fromarray(load_dataset().test_images[1]))))

        assert "### It reads 2" in headings(app)

    @pytest.mark.parametrize("file_format", ["JPEG", "WEBP", "BMP", "GIF", "HEIF"])
    def test_every_format_is_read(self, app: AppTest, file_format: str):
        upload(app, ("seven.png", file_bytes(seven("black", "white"), file_format)))

        assert "### It reads 7" in headings(app)

    def test_a_picture_on_transparent_ground_is_read(self, app: AppTest):
        ink = Image.new("RGBA", (280, 280))
        ImageDraw.Draw(ink).line([(90, 60), (190, 60), (130, 220)], "black", 22, joint="curve")

        upload(app, ("seven.png", png(ink)))

        assert "### It reads 7" in headings(app)

    def test_which_of_ink_and_paper_is_darker_can_be_overruled(self, app: AppTest):
        upload(app, ("seven.png", png(seven("black", "white"))))

        app.segmented_control(key="draw.ink").set_value("bright").run()

        assert "Bright ink on dark paper." in [caption.value for caption in app.caption]

    def test_several_files_are_read_in_their_order(self, app: AppTest):
        images = load_dataset().test_images[:3]
        files = [(f"{number}.png", png(Image.fromarray(i))) for number, i in enumerate(images)]

        upload(app, *files)

        assert app.code[0].value == "7  (0.png)\n2  (1.png)\n1  (2.png)"
        assert "### It reads 1" in headings(app)  # the last one given

    def test_a_sheet_is_read_line_by_line_and_each_digit_can_be_looked_at(self, app: AppTest):
        dataset = load_dataset()
        sheet = on_paper(sheet_of(dataset.test_images[:8], grid(2, 4), shape=(260, 400)))
        upload(app, ("sheet.png", png(sheet)))

        assert app.code[0].value == "7 2 1 0\n4 1 4 9"
        assert "### It reads 7" in headings(app)

        app.session_state["mnist.draw.look"].chosen = 3
        app.run()
        assert "### It reads 0" in headings(app)

    def test_digits_that_touch_are_unsure_alone_and_beside_others(self, app: AppTest):
        touching = [[(60, 40), (60, 140)], [(190, 40), (190, 140)], [(60, 90), (190, 90)]]
        apart = [[(320, 40), (320, 140)], [(420, 40), (420, 140)]]

        upload(app, ("sheet.png", png(lines(*touching, *apart))))
        assert app.code[0].value == "? 1 1"
        assert [warning.value[:36] for warning in app.warning] == [UNSURE]

        upload(app, ("touching.png", png(lines(*touching))))
        assert [warning.value[:36] for warning in app.warning] == [UNSURE]

        app.toggle(key="draw.is_one").set_value(True).run()
        assert not app.warning

    def test_what_is_said_of_one_picture_is_not_taken_for_another(self, app: AppTest):
        two = lines([(60, 40), (60, 140)], [(160, 40), (160, 140)])
        upload(app, ("two.png", png(two)))
        app.toggle(key="draw.is_one").set_value(True).run()
        assert not app.code

        upload(app, ("again.png", png(two)))

        assert app.code[0].value == "1 1"

    def test_a_choice_among_digits_is_not_taken_for_other_digits(self, app: AppTest):
        images = load_dataset().test_images
        sheets = [
            png(on_paper(sheet_of(images[start : start + 4], grid(1, 4), shape=(130, 400))))
            for start in (0, 4)
        ]
        upload(app, ("first.png", sheets[0]))
        app.session_state["mnist.draw.look"].chosen = 2
        app.run()
        assert "### It reads 1" in headings(app)

        upload(app, ("second.png", sheets[1]))

        assert "### It reads 4" in headings(app)

    def test_a_choice_that_is_not_there_is_none(self, app: AppTest):
        upload(app, ("seven.png", png(seven("black", "white"))))
        app.session_state["mnist.draw.look"].chosen = -7
        app.run()

        assert "### It reads 7" in headings(app)

    def test_one_bad_file_among_good_ones_is_named(self, app: AppTest):
        upload(app, ("../a*b*.png", b"nothing"), ("seven.png", png(seven("black", "white"))))

        (error,) = app.error
        assert error.value.endswith("This is not a picture that can be read; try PNG or JPEG")
        assert "a\\*b\\*" in error.value
        assert "### It reads 7" in headings(app)

    def test_more_than_twenty_files_are_let_go(self, app: AppTest):
        picture = png(Image.fromarray(load_dataset().test_images[0]))

        upload(app, *((f"{number}.png", picture) for number in range(21)))

        assert [error.value for error in app.error] == [
            "At most 20 pictures are read at once: choose fewer"
        ]
        assert app.file_uploader(key="draw.upload.1").value == []
        assert "It reads" not in headings(app)

    def test_a_kept_picture_is_not_decoded_again(
        self, app: AppTest, monkeypatch: pytest.MonkeyPatch
    ):
        upload(app, ("seven.png", png(seven("black", "white"))))
        monkeypatch.setattr("pages.ui.draw.sources.read_picture", None)

        app.toggle(key="draw.step.centre").set_value(False).run()

        assert not app.exception
        assert "### It reads" in headings(app)


UNSURE = "Unsure: this may be several digits t"
JPEG_IN_CMYK = file_bytes(seven("black", "white").convert("CMYK"), "JPEG")
FILM = file_bytes(
    seven("black", "white"), "GIF", save_all=True, append_images=[Image.new("RGB", (280, 280))]
)
UNREADABLE = "This is not a picture that can be read; try PNG or JPEG"
DAMAGED = "The picture is damaged and cannot be read"
EMPTY = "There is nothing to read: it needs a digit that stands out from its background"
TOO_MANY = "The picture has more than 24 megapixels; choose a smaller one"


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
            (bytes(10 * 1024 * 1024 + 1), "The picture is larger than 10 MB; choose a smaller one"),
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


class TestXray:
    @pytest.mark.parametrize("step", list(Step))
    def test_each_step_can_be_switched_off(self, app: AppTest, step: Step):
        image = seven("black", "white")
        upload(app, ("seven.png", png(image)))

        app.toggle(key=f"draw.step.{step}").set_value(False).run()

        steps = to_digit(image, steps=set(Step) - {step})
        assert tiles.data_uri(steps.digit) in pictures(app)

    def test_a_step_that_is_left_out_says_so_and_all_can_be_taken_again(self, app: AppTest):
        open_page(app, PAGE)
        draw(app, seven("white", "black", "RGBA"))
        app.toggle(key="draw.step.scale").set_value(False).run()
        captions = [caption.value for caption in app.caption]
        assert captions.count("Left out.") == 1
        assert not any("your strokes are" in caption for caption in captions)

        app.button(key="draw.steps").click().run()

        captions = [caption.value for caption in app.caption]
        assert "Left out." not in captions
        assert any("your strokes are" in caption for caption in captions)

    def test_a_digit_of_a_sheet_is_shown_as_it_stands_on_the_paper(self, app: AppTest):
        images = load_dataset().test_images[:4]
        sheet = on_paper(sheet_of(images, grid(1, 4), shape=(130, 400)))

        upload(app, ("sheet.png", png(sheet)))

        captions = [caption.value for caption in app.caption]
        assert "The ink is dark: black and white are swapped." in captions

    def test_two_readings_stand_beside_each_other(self, app: AppTest):
        network = RunStore().network("best-mlp")
        image = seven("black", "white")
        careful, naive = to_digit(image).digit, to_digit_naively(image)

        upload(app, ("seven.png", png(image)))

        for digit in (careful, naive):
            probabilities = network.probabilities(digit[np.newaxis])[0]
            assert tiles.data_uri(digit) in pictures(app)
            assert reading_of(probabilities) in headings(app).splitlines()

    def test_a_small_4_in_the_corner_makes_the_point(self, app: AppTest):
        open_page(app, PAGE)

        app.button(key="draw.corner").click().run()

        careful, naive = [
            line for line in headings(app).splitlines() if line.startswith("It reads")
        ][:2]
        assert careful.startswith("It reads 4")
        assert not naive.startswith("It reads 4")

    def test_the_switches_stay_when_the_page_is_left(self, app: AppTest):
        open_page(app, PAGE)
        draw(app, seven("white", "black", "RGBA"))
        app.toggle(key="draw.step.centre").set_value(False).run()

        app.switch_page("pages/1_Samples.py").run()
        app.switch_page(PAGE).run()

        assert not app.toggle(key="draw.step.centre").value
        steps = to_digit(
            seven("white", "black"), is_dark_on_bright=False, steps=set(Step) - {Step.CENTRE}
        )
        assert tiles.data_uri(steps.digit) in pictures(app)


class TestNetworks:
    def test_the_network_of_the_chosen_run_answers(self, app: AppTest):
        picture, answers = disputed_digit()
        upload(app, ("digit.png", png(picture)), run="mlp-256")
        assert f"### It reads {answers['mlp-256']}" in headings(app)

        app.selectbox(key="run.choice").set_value("mlp-512").run()

        assert app.query_params["run"] == "mlp-512"
        assert f"### It reads {answers['mlp-512']}" in headings(app)

    def test_two_networks_answer_beside_each_other(self, app: AppTest):
        picture, answers = disputed_digit()
        upload(app, ("digit.png", png(picture)), run="mlp-256")

        app.selectbox(key="draw.other").set_value("mlp-512").run()

        assert app.query_params["other"] == "mlp-512"
        assert f"### It reads {answers['mlp-256']}" in headings(app)
        assert f"### It reads {answers['mlp-512']}" in headings(app)
        assert "All that follows is about mlp\\-256." in [each.value for each in app.caption]

    def test_a_link_opens_two_networks(self, app: AppTest):
        open_page(app, PAGE, run="mlp-256", other="mlp-512")

        assert app.selectbox(key="draw.other").value == "mlp-512"

    def test_a_network_is_not_offered_beside_itself(self, app: AppTest):
        open_page(app, PAGE, run="mlp-256", other="mlp-256")

        assert app.selectbox(key="draw.other").value is None
        assert not app.exception


class TestSections:
    def test_why_explains_the_drawn_digit(self, app: AppTest):
        open_page(app, PAGE, section="why", run="mlp-256")

        draw(app, seven("white", "black", "RGBA"))

        assert not app.exception
        assert "**Evidence for 7" in headings(app)
        assert "**Nearest training images, by their pixels**" in headings(app)

    def test_break_it_is_opened_first(self, app: AppTest):
        open_page(app, PAGE)

        draw(app, seven("white", "black", "RGBA"))

        assert app.toggle(key="draw.break.inverted")

    def test_the_open_section_stands_in_the_url(self, app: AppTest):
        open_page(app, PAGE)
        draw(app, seven("white", "black", "RGBA"))

        app.segmented_control(key="draw.section").set_value("why").run()

        assert app.query_params["section"] == "why"
