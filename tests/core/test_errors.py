import ast
import inspect
import pickle
import string
from pathlib import Path

import pytest

import mnist_core
from mnist_core import errors
from mnist_core.errors import InvalidConfigError, MnistCoreError

ERRORS = [cls for _, cls in inspect.getmembers(errors, inspect.isclass)]
SOURCES = sorted(Path(mnist_core.__file__).parent.rglob("*.py"))


ERROR_NAMES = {cls.__name__ for cls in ERRORS}


def called_name(call: ast.Call) -> str:
    return getattr(call.func, "id", None) or getattr(call.func, "attr", "")


def calls_with_a_sentence(source: Path) -> list[ast.Call]:
    """Find where a module makes an error, or has it made by a function that takes a template."""
    tree = ast.parse(source.read_text(encoding="utf-8"))
    makers = {
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        and "template" in {argument.arg for argument in node.args.args}
    }
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [call for call in calls if called_name(call) in ERROR_NAMES | makers]


def is_handed_on(call: ast.Call) -> bool:
    """Whether the sentence comes from the caller, where it is checked."""
    return isinstance(call.args[0], ast.Name) and call.args[0].id == "template"


SENTENCES = [
    pytest.param(call, id=f"{source.name}:{call.lineno}")
    for source in SOURCES
    for call in calls_with_a_sentence(source)
    if not is_handed_on(call)
]


@pytest.mark.parametrize("cls", ERRORS)
def test_one_except_clause_catches_every_expected_failure(cls):
    assert issubclass(cls, MnistCoreError)


@pytest.mark.parametrize("cls", ERRORS)
def test_the_sentence_is_the_template_with_its_values(cls):
    error = cls("epochs must be at least {low}, got {value}", low=1, value=0)

    assert str(error) == "epochs must be at least 1, got 0"
    assert error.template == "epochs must be at least {low}, got {value}"
    assert error.values == {"low": 1, "value": 0}


def test_a_sentence_without_values_is_said_as_it_is():
    assert str(MnistCoreError("nothing is drawn yet")) == "nothing is drawn yet"


def test_braces_in_a_value_are_said_as_they_are():
    assert str(MnistCoreError("no run {name}", name="{low}")) == "no run {low}"


@pytest.mark.parametrize("cls", ERRORS)
def test_an_error_crosses_from_the_worker_process_unharmed(cls):
    error = pickle.loads(pickle.dumps(cls("{path} is no file", path=Path("/data/mnist.npz"))))

    assert type(error) is cls
    assert str(error) == "/data/mnist.npz is no file"


@pytest.mark.parametrize(
    ("cls", "builtin"),
    [
        (errors.InvalidConfigError, ValueError),
        (errors.InvalidLabelsError, ValueError),
        (errors.InvalidImageError, ValueError),
        (errors.EmptyDrawingError, errors.InvalidImageError),
        (errors.InvalidEnvironmentError, ValueError),
        (errors.DamagedError, ValueError),
        (errors.InvalidWeightsError, errors.DamagedError),
        (errors.InvalidAnswersError, errors.DamagedError),
        (errors.InvalidCheckpointError, errors.DamagedError),
        (errors.InvalidFineTuningError, errors.DamagedError),
        (errors.InvalidOwnDigitsError, errors.DamagedError),
        (errors.InvalidBaselineError, errors.DamagedError),
        (errors.WorkerDiedError, errors.WorkerError),
        (errors.WorkerSilentError, errors.WorkerError),
        (errors.WorkerClosedError, errors.WorkerError),
        (errors.WorkerCrashedError, errors.WorkerError),
        (errors.RunNotFoundError, LookupError),
        (errors.TrainingDivergedError, ArithmeticError),
    ],
)
def test_an_error_is_also_what_python_calls_such_a_failure(cls, builtin):
    assert issubclass(cls, builtin)


def test_an_expected_failure_can_be_caught_as_the_builtin_it_is():
    with pytest.raises(ValueError, match=r"^epochs must be a whole number"):
        raise InvalidConfigError("epochs must be a whole number")


def test_the_scan_finds_the_errors_that_the_core_makes():
    assert len(SENTENCES) > 20


@pytest.mark.parametrize("call", SENTENCES)
def test_every_error_sentence_is_one_constant_marked_for_translation(call):
    sentence = call.args[0]

    assert isinstance(sentence, ast.Call), "the sentence must be marked with N_(...)"
    assert called_name(sentence) == "N_"
    assert isinstance(sentence.args[0], ast.Constant), "an f-string cannot be translated"


@pytest.mark.parametrize(
    "call", [sentence for sentence in SENTENCES if called_name(sentence.values[0]) in ERROR_NAMES]
)
def test_every_placeholder_of_an_error_sentence_has_its_value(call):
    constants = [node for node in ast.walk(call.args[0]) if isinstance(node, ast.Constant)]
    placeholders = {name for _, name, _, _ in string.Formatter().parse(constants[0].value) if name}

    assert placeholders == {keyword.arg for keyword in call.keywords}
