# `make` alone lists the commands. Everything is installed into .venv; nothing needs root, Docker, Java or a system Node.
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
# CI never goes without its browser; a stranger's machine may have none, and is told so.
NO_BROWSER := $(if $(CI),,$(if $(wildcard /usr/bin/chromium),,--ignore=tests/browser))
# They measure how soon a screen shows something: nothing else may run beside them.
TIMED := tests/browser/test_wall.py tests/browser/test_outages.py
export UV_SYSTEM_CERTS := 1
export UV_NO_PROGRESS := 1
export PYTHONPATH := $(CURDIR)
# Where it is set, every one of the many processes that tests start compiles some thousand modules anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo test check lint types check-real faults soak bench wheel browser-files lock clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

demo: $(VENV)/demo.stamp browser-files ## run the whole centre on this machine with simulated data (IOC_PORT moves the port)
	@exec $(PY) -m ioc demo $(ARGS)

test: $(VENV)/dev.stamp browser-files ## all tests that need nothing but this machine
	@$(PY) -m pytest tests --ignore=tests/real --ignore=tests/faults --ignore=tests/browser -n 2 --dist loadfile -rs $(ARGS)
	@[ -n "$(NO_BROWSER)" ] || $(PY) -m pytest tests/browser $(TIMED:%=--ignore=%) -n 2 --dist loadfile $(ARGS)
	@[ -n "$(NO_BROWSER)" ] || $(PY) -m pytest $(TIMED) $(ARGS)
	@[ -z "$(NO_BROWSER)" ] || echo "NOT RUN: tests/browser: this machine has no /usr/bin/chromium (Debian: apt-get install chromium)"

check: ## lint, types, import rules, SQL lint, and the tests
	@$(MAKE) --no-print-directory $(VENV)/dev.stamp
	@$(MAKE) --no-print-directory -j 2 --output-sync lint types
	@$(MAKE) --no-print-directory test

lint: $(VENV)/dev.stamp ## style of Python and SQL, direction of imports, generated files
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/lint-imports --no-cache
	@$(VENV)/bin/sqlfluff lint --config pyproject.toml ioc
	@$(PY) -m ioc catalogue --check docs/catalogue.md

types: $(VENV)/dev.stamp ## mypy, strict
	@$(VENV)/bin/mypy

check-real: $(VENV)/dev.stamp browser-files ## tests on a real Apache Kafka (Java 17), a real TimescaleDB and a real RTSP server (Go)
	@$(PY) -m tests.real.prepare
	@$(PY) -m pytest -rsxX tests/real

faults: $(VENV)/dev.stamp browser-files ## kills, cuts and overruns; takes minutes (FAULTS=short for CI's form)
	@$(PY) -m tests.real.prepare
	@IOC_TEST_FAULTS=$(or $(FAULTS),long) $(PY) -m pytest tests/faults

soak: $(VENV)/dev.stamp browser-files ## the wall in a browser for MINUTES (10): heap, nodes, listeners
	@$(PY) -m benchmarks.soak --minutes $(or $(MINUTES),10)

bench: $(VENV)/dev.stamp $(if $(WALL),browser-files) ## measure: ratios of one run, short forms (REAL=1 also on real Kafka; BOUNDARIES=file of units; WALL=1 only the live wall)
ifdef WALL
	@$(PY) -m benchmarks.wall $(ARGS)
else
	@$(PY) -m benchmarks.sink $(if $(REAL),--real,) $(ARGS)
	@$(PY) -m benchmarks.places $(BOUNDARIES)
	@$(PY) -m benchmarks.folds --subjects 1000
	@$(PY) -m benchmarks.late --years 0.25 0.5 --per-day 40
	@$(PY) -m benchmarks.kpi --years 0.25 0.5 --per-day 20
endif

wheel: $(VENV)/demo.stamp browser-files ## a wheel with everything inside, into dist/
	@$(PY) -m hatchling build -t wheel

browser-files: $(VENV)/demo.stamp ## what browsers load, from npm by the lock file
	@$(PY) -m tools.browser_files

lock: $(VENV)/uv.stamp ## compile requirements/*.in again, with hashes
	@for f in uv runtime demo dev; do $(VENV)/bin/uv pip compile -q --upgrade --generate-hashes --no-header \
	  --universal --python-version 3.11 requirements/$$f.in -o requirements/$$f.txt; done

clean: ## forget the demo's data and everything installed
	@rm -rf .ioc $(VENV) .cache node_modules ioc/assets/vendor dist .mypy_cache .ruff_cache .hypothesis .import_linter_cache

$(VENV)/uv.stamp: requirements/uv.txt
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11")'
	@echo "installing into $(VENV) …"
	@$(PYTHON) -m venv $(VENV) || { echo "python's venv module is missing: on Debian or Ubuntu, apt-get install python3-venv"; exit 1; }
	@$(VENV)/bin/pip install -q --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@touch $@

$(VENV)/demo.stamp: requirements/demo.txt pyproject.toml $(VENV)/uv.stamp
	@VIRTUAL_ENV=$(VENV) $(VENV)/bin/uv pip install -q --require-hashes -r requirements/demo.txt \
	  || $(VENV)/bin/pip install -q --require-hashes -r requirements/demo.txt
	@$(VENV)/bin/pip install -q --disable-pip-version-check --no-deps --no-build-isolation --no-index -e .
	@touch $@

$(VENV)/dev.stamp: requirements/dev.txt $(VENV)/demo.stamp
	@VIRTUAL_ENV=$(VENV) $(VENV)/bin/uv pip install -q --require-hashes -r requirements/dev.txt \
	  || $(VENV)/bin/pip install -q --require-hashes -r requirements/dev.txt
	@touch $@
