"""The band of several seeds: what it is given is what it draws."""

from mnist_core.figures import seeds


def test_the_band_reaches_from_the_lowest_to_the_highest_seed():
    histories = [{"val_accuracy": [0.5, 0.75]}, {"val_accuracy": [0.75, 0.5, 0.9]}]

    chart = seeds.seed_band(
        histories,
        metric="val_accuracy",
        words=seeds.SeedWords(
            epoch="Epoch",
            value="Validation accuracy",
            mean="mean",
            lowest="lowest",
            highest="highest",
        ),
    )

    # As far as all of them have come.
    assert chart.data.to_dict("list") == {
        "epoch": [1, 2],
        "low": [0.5, 0.5],
        "mean": [0.625, 0.625],
        "high": [0.75, 0.75],
    }
    band, mean = chart.to_dict()["layer"]
    assert (band["encoding"]["y"]["field"], band["encoding"]["y2"]["field"]) == ("low", "high")
    assert mean["encoding"]["y"]["title"] == "Validation accuracy"
    assert mean["encoding"]["x"]["title"] == "Epoch"
