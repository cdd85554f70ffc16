import io

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from mnist_core.data.parts import Part
from mnist_core.evaluation.answers import Choice, evaluate
from mnist_core.exchange.mistakes import contact_sheet, mistakes_csv


@pytest.fixture
def probabilities() -> np.ndarray:
    rows = np.full((4, 10), 0.01, np.float32)
    rows[[0, 1, 2, 3], [4, 9, 9, 7]] = 0.91
    return rows


def test_every_mistake_is_a_line_with_its_ten_probabilities(probabilities):
    result = evaluate(probabilities, np.array([4, 4, 9, 2]), first_index=100)

    table = pd.read_csv(
        io.StringIO(
            mistakes_csv(
                result,
                probabilities[[1, 3]],
                run="mlp-512",
                part=Part.TEST,
                epoch=3,
                disputed={103, 5},
            )
        )
    )

    assert (table["run"] == "mlp-512").all()
    assert (table["part"] == "test").all()
    assert (table["epoch"] == 3).all()
    assert table["disputed"].tolist() == [0, 1]
    assert table["index"].tolist() == [101, 103]
    assert table["true"].tolist() == [4, 2]
    assert table["predicted"].tolist() == [9, 7]
    np.testing.assert_allclose(table["p_predicted"], 0.91, rtol=1e-6)
    np.testing.assert_allclose(table["p_true"], 0.01, rtol=1e-6)
    ten = table[[f"p_{digit}" for digit in range(10)]]
    np.testing.assert_allclose(ten, probabilities[[1, 3]], rtol=1e-6)


def test_where_the_ten_are_not_known_the_two_stand_alone(probabilities):
    result = evaluate(probabilities, np.array([4, 4, 9, 2]))

    header, first, *_ = mistakes_csv(result, run="mlp-256", part=Part.VALIDATION).splitlines()

    assert header == "run,part,epoch,index,true,predicted,disputed,p_predicted,p_true"
    assert first.startswith("mlp-256,validation,,1,4,9,0,")


def test_a_sheet_holds_the_images_sharp_and_in_order(dataset):
    images, labels = dataset.test_images[20:45], dataset.test_labels[20:45]
    answers = np.eye(10, dtype=np.float32)[(labels + 1) % 10]
    result = evaluate(answers, labels, first_index=20)
    positions = result.chosen(Choice())[::-1]

    sheet = np.asarray(
        Image.open(io.BytesIO(contact_sheet(images, result, positions, first_index=20)))
    )

    assert sheet.shape == (12 + 3 * (84 + 34 + 12), 12 + 10 * (84 + 12))
    for number, position in enumerate(positions):
        row, column = divmod(number, 10)
        top, left = 12 + row * 130, 12 + column * 96
        shown = sheet[top : top + 84, left : left + 84]
        np.testing.assert_array_equal(shown, np.kron(images[position], np.ones((3, 3))))
        caption = sheet[top + 84 : top + 118, left : left + 84]
        assert caption.min() < 100


def test_a_sheet_of_chosen_answers_shows_their_own_images(dataset):
    images, labels = dataset.test_images[:30], dataset.test_labels[:30]
    result = evaluate(np.eye(10, dtype=np.float32)[labels], labels).without([0, 1, 2])

    sheet = np.asarray(Image.open(io.BytesIO(contact_sheet(images, result, np.array([0])))))

    np.testing.assert_array_equal(sheet[12:96:3, 12:96:3], images[3])
