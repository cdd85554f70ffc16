import dataclasses
import json
import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sqlalchemy.engine import make_url

from mnist_core.__main__ import _parser, main
from mnist_core.data.dataset import load_dataset
from mnist_core.errors import WorkerClosedError, WorkerSilentError
from mnist_core.pictures.files import read_picture
from mnist_core.pictures.sheet import find_digits
from mnist_core.pictures.steps import to_digit_naively
from mnist_core.pictures.strokes import draw_strokes
from mnist_core.runs.run import RunStatus
from mnist_core.settings.config import Augmentation, HiddenLayer, TrainingConfig
from mnist_core.settings.fields import SETTINGS
from mnist_core.settings.presets import PRESETS
from mnist_core.store.baselines import BASELINE_SEEDS
from mnist_core.workers import worker
from tests import scenes
from tests.core.pictures.test_sheet import grid, on_paper, sheet_of
from tests.core.samples import (
    HISTORY,
    RESULT,
    TINY_CONFIG,
    TINY_WEIGHTS,
    black_on_white,
    file_bytes,
)


@pytest.fixture
def output_of(capsys):
    """Run a command that succeeds; return what it prints on standard output."""

    def run(*arguments: object) -> str:
        assert main([str(argument) for argument in arguments]) == 0
        captured = capsys.readouterr()
        assert captured.err == ""
        return captured.out

    return run


@pytest.fixture
def error_of(capsys):
    """Run a command that fails; return its exit status and the line it says."""

    def run(*arguments: object) -> tuple[int, str]:
        try:
            status = main([str(argument) for argument in arguments])
        except SystemExit as left:  # so argparse ends
            status = left.code
        captured = capsys.readouterr()
        assert captured.out == ""
        assert captured.err.endswith("\n")
        assert captured.err.count("\n") == 1
        return status, captured.err.rstrip()

    return run


@pytest.fixture
def pictures(tmp_path, dataset) -> list[Path]:
    """The first three test digits, 7, 2 and 1, dark on bright in files of 280 px."""
    paths = [tmp_path / f"{name}.png" for name in ("first", "second", "third")]
    for path, image in zip(paths, dataset.test_images, strict=False):
        path.write_bytes(file_bytes(black_on_white(image)))
    return paths


@pytest.fixture
def finished(store) -> str:
    claim = store.create_claimed(TINY_CONFIG, name="mine")
    store.finish(claim, history=HISTORY, result=RESULT, weights=TINY_WEIGHTS)
    return claim.run_id


class TestRuns:
    def test_json_has_the_stored_runs_and_the_baselines(self, output_of, store, finished):
        waiting = store.create(TINY_CONFIG, name="next").id

        listed = {run["run"]: run for run in json.loads(output_of("runs", "--json"))}

        assert list(listed) == [waiting, finished, *BASELINE_SEEDS]
        assert listed[finished]["name"] == "mine"
        assert listed[finished]["status"] == "finished"
        assert listed[finished]["test_accuracy"] == 0.5
        assert listed[finished]["config"] == json.loads(json.dumps(TINY_CONFIG.to_dict()))
        assert (listed[waiting]["status"], listed[waiting]["test_accuracy"]) == ("queued", None)

    def test_text_has_a_line_for_each_run(self, output_of, finished):
        mine, *baselines = output_of("runs").splitlines()

        assert mine == f"{finished}  mine #1  finished  test accuracy 0.5000"
        assert [line.split()[0] for line in baselines] == list(BASELINE_SEEDS)

    def test_a_run_whose_worker_is_silent_says_so(self, output_of, store, later):
        claim = store.create_claimed(TINY_CONFIG, name="mine")
        store.start(claim)
        assert "no sign of life" not in output_of("runs")
        later(90)

        mine = output_of("runs").splitlines()[0]

        assert "running" in mine
        assert "no sign of life for 9" in mine


