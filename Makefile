# The two commands of the README, and the few a contributor needs.

PYTHON ?= python3
ADDRESS ?= 127.0.0.1
PORT ?= 8501
SEEDS ?= 3
BIN := .venv/bin

# Published datasets for tests and benchmarks: read, never written; without them some tests are skipped.
export FITSCOPE_TEST_DATA ?= $(wildcard $(CURDIR)/../shared/data)

# The tests start hundreds of processes: each would compile our own files anew where Python is told to keep nothing. And
# they write thousands of small files, each of which is waited for until it is on the disk: in memory, where there is room.
MEMORY := $(shell [ "$$(df --output=avail /dev/shm 2>/dev/null | tail -n 1)" -gt 4000000 ] 2>/dev/null && echo /dev/shm)
test check: export PYTHONDONTWRITEBYTECODE =
test check: export TMPDIR := $(or $(MEMORY),$(TMPDIR))

.PHONY: run https class test check format lock bench lessons words tables wheel tour chromium

run: .venv/run  ## install what is missing, start the dashboard, print its address
	$(BIN)/python -m fitscope --address $(ADDRESS) --port $(PORT)

https: .venv/run  ## the same for other machines on this network, whose cameras need https
	$(BIN)/python -m fitscope --https --port $(PORT)

class: .venv/run  ## for a class: people join with a nickname, each owns what they make; prints the teacher's passcode
	$(BIN)/python -m fitscope class --port $(PORT)

test: .venv/test chromium  ## the whole suite, as CI runs it
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -n 2 --dist loadgroup --durations=30

check: .venv/test  ## before a commit, in less than a minute: no network is trained, no published dataset read
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	FITSCOPE_TEST_DATA= $(BIN)/python -m pytest -n 2 --dist loadgroup -m "not slow" -q

format: .venv/test
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: .venv/test  ## requirements.txt from pyproject.toml, for all systems
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-annotate --upgrade \
	  --custom-compile-command "make lock" --output-file requirements.txt pyproject.toml

tables: .venv/test  ## the tables of README.md and docs/settings.md, from the plug-ins and settings
	$(BIN)/python -m core.commands.tables

words: .venv/test  ## new sentences into the catalogues
	$(BIN)/python -m dashboard.catalogue

wheel: .venv/test  ## dist/fitscope-….whl, for `pip install` and `uvx --from`
	rm -rf build dist
	$(BIN)/uv build --quiet --wheel --out-dir dist
	@ls dist/*.whl

bench: .venv/test chromium  ## the measured claims of benchmarks/README.md; close other programs first
	FITSCOPE_DATA=$${FITSCOPE_DATA:-$(CURDIR)/data:$(FITSCOPE_TEST_DATA)} $(BIN)/python -m benchmarks

lessons: .venv/test  ## every lesson over 3 seeds: does it show what it promises?
	FITSCOPE_DATA=$${FITSCOPE_DATA:-$(CURDIR)/data:$(FITSCOPE_TEST_DATA)} \
	  $(BIN)/python -m core lessons --check --seeds $(SEEDS) --jobs 2

tour: .venv/test chromium  ## the pictures of docs/tour/, from the dashboard as it is
	$(BIN)/python -m benchmarks.tour

chromium:
	@command -v chromium >/dev/null || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null \
	  && apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium >/dev/null; } \
	  || echo "No Chromium: the browser tests are skipped. Install it with: sudo apt-get install chromium"

.venv/run: requirements.txt
	$(PYTHON) -m venv .venv || { echo "Python's venv is missing. Install it with: sudo apt-get install python3-venv"; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/test: .venv/run pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c requirements.txt -e ".[dev]"
	@touch $@
