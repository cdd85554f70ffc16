"""Read the digits in picture files."""

import argparse
from collections.abc import Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np

from mnist_core.errors import MnistCoreError
from mnist_core.network.forward import Network
from mnist_core.pictures.files import read_picture
from mnist_core.pictures.sheet import find_digits
from mnist_core.pictures.steps import to_digit_naively
from mnist_core.store.run_store import RunStore
from mnist_core.terminal.output import BAD_INPUT, print_json, say, tell


def predict(options: argparse.Namespace) -> int:
    """Read pictures as the page does; return 0, or 2 where one cannot be read.

    Those that can be read are read all the same.
    """
    network = RunStore().network(options.run)
    answers: list[Mapping[str, Any]] = []
    n_refused = 0
    for path in options.pictures:
        try:
            answer = _naively(path, network) if options.naive else _read(path, network)
        except MnistCoreError as error:
            tell(f"{path}: {error}")
            answer = {"error": str(error)}
            n_refused += 1
        answers.append(answer)
    if options.json and n_refused < len(answers):
        print_json(answers[0] if len(answers) == 1 else answers)
    elif not options.json:
        for path, answer in zip(options.pictures, answers, strict=True):
            if "error" not in answer:
                say(f"{path}: {_describe(answer)}")
    return BAD_INPUT if n_refused else 0


def _naively(path: Path, network: Network) -> Mapping[str, Any]:
    digit = to_digit_naively(read_picture(path))
    return _answer(network.probabilities(digit[np.newaxis])[0])


def _read(path: Path, network: Network) -> Mapping[str, Any]:
    """Read the digit of a picture; or all of them, line by line."""
    sheet = find_digits(read_picture(path))
    answers = network.probabilities(np.stack([digit.digit for digit in sheet.digits]))
    digits = [
        {**_answer(probabilities), **({"is_unsure": True} if digit.is_unsure else {})}
        for digit, probabilities in zip(sheet.digits, answers, strict=True)
    ]
    if len(digits) == 1:
        return digits[0]
    places = [
        {"line": digit.line, "box": [box.left, box.top, box.right, box.bottom]}
        for digit in sheet.digits
        for box in (digit.box,)
    ]
    both = [{**digit, **place} for digit, place in zip(digits, places, strict=True)]
    return {"n_digits": len(both), "digits": both}


def _answer(probabilities: np.ndarray) -> dict[str, Any]:
    return {"digit": int(probabilities.argmax()), "probabilities": probabilities.tolist()}


def _describe(answer: Mapping[str, Any]) -> str:
    """Say what is read: a digit and how sure it is, or how many digits, line by line."""
    if "digit" in answer:
        doubt = ", unsure" if answer.get("is_unsure") else ""
        sure = max(answer["probabilities"])
        return f"{answer['digit']} (p = {sure:.3f}{doubt})"
    lines = groupby(answer["digits"], key=lambda digit: digit["line"])
    text = "\n".join("  " + " ".join(map(_reading, digits)) for _line, digits in lines)
    return f"{answer['n_digits']} digits\n{text}"


def _reading(digit: Mapping[str, Any]) -> str:
    return f"{digit['digit']}?" if "is_unsure" in digit else str(digit["digit"])