class TestEvaluate:
    def test_json_has_accuracy_confusion_matrix_and_metrics(self, output_of, dataset):
        answer = json.loads(output_of("evaluate", "mlp-256", "--json"))

        assert set(answer) == {"accuracy", "confusion_matrix", "per_class"}
        counts = np.array(answer["confusion_matrix"])
        assert counts.shape == (10, 10)
        assert counts.sum(axis=1).tolist() == np.bincount(dataset.test_labels).tolist()
        assert answer["accuracy"] == pytest.approx(np.trace(counts) / 10_000)
        assert set(answer["per_class"]) == {"precision", "recall", "f1", "support"}
        assert answer["per_class"]["support"] == counts.sum(axis=1).tolist()
        recall = np.diagonal(counts) / counts.sum(axis=1)
        np.testing.assert_allclose(answer["per_class"]["recall"], recall)

    def test_text_has_the_accuracy_and_a_line_for_each_digit(self, output_of):
        first, header, *digits = output_of("evaluate", "mlp-256").splitlines()

        assert first.startswith("accuracy 0.97")
        assert header.split() == ["digit", "precision", "recall", "f1", "support"]
        assert [line.split()[0] for line in digits] == list("0123456789")
        assert [line.split()[4] for line in digits][:2] == ["980", "1135"]

    def test_a_stored_run_is_evaluated_by_its_id(self, output_of, finished):
        # The biases of the tiny network grow with the digit: it answers 9 to everything.
        counts = np.array(json.loads(output_of("evaluate", finished, "--json"))["confusion_matrix"])

        assert counts[:, 9].sum() == 10_000


class TestPredict:
    def test_one_picture_gives_one_json_object(self, output_of, pictures):
        answer = json.loads(output_of("predict", pictures[0], "--run", "mlp-256", "--json"))

        assert set(answer) == {"digit", "probabilities"}
        assert answer["digit"] == 7
        assert int(np.argmax(answer["probabilities"])) == 7
        assert sum(answer["probabilities"]) == pytest.approx(1, abs=1e-5)

    def test_several_pictures_give_a_list_in_their_order(self, output_of, pictures):
        answers = json.loads(output_of("predict", *reversed(pictures), "--json"))

        assert [answer["digit"] for answer in answers] == [1, 2, 7]

    def test_text_has_a_line_for_each_picture(self, output_of, pictures):
        lines = output_of("predict", *pictures).splitlines()

        assert [line.split(" (p = ")[0] for line in lines] == [
            f"{path}: {digit}" for path, digit in zip(pictures, (7, 2, 1), strict=True)
        ]

    def test_naively_the_picture_is_only_squeezed(
        self, output_of, pictures, dataset, baseline_networks
    ):
        answer = json.loads(
            output_of("predict", pictures[0], "--run", "mlp-512", "--naive", "--json")
        )

        squeezed = to_digit_naively(black_on_white(dataset.test_images[0]))
        (expected,) = baseline_networks["mlp-512"].probabilities(squeezed[np.newaxis])
        np.testing.assert_allclose(answer["probabilities"], expected, atol=1e-6)


class TestSheets:
    @pytest.fixture
    def sheet(self, tmp_path, dataset) -> Path:
        """The first six test digits in two lines: 721 and 041."""
        path = tmp_path / "sheet.png"
        images = dataset.test_images[:6]
        path.write_bytes(file_bytes(on_paper(sheet_of(images, grid(2, 3), shape=(240, 280)))))
        return path

    def test_all_digits_are_read_line_by_line(self, output_of, sheet):
        lines = output_of("predict", sheet, "--run", "best-mlp").splitlines()

        assert lines == [f"{sheet}: 6 digits", "  7 2 1", "  0 4 1"]

    def test_json_says_how_many_and_where(self, output_of, sheet):
        answer = json.loads(output_of("predict", sheet, "--run", "best-mlp", "--json"))

        assert answer["n_digits"] == 6
        assert [digit["digit"] for digit in answer["digits"]] == [7, 2, 1, 0, 4, 1]
        assert [digit["line"] for digit in answer["digits"]] == [0, 0, 0, 1, 1, 1]
        left, top, right, bottom = answer["digits"][0]["box"]
        assert 0 < left < right < 100
        assert 0 < top < bottom < 110

    def test_it_reads_as_the_page_does(self, output_of, baseline_networks, tmp_path):
        for name in ("lined, dark, scanned", "printed box", "table"):
            path = tmp_path / "picture.png"
            picture = (
                scenes.SHEETS[name](1)
                if name in scenes.SHEETS
                else scenes.SCENES[name](scenes.glyphs()[3], 3)
            )
            path.write_bytes(file_bytes(picture))
            digits = np.stack([digit.digit for digit in find_digits(read_picture(path)).digits])
            expected = baseline_networks["best-mlp"].probabilities(digits).argmax(axis=1)

            answer = json.loads(output_of("predict", path, "--run", "best-mlp", "--json"))

            answers = answer.get("digits", [answer])
            assert [each["digit"] for each in answers] == expected.tolist()

    def test_what_is_unsure_says_so(self, output_of, tmp_path):
        angles = np.linspace(0, 2 * np.pi, 41)
        ring = [(140 + 70 * np.sin(angle), 140 + 100 * np.cos(angle)) for angle in angles]
        slashed = draw_strokes([ring, [(77, 220), (203, 60)]], pen=10, side=280)
        path = tmp_path / "zero.png"
        path.write_bytes(file_bytes(Image.fromarray(slashed)))

        assert output_of("predict", path).endswith(", unsure)\n")
        assert json.loads(output_of("predict", path, "--json"))["is_unsure"] is True


