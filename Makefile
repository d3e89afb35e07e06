# The five commands. Works with GNU make (also the old one of macOS); everything stays in .venv and var.

PORT ?= 8000
LANES ?= 2
VENV := .venv
PYTHON := $(VENV)/bin/python
# What make run needs is installed apart from what the tests need: a newcomer waits for less.
RUN_READY := $(VENV)/.ready-run
DEV_READY := $(VENV)/.ready-dev
PIP := $(PYTHON) -m pip install --quiet --disable-pip-version-check -c constraints.txt

# The mini-program's tools. Without Node its gates and its browser tests are left out, and say so.
NPM_READY := $(if $(shell command -v npm 2>/dev/null),$(patsubst %,%/node_modules/.package-lock.json,miniapp/client simulator/miniprogram))

.PHONY: help run mini gallery test check format bench clean

help:
	@echo "make run      starts Yanshu with demo people at http://127.0.0.1:$(PORT) (PORT=8080 make run for another port)"
	@echo "make mini     fetches what shows the mini-program on the phones (Node); make run does so by itself, too"
	@echo "make gallery  takes a picture of every screen of the mini-program, light, dark and large"
	@echo "make test     runs every test (ARGS='-k notices' hands words on to pytest, LANES=0 is for a debugger)"
	@echo "make check    style, types and who may import whom"
	@echo "make format   puts the code into shape"
	@echo "make bench    measures, side by side with the obvious way to do it"
	@echo "make clean    removes .venv, node_modules and what tests left behind; data in var/ stays"

run: $(RUN_READY)
	@exec $(PYTHON) main.py dev --port $(PORT)

# The mini-program on the simulator's phones: what builds it, when there is Node.
mini: $(NPM_READY)
	@command -v npm >/dev/null || { echo "The mini-program needs Node 18.18 or newer with npm." >&2; exit 1; }

gallery: $(DEV_READY) $(NPM_READY)
	@$(PYTHON) -m pytest tests/miniprogram -k screens
	@echo "Every screen of the mini-program in light, dark and large print: var/screenshots/"

# A file of tests stays in one lane, with engines and a Chromium of its own.
test: $(DEV_READY) $(NPM_READY)
	@$(PYTHON) -m pytest -n $(LANES) --dist loadfile $(ARGS)

check: $(DEV_READY) $(NPM_READY)
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@$(PYTHON) -m mypy
	@$(VENV)/bin/lint-imports
	@if [ -d miniapp/client/node_modules ]; then npm --prefix miniapp/client run --silent check; \
	else echo "The mini-program's sources were not checked: that needs Node 18.18 or newer with npm."; test -z "$$CI"; fi

format: $(DEV_READY)
	@$(VENV)/bin/ruff check --fix .
	@$(VENV)/bin/ruff format .

bench: $(DEV_READY)
	@$(PYTHON) -m tests.bench

clean:
	rm -rf $(VENV) miniapp/client/node_modules simulator/miniprogram/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(RUN_READY): requirements.txt constraints.txt | $(PYTHON)
	@echo "Installing what Yanshu needs (once, about a minute) ..."
	@$(PIP) -r requirements.txt
	@touch $@

$(DEV_READY): requirements.txt requirements-dev.txt constraints.txt | $(PYTHON)
	@echo "Installing what the tests need (once, about a minute) ..."
	@$(PIP) -r requirements-dev.txt
	@touch $(RUN_READY) $@

# Without a way to the packages the rest can still be tested; never so in CI.
%/node_modules/.package-lock.json: %/package-lock.json
	@echo "Installing what the mini-program's tests need in $* (once, half a minute) ..."
	@cd $* && npm ci --no-audit --no-fund --loglevel=error && touch node_modules/.package-lock.json || test -z "$$CI"

# The first Python on PATH that can make an environment: one that has embedded engines (3.11 to 3.13)
# if there is any, else a newer one.
$(PYTHON):
	@for want in '(3, 11) <= sys.version_info < (3, 14)' 'sys.version_info >= (3, 14)'; do \
	    for python in python3 python3.13 python3.12 python3.11 python3.14; do \
	        $$python -c "import sys, venv, ensurepip; sys.exit(not ($$want))" 2>/dev/null || continue; \
	        rm -rf $(VENV); \
	        echo "Making $(VENV) with $$($$python --version) ..."; \
	        $$python -m venv $(VENV) && exit 0; \
	    done; \
	done; \
	echo "Yanshu needs Python 3.11 or newer with its venv module, and found none on PATH." >&2; \
	echo "  Debian, Ubuntu:  sudo apt install python3 python3-venv" >&2; \
	echo "  macOS:           brew install python@3.13" >&2; \
	exit 1
