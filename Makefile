# make onboard   set up this machine and rehearse the whole onboarding of examples/acme
# make test      set up this machine and run every test but the long matrices
PYTHON ?= python3
VENV ?= .venv
WORKSPACE ?= examples/acme
SECONDS ?= 60
PYTEST = $(VENV)/bin/python -m pytest
# two workers; whole rehearsals are shared out by files, each worker with a standing world of its own
BESIDE = -n 2 --dist worksteal
WORLDS = -n 2 --dist loadfile --no-loadscope-reorder
# every step is a process of its own: compiled modules are kept, whatever this shell says
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup engine onboard test test-quick test-kill test-proofs bench fuzz lint lock

help: ## this list
	@sed -n 's/^\([a-z-]*\):[^#]*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

setup: ## system packages (root, Debian), the virtual environment and the engine; nothing twice
	@setup/system-packages.sh
	@setup/environment.sh $(PYTHON) $(VENV)
	@$(VENV)/bin/python -m toolkit.provision.engine >/dev/null

onboard: setup ## rehearse the onboarding of $(WORKSPACE) with the real parts
	@$(VENV)/bin/onboard rehearse $(WORKSPACE)

test: setup lint ## every test but the long matrices (under 25 minutes on 2 cores)
	@setup/system-packages.sh browser
	$(PYTEST) $(BESIDE) -m "not lab and not kill and not proof" tests/unit tests/stacks tests/fuzz
	$(PYTEST) -m "lab and not kill and not proof" tests/unit
	$(PYTEST) $(WORLDS) -m "not kill and not proof" tests/acceptance

test-quick: setup ## what needs no engine and no lab (about a minute)
	$(PYTEST) -q $(BESIDE) --hypothesis-profile=quick -m "not engine and not lab and not kill and not proof and not slow"

test-kill: setup ## kill every effect step at three points, three victims, and resume
	$(PYTEST) -m kill -s

bench: setup ## how fast everything is: beside the engine, PyYAML, openpyxl, a plain evaluator and five peers (minutes, and to install the peers once)
	$(VENV)/bin/python -m tests.benchmarks.start
	$(VENV)/bin/python -m tests.benchmarks.plan
	$(VENV)/bin/python -m tests.benchmarks.decide
	$(VENV)/bin/python -m tests.benchmarks.inventory
	$(VENV)/bin/python -m tests.benchmarks.yaml
	$(VENV)/bin/python -m tests.benchmarks.peers
	$(VENV)/bin/python -m tests.benchmarks.tables
	$(VENV)/bin/python -m tests.benchmarks.levels
	$(VENV)/bin/python -m tests.benchmarks.clocks

fuzz: setup ## search for inputs that break a reader (SECONDS=60)
	$(VENV)/bin/python -m tests.fuzz $(SECONDS)

test-proofs: setup ## break every single thing that is verified, and every step of configure, in the lab
	$(PYTEST) -m proof

lint: setup ## ruff and mypy
	$(VENV)/bin/ruff check --quiet .
	$(VENV)/bin/ruff format --quiet --check .
	$(VENV)/bin/mypy --no-error-summary

lock: ## make the lock files anew from pyproject.toml
	$(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --all-extras --group dev pyproject.toml --output-file requirements.lock
	echo uv | $(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate - --output-file requirements-bootstrap.lock
