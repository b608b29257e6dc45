# Every task a person runs. `make` alone lists them; each sets up by itself what it needs.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
# Python keeps compiled modules: a command starts in half the time.
unexport PYTHONDONTWRITEBYTECODE
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c

# The first Python on the path that is new enough; `make PYTHON=/path/to/python3 ...` overrules the search.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
  "$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done)

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
NODE_READY := $(VENV)/.node-ready
MICROPYTHON := tests/micropython
# Six times as fast as CPython here; Debian: apt install pypy3.
EXPLORER ?= $(shell command -v pypy3 || echo $(BIN)/python)
UV_VERSION := 0.13.8
# One more than there are cores: a virtual board and its laptop wait for each other.
WORKERS ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)
MUTANTS := out/mutants
MUTMUT_VERSION := 3.8.1

.PHONY: help setup sim live flash chip test quick lint format benchmark healthy explore mutants docs lock clean

help:  ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(READY) $(NODE_READY)  ## make .venv with the locked tools, and fetch MicroPython for WebAssembly

$(READY): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Soleus needs Python 3.11 or newer on the path" >&2; exit 1; }
	@$(BIN)/python -c '' 2>/dev/null || $(PYTHON) -m venv --clear $(VENV) || { echo "This Python has no venv module (Debian: apt install python3-venv)" >&2; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	ln -sfn "$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')" $(VENV)/stubs
	touch $@

$(NODE_READY): $(READY) $(MICROPYTHON)/package.json $(MICROPYTHON)/package-lock.json
	PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --prefix $(MICROPYTHON) --silent --no-audit --no-fund
	touch $@

sim: $(READY)  ## run one session on the simulator: out/session.png and out/session.html
	mkdir -p out
	$(BIN)/soleus sim easy-run --board esp32-s3-duo --plant nominal --plot out/session.png --report out/session.html

live: $(READY)  ## show a simulated session on a page in the browser, and break what you like
	$(BIN)/soleus live

flash: $(READY)  ## flash a controller: make flash BOARD=esp32-devkit PORT=/dev/ttyUSB0
	@test -n "$(BOARD)" || { echo "say which board: make flash BOARD=esp32-devkit PORT=/dev/ttyUSB0" >&2; exit 2; }
	$(BIN)/soleus flash --board $(BOARD) $(if $(PORT),--port $(PORT))

chip: $(READY)  ## test what is at a port without any boots, chip or virtual board: make chip PORT=/dev/ttyUSB0
	@test -n "$(PORT)" || { echo "say where: make chip PORT=/dev/ttyUSB0" >&2; exit 2; }
	$(BIN)/python -m pytest tests/hardware --port $(PORT) $(if $(BOARD),--board $(BOARD))

test: setup  ## run every test
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m "not by_the_clock"
	$(BIN)/python -m pytest -n auto --dist worksteal -m by_the_clock

quick: $(READY)  ## while working: test the core and what changed since the last commit (a minute)
	$(BIN)/python -m tests.quick

lint: $(READY)  ## check style and types, of the laptop's side and of the firmware
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/basedpyright

format: $(READY)  ## put every Python file into the project's format
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

benchmark: $(READY)  ## measure speed, what a step costs a chip, and control beside what others do (half an hour)
	$(BIN)/python -m host_tools.benchmark

healthy: $(READY)  ## run half-hour sessions on 250 random machines: nothing may go wrong
	$(BIN)/python -m host_tools.docs --only healthy

explore: $(READY)  ## walk every discrete state of the core on one leg with three chambers (PyPy: half an hour)
	PYTHONPATH=.:firmware $(EXPLORER) -m host_tools.verify.explore --json docs/data/exploration.json

mutants: $(READY)  ## change guards, gauges, latch and interlock one operator at a time: which changes does no test notice?
	$(BIN)/python -m venv $(MUTANTS)/venv
	$(MUTANTS)/venv/bin/pip install --quiet --disable-pip-version-check mutmut==$(MUTMUT_VERSION) pytest hypothesis
	tests/core/guards/mutants.sh $(MUTANTS) $(MUTANTS)/venv/bin/mutmut

docs: $(READY)  ## make again the tables and pictures in docs/ that come from a command
	$(BIN)/python -m host_tools.docs

lock:  ## choose the newest versions that fit pyproject.toml and package.json, and write them down
	$(PYTHON) -m venv .lock-venv
	.lock-venv/bin/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	UV_CUSTOM_COMPILE_COMMAND="make lock" .lock-venv/bin/uv pip compile pyproject.toml --extra dev --upgrade --quiet \
	  --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate -o requirements.lock
	rm -rf .lock-venv
	$(MAKE) $(READY)
	PATH="$(CURDIR)/$(BIN):$$PATH" npm install --prefix $(MICROPYTHON) --package-lock-only --silent
	@! grep -n '://' requirements.lock $(MICROPYTHON)/package-lock.json

clean:  ## remove everything that the other targets made
	rm -rf $(VENV) .lock-venv out build dist $(MICROPYTHON)/node_modules
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +
