PORT ?= 8501
PYTHON ?= python3
BIN := .venv/bin

.PHONY: run test fuzz check bench baselines messages clean

run: .venv/installed
	$(BIN)/streamlit run app.py --server.port $(PORT)

# The core's tests come in a process of their own: they load TensorFlow, which slows Streamlit.
test: .venv/installed-dev
	$(BIN)/python -m tests.chromium
	$(BIN)/python -m pytest tests/pages
	$(BIN)/python -m pytest tests/browser
	$(BIN)/python -m pytest tests/core

# Look for pictures that break the core; SECONDS=600 looks longer.
fuzz: .venv/installed-dev
	$(BIN)/python -m tests.fuzz $(SECONDS)

check: .venv/installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

bench: .venv/installed-bench
	$(BIN)/python -m benchmarks

baselines: .venv/installed
	$(BIN)/python -m mnist_core.workers.make_baselines

# Collect the texts from the sources, and compile the translations that people edited. Sorted, so
# that a catalogue stays as it is when only the place of a text changes.
messages: .venv/installed-dev
	$(BIN)/pybabel --quiet extract --mapping babel.cfg --no-location --omit-header --sort-output \
		--output mnist_core/locale/mnist.pot .
	$(BIN)/pybabel --quiet update --domain mnist --no-wrap --no-fuzzy-matching \
		--ignore-obsolete --ignore-pot-creation-date \
		--input-file mnist_core/locale/mnist.pot --output-dir mnist_core/locale
	$(BIN)/pybabel --quiet compile --domain mnist --directory mnist_core/locale

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/installed: requirements.txt | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

.venv/installed-dev: requirements-dev.txt .venv/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@

.venv/installed-bench: requirements-bench.txt .venv/installed-dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-bench.txt
	touch $@

clean:
	rm -rf .venv .hypothesis .mypy_cache .pytest_cache .ruff_cache
