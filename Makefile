# The whole developer manual: setup, demo, test, check. Each works from a fresh clone by itself.
# Needs Python 3.11 or newer, make and apt. Everything Python goes into .venv; nothing else is touched.

PYTHON ?= $(shell for each in python3.11 python3.12 python3.13 python3; do \
	command -v $$each >/dev/null && $$each -c 'import sys; sys.exit(sys.version_info < (3, 11))' && echo $$each && break; done)
BIN := .venv/bin
TESTS ?= -n 2

.PHONY: setup demo test check clean

## Install what is missing: Debian packages (config/debian-packages), then .venv with the pinned requirements.
setup: .venv/installed

.venv/installed: requirements.txt pyproject.toml config/debian-packages.txt .ci/setup
	@PYTHON="$(PYTHON)" sh .ci/setup
	@touch $@

## Play a working day in a minute, and compare the hours with what its script foresees.
demo: setup
	@$(BIN)/muster demo

## Check, then run every test but the slow ones.
test: check
	@$(BIN)/pytest $(TESTS)

## Style, types, and who may import whom.
check: setup
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis var