class TestOutput:
    def test_what_an_encoding_lacks_is_escaped(self, store):
        store.create(TINY_CONFIG, name="數字")
        environment = {**os.environ, "PYTHONIOENCODING": "cp1252", "MNIST_RUNS_URL": store.url}

        result = run_command("runs", environment)

        assert result.returncode == 0
        assert result.stderr == b""
        assert rb"\u6578\u5b57" in result.stdout

    def test_nobody_who_reads_on_is_no_trouble(self, store):
        for number in range(300):
            store.create(TINY_CONFIG, name=f"run {number} with a name that fills a pipe soon")
        command = f"{sys.executable} -m mnist_core runs | head -1"

        result = subprocess.run(
            ["bash", "-o", "pipefail", "-c", command],
            env={**os.environ, "MNIST_RUNS_URL": store.url},
            capture_output=True,
            check=False,
        )

        assert result.stderr == b""
        assert result.stdout.count(b"\n") == 1

    def test_each_option_has_a_help(self):
        (commands,) = _parser()._subparsers._group_actions
        for command in commands.choices.values():
            for action in command._actions:
                assert action.help

    def test_ctrl_c_leaves_without_a_word(self, monkeypatch, capsys):
        def interrupt(_options: object) -> int:
            raise KeyboardInterrupt

        monkeypatch.setattr("mnist_core.__main__.list_runs", interrupt)

        assert main(["runs"]) == 130
        assert capsys.readouterr().err == ""


def run_command(command: str, environment: dict[str, str]) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "mnist_core", command],
        env=environment,
        capture_output=True,
        check=False,
    )


