"""The core from a terminal: `python -m mnist_core train | evaluate | predict | runs`."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NoReturn

from mnist_core.errors import MnistCoreError
from mnist_core.settings.presets import PRESETS
from mnist_core.terminal.listing import list_runs, score
from mnist_core.terminal.options import add_settings
from mnist_core.terminal.output import BAD_INPUT, quiet_when_closed, take_any_character, tell, text
from mnist_core.terminal.predict import predict
from mnist_core.terminal.train import train

_INTERRUPTED: Final = 130  # as a shell says it


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Say what is wrong in one line, without the usage."""
        self.exit(BAD_INPUT, f"{self.prog}: {message}\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status: 0, 1 for a failed run, 2 for bad input."""
    take_any_character()
    options = _parser().parse_args(arguments)
    status = 0
    try:
        with quiet_when_closed():
            status = int(options.command(options))
    except MnistCoreError as error:
        tell(error)
        return BAD_INPUT
    except KeyboardInterrupt:
        return _INTERRUPTED
    return status


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="mnist_core", description="Train and use MNIST networks.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    train_ = commands.add_parser("train", help="train a network and store the run")
    train_.add_argument(
        "--preset",
        choices=PRESETS,
        default="mlp-512",
        help="the settings to start from; options change single ones",
    )
    train_.add_argument(
        "--name", type=text, help="what to call the run; the preset's name if left out"
    )
    add_settings(train_)
    train_.set_defaults(command=train)

    evaluate = commands.add_parser("evaluate", help="score a run on the test images")
    evaluate.add_argument("run", type=text, help="a run's id, or a baseline such as mlp-256")
    evaluate.set_defaults(command=score)

    predict_ = commands.add_parser("predict", help="read the digits in picture files")
    predict_.add_argument(
        "pictures",
        nargs="+",
        type=Path,
        metavar="PICTURE",
        help="a file with one digit, or a sheet of them; told from its content, not its name",
    )
    predict_.add_argument("--run", type=text, default="mlp-512", help="a run's id, or a baseline")
    predict_.add_argument("--naive", action="store_true", help="skip the MNIST-style steps")
    predict_.set_defaults(command=predict)

    runs = commands.add_parser("runs", help="list the stored runs")
    runs.set_defaults(command=list_runs)

    for command in (train_, evaluate, predict_, runs):
        command.add_argument("--json", action="store_true", help="print one JSON value")
    return parser


if __name__ == "__main__":
    sys.exit(main())
