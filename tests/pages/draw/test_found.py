"""Several digits in one picture, or in several."""

from PIL import Image
from streamlit.testing.v1 import AppTest

from mnist_core.data.dataset import load_dataset
from tests.core.pictures.test_sheet import grid, on_paper, sheet_of
from tests.pages.conftest import open_page
from tests.pages.draw.helpers import PAGE, draw, headings, lines, png, seven, two_ones, upload


def test_that_it_is_one_digit_is_not_said_of_the_next_drawing(app: AppTest):
    open_page(app, PAGE)
    draw(app, two_ones())
    app.toggle(key="draw.is_one").set_value(True).run()
    app.button(key="draw.clear").click().run()

    draw(app, two_ones(), canvas=1)

    assert app.code[0].value == "1 1"


def test_two_digits_on_the_canvas_are_read_one_after_the_other(app: AppTest):
    open_page(app, PAGE)

    draw(app, two_ones())

    assert app.code[0].value == "1 1"


def test_who_says_that_it_is_one_digit_is_believed(app: AppTest):
    open_page(app, PAGE)
    draw(app, two_ones())

    app.toggle(key="draw.is_one").set_value(True).run()

    assert not app.code
    assert "### It reads" in headings(app)


def test_several_files_are_read_in_their_order(app: AppTest):
    images = load_dataset().test_images[:3]
    files = [(f"{number}.png", png(Image.fromarray(i))) for number, i in enumerate(images)]

    upload(app, *files)

    assert app.code[0].value == "7  (0.png)\n2  (1.png)\n1  (2.png)"
    assert "### It reads 1" in headings(app)  # the last one given


def test_a_sheet_is_read_line_by_line_and_each_digit_can_be_looked_at(app: AppTest):
    dataset = load_dataset()
    sheet = on_paper(sheet_of(dataset.test_images[:8], grid(2, 4), shape=(260, 400)))
    upload(app, ("sheet.png", png(sheet)))

    assert app.code[0].value == "7 2 1 0\n4 1 4 9"
    assert "### It reads 7" in headings(app)

    app.session_state["mnist.draw.look"].chosen = 3
    app.run()
    assert "### It reads 0" in headings(app)


def test_digits_that_touch_are_unsure_alone_and_beside_others(app: AppTest):
    touching = [[(60, 40), (60, 140)], [(190, 40), (190, 140)], [(60, 90), (190, 90)]]
    apart = [[(320, 40), (320, 140)], [(420, 40), (420, 140)]]

    upload(app, ("sheet.png", png(lines(*touching, *apart))))
    assert app.code[0].value == "? 1 1"
    assert [warning.value[: len(UNSURE)] for warning in app.warning] == [UNSURE]

    upload(app, ("touching.png", png(lines(*touching))))
    assert [warning.value[: len(UNSURE)] for warning in app.warning] == [UNSURE]

    app.toggle(key="draw.is_one").set_value(True).run()
    assert not app.warning


def test_what_is_said_of_one_picture_is_not_taken_for_another(app: AppTest):
    two = lines([(60, 40), (60, 140)], [(160, 40), (160, 140)])
    upload(app, ("two.png", png(two)))
    app.toggle(key="draw.is_one").set_value(True).run()
    assert not app.code

    upload(app, ("again.png", png(two)))

    assert app.code[0].value == "1 1"


def test_a_choice_among_digits_is_not_taken_for_other_digits(app: AppTest):
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


def test_a_choice_that_is_not_there_is_none(app: AppTest):
    upload(app, ("seven.png", png(seven("black", "white"))))
    app.session_state["mnist.draw.look"].chosen = -7
    app.run()

    assert "### It reads 7" in headings(app)


UNSURE = "Unsure: these may be several digits t"