class TestTrain:
    def test_on_a_terminal_each_epoch_is_told_as_it_ends(self, monkeypatch, capsys, store):
        monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)

        assert main(["train", "--n-train", "2000", "--layers", "16", "--epochs", "3"]) == 0

        first, *epochs = capsys.readouterr().err.splitlines()
        assert re.fullmatch(r"about \d+ s, with \d+\.\d GB of memory", first)
        assert [line.split("  ")[0] for line in epochs] == [f"epoch {n} of 3" for n in (1, 2, 3)]
        assert "loss " in epochs[0]

    def test_every_option_reaches_the_stored_run(self, output_of, store):
        printed = output_of(
            *("train", "--preset", "mlp-256", "--name", "my first", "--seed", "3"),
            *("--epochs", "1", "--batch-size", "50", "--learning-rate", "0.01"),
            *("--optimizer", "sgd", "--validation-split", "0.5", "--n-train", "200"),
            *("--l2", "0.001", "--learning-rate-decay", "0.25", "--patience", "2"),
            *("--layers", "8:tanh:0.5,4", "--initializer", "he_normal"),
            *("--loss", "sparse_categorical_crossentropy"),
            *("--shift", "1.5", "--rotation", "10", "--zoom", "0.25", "--elastic", "0.5"),
        )

        (run,) = store.list()
        assert run.config == TrainingConfig(
            layers=(HiddenLayer(8, "tanh", 0.5), HiddenLayer(4)),
            initializer="he_normal",
            loss="sparse_categorical_crossentropy",
            augmentation=Augmentation(shift=1.5, rotation=10, zoom=0.25, elastic=0.5),
            seed=3,
            epochs=1,
            batch_size=50,
            learning_rate=0.01,
            optimizer="sgd",
            validation_split=0.5,
            l2=0.001,
            learning_rate_decay=0.25,
            patience=2,
            n_train=200,
        )
        accuracy = f"test accuracy {run.result.test_accuracy:.4f}"
        assert printed == f"{run.id}  my first #1  finished  {accuracy}\n"

    def test_what_no_option_gives_is_as_in_the_preset(self, trained_with):
        config = PRESETS["best-mlp"].config

        assert trained_with("--preset", "best-mlp") == config
        assert trained_with("--preset", "best-mlp", "--zoom", "0.2") == dataclasses.replace(
            config, augmentation=dataclasses.replace(config.augmentation, zoom=0.2)
        )

    def test_a_network_may_have_no_hidden_layer(self, trained_with):
        assert trained_with("--layers", "none").layers == ()

    def test_help_names_every_setting_and_every_choice(self, capsys):
        with pytest.raises(SystemExit) as left:
            main(["train", "--help"])

        printed = " ".join(capsys.readouterr().out.split())
        assert left.value.code == 0
        for name, setting in SETTINGS.items():
            if name not in ("units", "activation", "dropout"):  # parts of --layers
                assert f"--{name.replace('_', '-')} " in printed
            if name != "layers":
                assert f"{setting.title}. {setting.help}" in printed
            for slug, choice in setting.choices.items():
                assert f"{slug}: {choice.help}" in printed

    def test_json_is_all_there_is_on_standard_output(self, store):
        command = "train --preset mlp-512 --n-train 500 --epochs 2 --json"
        result = subprocess.run(
            [sys.executable, "-m", "mnist_core", *command.split()],
            capture_output=True,
            text=True,
            check=True,
        )

        answer = json.loads(result.stdout)
        assert set(answer) == {
            "run",
            "n_parameters",
            "train_accuracy",
            "test_accuracy",
            "history",
            "epoch_seconds",
            "total_seconds",
        }
        assert answer["n_parameters"] == 407_050
        assert set(answer["history"]) == {"loss", "accuracy"}
        assert len(answer["history"]["loss"]) == len(answer["epoch_seconds"]) == 2
        run = store.get(answer["run"])
        assert (run.name, run.status) == ("mlp-512", RunStatus.FINISHED)
        assert run.result.train_accuracy == answer["train_accuracy"]
        assert store.epochs(answer["run"]) == [1, 2]
        assert run.result.test_accuracy == answer["test_accuracy"]

    def test_a_run_that_fails_ends_with_status_1(self, error_of, store, tmp_path, monkeypatch):
        missing = tmp_path / "mnist.npz"
        monkeypatch.setattr(worker, "load_dataset", lambda: load_dataset(missing))

        assert error_of("train", "--epochs", "1") == (1, f"{missing} does not exist")
        assert [run.status for run in store.list()] == [RunStatus.FAILED]

    def test_a_run_interrupted_from_the_keyboard_ends_with_status_1(
        self, error_of, store, monkeypatch
    ):
        def interrupt(_url, _claim):
            raise KeyboardInterrupt

        monkeypatch.setattr(worker, "run", interrupt)

        assert error_of("train") == (1, "the training was stopped with Ctrl+C")
        (run,) = store.list()
        assert (run.status, run.failure.kind) == (RunStatus.FAILED, "WorkerClosedError")


@pytest.fixture
def trained_with(store, monkeypatch):
    """Ask for a training that ends before its first step; return the config that it has."""

    def end(_url, claim) -> None:
        store.fail(claim, WorkerClosedError("closed"))

    monkeypatch.setattr(worker, "run", end)

    def train(*arguments: str) -> TrainingConfig:
        main(["train", *arguments])
        return store.list()[0].config  # the newest

    return train


