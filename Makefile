# Two commands are enough: `make run` to use the desk, `make test` before sending a change.

PYTHON ?= python3
BIN := .venv/bin
UV := $(shell uv --version >/dev/null 2>&1 && echo uv || echo $(BIN)/uv)
COMPILE = $(UV) pip compile -q --universal --python-version 3.11 --generate-hashes --no-annotate --no-header $(ARGS)

# Where this is set, every process compiles every package again.
unexport PYTHONDONTWRITEBYTECODE

define NEEDS_PYTHON
import sys
if sys.version_info < (3, 11):
    sys.exit("Navigator Desk needs Python 3.11 or newer; this is Python %d.%d. "
             "Name another one: make run PYTHON=python3.12" % sys.version_info[:2])
endef
export NEEDS_PYTHON

.PHONY: help setup run test lint ruff types layers templates format translations settings hazards migration lock bench soak fuzz encoder pictures clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: .venv/.run ## Make the environment from the lock, nothing else
	@echo "Ready. Start a demonstration with: make run. For real people: docs/operations.md"

run: .venv/.run ## Start the desk on http://127.0.0.1:8000 (ARGS="--port 8001")
	@$(BIN)/navigator serve $(ARGS)

test: .venv/.dev ## Check everything: code, SQLite, PostgreSQL, a real browser
	@$(BIN)/python -m tests

lint: ruff types layers templates ## Check the code without running it

ruff: .venv/.dev
	$(BIN)/ruff check -q
	$(BIN)/ruff format -q --check

types: .venv/.dev
	$(BIN)/mypy

layers: .venv/.dev
	$(BIN)/lint-imports --no-logo

templates: .venv/.dev
	$(BIN)/djlint --lint --quiet web

format: .venv/.dev ## Lay the code out
	$(BIN)/ruff check -q --fix
	$(BIN)/ruff format -q

translations: .venv/.dev ## Find the words of patients’ pages and add what is new to each language
	@$(BIN)/python -m tests.translations

settings: .venv/.dev ## Write the table of every setting (docs/settings.md)
	@$(BIN)/python -m tests.settings_table

hazards: .venv/.dev ## Write the hazard log (docs/clinical-safety/hazard-log.md) from its data
	@$(BIN)/python -m tests.hazard_log

migration: .venv/.dev ## Write the next migration from the tables (m="what changes")
	$(BIN)/alembic revision --autogenerate --rev-id $$(printf %04d $$(($$(ls migrations/versions/[0-9]*.py | wc -l) + 1))) -m "$(m)"

pictures: .venv/.dev ## Take the pictures of README and guide from a new demonstration
	$(BIN)/python -m tests.browser.pictures

lock: .venv/.uv ## Lock the packages again (ARGS=--upgrade for newer ones)
	$(COMPILE) pyproject.toml -o requirements.lock
	$(COMPILE) pyproject.toml --group dev -o requirements-dev.lock
	$(COMPILE) pyproject.toml --group dev --group encoder -o requirements-encoder.lock
	echo uv | $(COMPILE) - -o requirements-uv.lock

bench: .venv/.dev ## Measure the desk with many tickets, as JSON
	@$(BIN)/python -m tests.bench $(ARGS)

soak: .venv/.dev ## Kill, starve and flood the desk for as long as you like, and see what was lost (ARGS="--minutes 10")
	@$(BIN)/python -m tests.soak $(ARGS)

fuzz: .venv/.dev ## Feed made-up bytes to every parser of what strangers send (ARGS="--minutes 1")
	@nice $(BIN)/python -m tests.fuzz $(ARGS)

encoder: .venv-encoder/.made ## Train the encoder and all that stands on it with PyTorch (half an hour)
	@.venv-encoder/bin/python -m pytest -q tests/encoder
	@.venv-encoder/bin/navigator triage train --encoder

clean: ## Remove the environment and every cache, but no data
	rm -rf .venv .venv-encoder .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# An empty file says when each part of the environment was made, so that the second time starts at once.

.venv/.uv: requirements-uv.lock
	@$(PYTHON) -c "$$NEEDS_PYTHON"
	$(PYTHON) -m venv .venv
	@test $(UV) = uv || $(BIN)/pip install -q --disable-pip-version-check --require-hashes -r $<
	@touch $@

# Who has the development packages keeps them.
.venv/.run: .venv/.uv pyproject.toml requirements.lock requirements-dev.lock
	$(call install,$(if $(wildcard .venv/.dev),requirements-dev.lock,requirements.lock))
	@touch $@

.venv/.dev: .venv/.uv pyproject.toml requirements-dev.lock
	$(call install,requirements-dev.lock)
	@touch $@ .venv/.run

# PyTorch is large, and neither the desk nor its tests need it: it has an environment of its own.
.venv-encoder/.made: .venv/.uv pyproject.toml requirements-encoder.lock
	$(PYTHON) -m venv .venv-encoder
	$(UV) pip sync -q --python .venv-encoder/bin/python --require-hashes requirements-encoder.lock
	$(UV) pip install -q --python .venv-encoder/bin/python --no-deps --editable .
	@touch $@

define install
$(UV) pip sync -q --python $(BIN)/python --require-hashes $(1)
$(UV) pip install -q --python $(BIN)/python --no-deps --editable .
endef
