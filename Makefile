# make demo    read a grocer's year, learn, and decide for every household; then serve a page to look around
# make test    every gate and every test
# make coverage every test, with branch coverage of the core: takes twice as long
# All build .venv first, once, from nothing but Python 3.11 or newer.

PYTHON ?= python3
DATA   ?= .demo-data
SERVE  ?= 1
PORT   ?= 8321
VENV   := .venv
RUN    := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help setup demo test coverage docs clean

help:
	@sed -n '1,4p' Makefile | cut -c3-

setup: $(VENV)/.tests-ready

demo: $(VENV)/.runtime-ready
	@$(RUN)/tactful demo --data $(DATA) --port $(PORT) $(if $(filter 0,$(SERVE)),--no-serve)

test: $(VENV)/.tests-ready
	@$(RUN)/python tools/check.py

coverage: $(VENV)/.tests-ready
	@$(RUN)/python tools/check.py coverage

docs: $(VENV)/.tests-ready
	@$(RUN)/python tools/documentation.py

clean:
	rm -rf $(VENV) .demo-data .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage dist

$(VENV)/.runtime-ready: pyproject.toml tools/setup_environment.py | python-is-there
	@$(PYTHON) tools/setup_environment.py runtime
	@touch $@

$(VENV)/.tests-ready: pyproject.toml tools/setup_environment.py tests/clients/package-lock.json | python-is-there
	@$(PYTHON) tools/setup_environment.py tests
	@touch $@ $(VENV)/.runtime-ready

.PHONY: python-is-there
python-is-there:
	@command -v $(PYTHON) >/dev/null || { echo "setup: $(PYTHON) not found. Install Python 3.11 or newer, then run make again (or: make PYTHON=/path/to/python3.11)." >&2; exit 1; }