@pytest.fixture
def places(tmp_path, pictures) -> dict[str, Path]:
    """A picture of a digit, a text, a blank picture, and a directory."""
    text, blank = tmp_path / "digit.txt", tmp_path / "blank.png"
    text.write_text("seven")
    blank.write_bytes(file_bytes(black_on_white(np.zeros((28, 28), np.uint8))))
    return {"picture": pictures[0], "text": text, "blank": blank, "directory": tmp_path}


class TestBadInput:
    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (["evaluate", "nothing"], "there is no run nothing"),
            (["predict", "{picture}", "--run", "nothing"], "there is no run nothing"),
            (["predict", "/nowhere/digit.png"], "/nowhere/digit.png: the file cannot be read"),
            (["predict", "{directory}"], "{directory}: the file cannot be read: Is a directory"),
            (["predict", "{text}"], "{text}: this is not a picture that can be read"),
            (["predict", "{text}", "--json"], "{text}: this is not a picture"),
            (
                ["predict", "{blank}"],
                "{blank}: no digit was found: the ink needs more",
            ),
            (["train", "--epochs", "0"], "epochs must be a whole number from 1 to 200, got 0"),
            (["train", "--n-train", "99"], "n_train must be a whole number from 100 to 60000"),
            (["train", "--learning-rate", "nan"], "learning_rate must be a number from "),
            (["train", "--elastic", "9"], "elastic must be a number from 0.0 to 3.0, got 9.0"),
            (["train", "--layers", ""], "a hidden layer is written as in 256:relu:0.5"),
            (["train", "--layers", "256,many"], "a hidden layer is written as in 256:relu:0.5"),
            (["train", "--layers", "256:magic"], "activation must be one of relu, "),
            (["train", "--layers", "8,8,8,8,8"], "layers must be a whole number from 0 to 4"),
        ],
    )
    def test_is_said_in_one_line_with_status_2(self, error_of, store, places, arguments, message):
        status, line = error_of(*(argument.format(**places) for argument in arguments))

        assert status == 2
        assert line.startswith(message.format(**places))
        assert list(store.list()) == []

    def test_a_run_without_network_is_said_in_one_line(self, error_of, store):
        run_id = store.create(TINY_CONFIG, name="mine").id

        status, line = error_of("evaluate", run_id)

        assert status == 2
        assert line.startswith("the run mine has no trained network")

    @pytest.mark.parametrize(
        "arguments",
        [
            [],
            ["dream"],
            ["train", "--preset", "gpt"],
            ["train", "--epochs", "many"],
            ["train", "--optimizer", "magic"],
            ["train", "--initializer", "magic"],
            ["train", "--loss", "magic"],
            ["train", "--shift", "far"],
            ["train", "--layers"],
            ["train", "--speed", "9"],
            ["evaluate"],
            ["predict"],
            ["runs", "mlp-256"],
        ],
        ids=" ".join,
    )
    def test_a_command_that_does_not_exist_is_said_in_one_line(self, error_of, arguments):
        status, line = error_of(*arguments)

        assert status == 2
        assert line.startswith("mnist_core")

    def test_a_store_that_is_none_is_said_in_one_line(self, error_of, monkeypatch):
        monkeypatch.setenv("MNIST_RUNS_URL", "runs.db")

        status, line = error_of("runs")

        assert status == 2
        assert line.startswith("MNIST_RUNS_URL is not a database")

    def test_without_a_store_the_included_networks_are_there(
        self, output_of, pictures, monkeypatch, capsys
    ):
        monkeypatch.setenv("MNIST_RUNS_URL", "sqlite:////dev/null/runs.db")

        assert output_of("predict", pictures[0], "--run", "mlp-256").endswith(")\n")
        assert main(["runs"]) == 2
        captured = capsys.readouterr()
        assert [line.split()[0] for line in captured.out.splitlines()] == list(BASELINE_SEEDS)
        assert captured.err.count("\n") == 1
        assert "MNIST_RUNS_URL" in captured.err

    @pytest.mark.parametrize("arguments", [["runs"], ["train", "--epochs", "1"]])
    def test_a_locked_store_is_said_in_one_line(self, arguments, store, capsys):
        path = make_url(store.url).database
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("PRAGMA locking_mode=EXCLUSIVE")
            other.execute("BEGIN EXCLUSIVE")
            status = main(arguments)

        error = capsys.readouterr().err
        if status:  # what reads needs not wait for who writes
            assert status == 2
            assert error.count("\n") == 1
            assert "SELECT" not in error
        else:
            assert arguments == ["runs"]

    def test_one_bad_picture_among_good_ones_is_named(self, pictures, tmp_path, capsys):
        bad = tmp_path / "text.png"
        bad.write_bytes(b"this is text")

        status = main(["predict", str(pictures[0]), str(bad), str(pictures[1])])

        captured = capsys.readouterr()
        assert status == 2
        assert [line.split(" (p = ")[0] for line in captured.out.splitlines()] == [
            f"{pictures[0]}: 7",
            f"{pictures[1]}: 2",
        ]
        assert captured.err.startswith(f"{bad}: this is not a picture")
        assert captured.err.count("\n") == 1

    def test_one_bad_picture_among_good_ones_has_its_place_in_the_list(
        self, pictures, tmp_path, capsys
    ):
        bad = tmp_path / "text.png"
        bad.write_bytes(b"this is text")

        status = main(["predict", str(bad), str(pictures[0]), "--json"])

        first, second = json.loads(capsys.readouterr().out)
        assert status == 2
        assert first["error"].startswith("this is not a picture")
        assert second["digit"] == 7


