# Every target does the set-up it needs and does it once: a fresh clone needs make, Python and Node.js.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup browser-setup test lint format unit browser bench soak demo notebooks screenshots clean

BIN := .venv/bin
# Two at a time, since most tests wait for another program most of the time.
PYTEST := $(BIN)/pytest --numprocesses=2 --dist=loadfile --no-loadscope-reorder
# Tests starve where a machine stalls. What failed runs once more, alone: a fault fails again, and
# what passes then stays named above.
AGAIN := { [ $$? = 1 ] && $(BIN)/pytest --last-failed --last-failed-no-failures=none --maxfail=1 --verbose; }
PYTHON ?=
PYTHONS := $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11
BROWSERS := chromium-headless-shell chromium chromium-browser google-chrome google-chrome-stable
IMAGES ?=

NODE_MODULES := js/node_modules/.package-lock.json
INSTALLED := .venv/.installed
INSTALLED_DEMO := .venv/.installed-demo
BUNDLE := src/framegrid/static/widget.js
BUNDLE_SOURCES := $(wildcard js/*.json js/*.js js/*.ts) $(shell find js/src -type f 2>/dev/null)

# Installs framegrid and a group of packages, and says that it is alive; only pip 25.1 and newer know --group.
define pip
	@$(BIN)/python -m pip install -qq --upgrade pip
	@$(BIN)/python -m pip install -qq --editable . --group $(1) & \
	for ((seconds = 10; ; seconds += 10)); do \
	  for ((waits = 0; waits < 20; waits++)); do \
	    kill -0 $$! 2>/dev/null || { wait $$!; exit; }; \
	    sleep 0.5; \
	  done; \
	  echo "  $$seconds s ..."; \
	done
endef

say = @printf '\n\033[1m== %s\033[0m\n' $(1)

help: ## Show this list
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 23

setup: $(NODE_MODULES) $(INSTALLED) $(BUNDLE) ## Make .venv with framegrid in it, and build the frontend

test: setup browser-setup lint ## Run the linters, the type checkers and every test
	$(call say,'vitest')
	cd js && npm test --silent
	$(call say,'pytest: units and a real JupyterLab in Chromium')
	$(PYTEST) || $(AGAIN)

lint: setup ## Check style and types
	$(call say,'ruff')
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(call say,'mypy')
	$(BIN)/mypy
	$(call say,'svelte-check and prettier')
	cd js && npm run --silent check

format: setup ## Format the sources
	$(BIN)/ruff check --fix-only --quiet
	$(BIN)/ruff format
	cd js && npm run --silent format

unit: setup ## Run the tests that need no browser
	cd js && npm test --silent
	$(PYTEST) --ignore=tests/browser

browser: setup browser-setup ## Run the tests that drive JupyterLab in Chromium
	$(PYTEST) tests/browser

bench: setup browser-setup ## Run the benchmarks
	$(BIN)/pytest tests/benchmarks --override-ini=python_files='bench_*.py' --capture=no

soak: setup ## Kill an editing process 3,000 times, or KILLS=number, at random
	SEED=$${SEED:-$$RANDOM} KILLS=$${KILLS:-3000} $(BIN)/pytest tests/storage/crash/test_kills.py -k 'killed_processes or brought_back' --override-ini=faulthandler_timeout=0

demo: $(INSTALLED_DEMO) ## Open JupyterLab on a grid of photos, or of your own with IMAGES=folder
	@$(BIN)/python notebooks/demo.py $(if $(IMAGES),"$(IMAGES)")

notebooks: setup ## Run the notebooks and keep their outputs in them
	$(BIN)/python notebooks/outputs.py

screenshots: setup browser-setup ## Take the README's pictures anew
	$(BIN)/pytest tests/browser/take_screenshots.py --override-ini=python_files=take_screenshots.py

clean: ## Remove everything that make made
	rm -rf .venv js/node_modules src/framegrid/static demo dist .hypothesis .*_cache
	find . -name __pycache__ -prune -exec rm -rf {} +

$(BIN)/python:
	$(call say,'virtual environment')
	@for python in $(PYTHONS); do \
	  if "$$python" -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    exec "$$python" -m venv --clear .venv; \
	  fi; \
	done; \
	echo 'No Python >= 3.11 with the venv module was found; name one with make PYTHON=/path/to/python.' >&2; \
	exit 1

$(NODE_MODULES): js/package.json js/package-lock.json
	$(call say,'npm packages')
	@command -v npm >/dev/null || { echo 'npm was not found: install Node.js 20.19 or newer.' >&2; exit 1; }
	cd js && npm ci --no-audit --no-fund
	@touch $@

$(INSTALLED): pyproject.toml js/hatch_build.py | $(NODE_MODULES) $(BIN)/python
	$(call say,'Python packages for development: one to three minutes')
	$(call pip,test)
	@touch $@ $(INSTALLED_DEMO)

# The demo needs a fraction of what the tests need; installing framegrid builds the frontend.
$(INSTALLED_DEMO): pyproject.toml js/hatch_build.py $(BUNDLE_SOURCES) | $(NODE_MODULES) $(BIN)/python
	$(call say,'Python packages for the demo: half a minute to a minute')
	$(call pip,demo)
	@touch $@

$(BUNDLE): $(BUNDLE_SOURCES) $(NODE_MODULES) | $(INSTALLED)
	$(call say,'frontend')
	cd js && npm run --silent build
	@touch $@

browser-setup: ## Install Chromium with apt, if there is no browser for the tests
	@command -v $(BROWSERS) >/dev/null && exit; \
	as_root=$$([ "$$(id -u)" = 0 ] || echo 'sudo --non-interactive'); \
	if command -v apt-get >/dev/null && $$as_root true 2>/dev/null; then \
	  echo 'No Chromium or Chrome was found: installing Chromium with apt.'; \
	  $$as_root apt-get update --quiet=2; \
	  for package in chromium-headless-shell chromium; do \
	    apt-cache show $$package >/dev/null 2>&1 || continue; \
	    $$as_root env DEBIAN_FRONTEND=noninteractive apt-get install --yes --quiet=2 --no-install-recommends $$package && exit; \
	  done; \
	  exit 1; \
	else \
	  echo 'The browser tests need Chromium or Chrome on the PATH: install one and run make again.' >&2; \
	  exit 1; \
	fi
