# make demo | make test | make lint | make bench | make compat | make leaderboard | make reproduce    (each installs what it needs into .venv, once)
PYTHON ?= python3
VENV ?= .venv
RUN := $(VENV)/bin/python -m
INSTALL := $(RUN) pip install --quiet --disable-pip-version-check -c constraints.txt -e

.DEFAULT_GOAL := help
.PHONY: help demo test lint coverage guard bench compat leaderboard reproduce clean

help:  ## list the targets
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 13

demo: $(VENV)/demo.stamp  ## compare all routing policies on a desk fitted from a real ticket log; then agents learn to beat rules
	$(RUN) marl_routing compare servicenow_itsm --out runs
	$(RUN) marl_routing train chain_085 --steps 6000000 --out runs/chain_085

test: lint guard coverage  ## every check that CI runs

lint: $(VENV)/test.stamp  ## format, lint, types, direction of imports
	$(RUN) ruff format --check .
	$(RUN) ruff check .
	$(RUN) mypy marl_routing benchmarks
	$(VENV)/bin/lint-imports

# Compiled code leaves no trace for coverage, so a second, short run takes the kernels with the compiler off.
coverage: $(VENV)/test.stamp  ## the tests, and 90 % coverage
	NUMBA_DISABLE_JIT=1 $(RUN) pytest tests/core/test_without_compiler.py tests/policies/test_without_compiler.py -n auto --dist worksteal --cov --cov-report=
	$(RUN) pytest -n auto --dist worksteal --cov --cov-append --cov-report=term --cov-fail-under=90

guard: $(VENV)/test.stamp  ## instructions that a step executes, compared with those kept
	$(RUN) benchmarks.guard

bench: $(VENV)/test.stamp  ## speed: targets, other simulators, cost against size; results under runs/bench
	$(RUN) marl_routing bench

compat: $(VENV)/test.stamp  ## train with every library, some in environments of their own; writes docs/compatibility.md
	$(RUN) tests.compat
	$(RUN) docs.generate

leaderboard: $(VENV)/test.stamp  ## all policies on the benchmark suite; writes docs/leaderboard.md and docs/suite/
	$(RUN) marl_routing leaderboard
	$(RUN) docs.generate

reproduce: $(VENV)/test.stamp  ## leaderboard, optimality and validity pages, all played and solved from scratch
	$(RUN) marl_routing leaderboard --fresh
	$(RUN) docs.optimality
	$(RUN) docs.validity
	$(RUN) docs.generate

clean:  ## remove the environment and every output
	rm -rf $(VENV) .compat runs .coverage .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Not the file bin/python: an interrupted venv has that, and no pip.
$(VENV)/venv.stamp:
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/demo.stamp: $(VENV)/venv.stamp pyproject.toml constraints.txt
	@echo "Installing into $(VENV) (once; a minute or two) ..."
	$(INSTALL) '.[report,train]'
	@touch $@

$(VENV)/test.stamp: $(VENV)/venv.stamp pyproject.toml constraints.txt
	@echo "Installing the test tools into $(VENV) (once; a minute or two) ..."
	$(INSTALL) '.[test]'
	@touch $(VENV)/demo.stamp $@
