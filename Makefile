# make run   sets all up and opens the app
# make test  installs what the tests need and runs lint, types and all tests, two files at a time
# PYTHON=python3.13 VENV=.venv313 choose another Python and its environment.

PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin

.PHONY: run test test-oldest lint types chromium

run: $(VENV)/.app
	$(BIN)/streamlit run app.py

test: $(VENV)/.dev chromium lint types
	$(BIN)/python -m pytest -n 2 --dist loadfile

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev
	$(BIN)/mypy

# The oldest versions that requirements*.txt allow, in an environment of their own.
test-oldest: chromium
	$(PYTHON) -m venv .venv-oldest
	sed -E 's/>=([^,]+),.*/==\1/; /^-r/d' requirements.txt requirements-dev.txt > .venv-oldest/oldest.txt
	.venv-oldest/bin/pip install --quiet -r .venv-oldest/oldest.txt
	.venv-oldest/bin/python -m pytest

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.app: requirements.txt $(VENV)/bin/python
	$(BIN)/pip install --quiet -r requirements.txt
	touch $@

$(VENV)/.dev: requirements.txt requirements-dev.txt $(VENV)/bin/python
	$(BIN)/pip install --quiet -r requirements-dev.txt
	touch $(VENV)/.app $@

# The browser tests drive Debian's Chromium; elsewhere any chromium or chrome on
# the PATH does. Without one they are skipped, and pytest says so.
chromium:
	@if command -v chromium chromium-browser google-chrome >/dev/null; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -qq && apt-get install -y -qq chromium fonts-noto-cjk; \
	else echo "No Chromium found: the browser tests will be skipped. On Debian: sudo apt install chromium"; fi
