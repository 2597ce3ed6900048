# The environment of this checkout: any Python from 3.11 on, and make, are enough.
#
#   make demo     record and replay a small agent, offline
#   make test     the tests, on the Pythons found here (the command of .ci/run)
#   make check    lint and types
#   make bench    the budgets, measured
#   make coverage branches of recorder, replayer, recording and matching: 95 % of each, or it fails
#   make nightly  the long tests
#   make conformance  eight scripts by us and by each rival of the registry: docs/explanation/conformance.md
#   make frameworks  agents of frameworks (langgraph, crewai, ...), replayed 50 times each

PYTHON ?= $(firstword $(foreach p,python3.12 python3.13 python3.11 python3,$(shell \
	command -v $(p) >/dev/null 2>&1 && \
	$(p) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(p))))
VENV ?= .venv
BIN = $(VENV)/bin
READY = $(VENV)/.ready

.PHONY: demo test check coverage nightly frameworks conformance bench setup docs clean

setup: $(READY)

# `--group` of pip is newer than the pip of some Pythons, so pip itself is renewed first.
$(READY): pyproject.toml
	@test -n "$(PYTHON)" || { echo "agentrr: error: no Python 3.11 or newer was found" >&2; \
		echo "agentrr: hint: make PYTHON=/path/to/python3.12" >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable . --group dev
	@touch $(READY)

demo: $(READY)
	$(BIN)/agentrr demo

test:
	.ci/run

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	PATH="$(abspath $(BIN)):$$PATH" $(BIN)/pyright
	$(BIN)/lint-imports

coverage: $(READY)
	$(BIN)/python tests/coverage_of.py

nightly:
	.ci/nightly

frameworks:
	.ci/frameworks

conformance: $(READY)
	$(BIN)/python conformance/conform.py

bench: $(READY)
	$(BIN)/python benchmarks/budgets.py

docs: $(READY)
	$(BIN)/python docs/generate.py

clean:
	rm -rf $(VENV) build *.egg-info