def test_the_status_of_the_process_is_that_of_the_command():
    result = subprocess.run(
        [sys.executable, "-m", "mnist_core", "evaluate", "nothing", "--json"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == "there is no run nothing\n"


def test_a_training_that_another_process_has_taken_is_waited_for(
    store, capsys, monkeypatch, finished
):
    """So it is when this process was paused for long, and wakes."""
    taken = []

    def lose(_url, claim) -> None:
        store.take_back(claim, WorkerSilentError("silent"))
        taken.append(store.claim_next())

    def finish_elsewhere(_seconds: float) -> None:
        store.finish(taken[0], history=HISTORY, result=RESULT, weights=TINY_WEIGHTS)

    monkeypatch.setattr("mnist_core.terminal.train.worker.run", lose)
    monkeypatch.setattr("mnist_core.terminal.train.time.sleep", finish_elsewhere)

    assert main(["train", "--epochs", "1"]) == 0

    captured = capsys.readouterr()
    assert captured.err == "another process goes on with the run; waiting for its end\n"
    assert "test accuracy 0.5000" in captured.out


def test_a_training_that_no_other_process_goes_on_with_goes_on_here(store, capsys, monkeypatch):
    """So it is when the one that had taken it is gone too, and no server runs."""
    claims = []

    def lose_first(_url, claim) -> None:
        claims.append(claim)
        if len(claims) == 1:
            store.take_back(claim, WorkerSilentError("silent"))
        else:
            store.finish(claim, history=HISTORY, result=RESULT, weights=TINY_WEIGHTS)

    monkeypatch.setattr("mnist_core.terminal.train.worker.run", lose_first)
    naps = iter(range(100))  # not for ever
    monkeypatch.setattr("mnist_core.terminal.train.time.sleep", lambda _seconds: next(naps))

    assert main(["train", "--epochs", "1"]) == 0

    assert [claim.run_id for claim in claims] == [store.list()[0].id] * 2
    assert claims[0].worker != claims[1].worker
    assert "goes on here" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["evaluate", "{}"], ["predict", "p.png", "--run", "{}"]])
def test_bytes_that_are_no_characters_are_no_run(arguments, error_of):
    name = os.fsdecode(b"a\xff")

    assert error_of(*(argument.format(name) for argument in arguments)) == (
        2,
        "there is no run a\ufffd",
    )


def test_bytes_that_are_no_characters_are_replaced_in_a_name(store, trained_with):
    trained_with("--name", os.fsdecode(b"a\xff"))

    assert store.list()[0].name == "a\ufffd"
