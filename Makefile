# The few commands of this project; `make help` lists them.
PYTHON ?= python3
BIN := .venv/bin
# Telephones and browsers wait for nobody: on a machine that stalls for seconds a test of them may fail
# without a fault. It is tried once more, and the report names it; one that is named often has a fault.
IN_REAL_TIME := --reruns 1 -raR

.DEFAULT_GOAL := help

.PHONY: help
help: ## This list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

.PHONY: run
run: ## Set up whatever is missing and start the whole system (Ctrl-C ends it)
	@$(PYTHON) -m damrong.provision tools
	@exec $(BIN)/damrong up --caller $$PPID

.PHONY: venv
venv: ## The Python environment for working on the project
	@$(PYTHON) -m damrong.provision venv --dev

# What the fast tests need: they also speak prompts, but want no server and no browser.
.PHONY: basics
basics: venv
	@$(PYTHON) -m damrong.provision tools

.PHONY: tools
tools: ## Everything that the tests need besides Python: Asterisk, Redis, SIPp, PostgreSQL, Chromium
	@$(PYTHON) -m damrong.provision tools --dev

.PHONY: check
check: basics ## Format, lint, types, import walls and the fast tests, in half a minute
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -q -n 2 -m "not slow and not store and not telephony and not browser"

.PHONY: test
test: unit store telephony browser ## All tests, set-up included

.PHONY: unit
unit: basics ## Tests that need no database and no server: the fast ones of `check`, and the slow ones
	$(BIN)/pytest -q -n 2 -m "not store and not telephony and not browser"

.PHONY: store
store: tools ## Tests on SQLite and a real PostgreSQL
	$(BIN)/pytest -q -n 2 -m store

.PHONY: telephony
telephony: tools ## Tests with a real Asterisk and SIPp
	$(BIN)/pytest -q -n 3 -m telephony $(IN_REAL_TIME)

.PHONY: browser
browser: tools ## Tests with a real Chromium
	$(BIN)/pytest -q -m browser $(IN_REAL_TIME)

.PHONY: screenshots
screenshots: tools ## docs/images anew, from the running program
	$(BIN)/python -m tests.browser.make_screenshots

.PHONY: bench
bench: tools ## How fast calls are taken and cases found, against baselines measured in the same run
	$(BIN)/python -m bench

.PHONY: format
format: venv ## Put all Python files into the common form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

.PHONY: migration
migration: venv ## A new migration from the mapped classes: make migration NAME="what it does"
	$(BIN)/damrong db revision "$(NAME)"

.PHONY: lock
lock: venv ## Renew the lock files from pyproject.toml
	$(BIN)/python -m damrong.provision lock

.PHONY: clean
clean: ## Remove all that was installed or built here (the state in var/ stays)
	rm -rf .venv .tools build *.egg-info .pytest_cache .mypy_cache .ruff_cache
	rm -rf agent_console/frontend/node_modules agent_console/static/dist
