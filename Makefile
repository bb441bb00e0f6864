# The things people do here. `make run` and `make test` set up all they need on a fresh machine.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ADDRESS ?= 127.0.0.1:8000

.PHONY: run test contract browser bench fuzz check format translate help

help:  ## what can be done
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

$(VENV)/installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[test,browser,dev]'
	@touch $@

# Settings of a development machine: a random key, and DEBUG on.
.env:
	@printf 'SECRET_KEY=%s\nDEBUG=1\n' "$$($(PYTHON) -c 'import secrets; print(secrets.token_urlsafe(50))')" > .env

run: $(VENV)/installed .env  ## set up, load the records, serve at 127.0.0.1:8000
	$(BIN)/python manage.py migrate --verbosity 0
	$(BIN)/python manage.py load_records
	$(BIN)/python manage.py create_staff_accounts
	@echo "http://$(ADDRESS)/  ·  http://$(ADDRESS)/admin/"
	$(BIN)/python manage.py runserver $(ADDRESS)

test: $(VENV)/installed .env  ## the whole suite, on SQLite and again on a real PostgreSQL
	$(BIN)/python -m tests.on_sqlite $(ARGS)
	$(BIN)/python -m tests.on_postgres $(ARGS)

contract: export CONTRACT_EXAMPLES ?= 500
contract: $(VENV)/installed .env  ## thousands of odd requests against the API's OpenAPI document
	$(BIN)/python -m tests.on_sqlite tests/api/test_api.py -q -k odd_requests
	$(BIN)/python -m tests.on_postgres tests/api/test_api.py -q -k odd_requests

browser: $(VENV)/installed .env  ## the browser tests, in the Chromium of this machine
	$(BIN)/python -m tests.on_sqlite tests/browser --override-ini=addopts= $(ARGS)

$(VENV)/installed-bench: $(VENV)/installed
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[bench]'
	@touch $@

bench: $(VENV)/installed-bench .env  ## measure on 10,000 invented offices, beside Datasette; ARGS='--offices 100000'
	$(BIN)/python -m tests.benchmarks.measure $(ARGS)

fuzz: $(VENV)/installed .env  ## 20,000 malformed questions to the public pages; ARGS='--number 500 --seed 1'
	$(BIN)/python -m tests.benchmarks.fuzz $(ARGS)

check: $(VENV)/installed .env  ## lint, formats, dead code, deployment check, missing migrations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/vulture
	git ls-files -z 'templates/*.html' | xargs -0 $(BIN)/djade --target-version 5.2 --check
	$(BIN)/python manage.py makemigrations --check --dry-run
	SECRET_KEY="$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(50))')" DEBUG=0 \
	  ALLOWED_HOSTS=gecc.example $(BIN)/python manage.py check --deploy --fail-level WARNING

format: $(VENV)/installed  ## put code and templates into the house format
	$(BIN)/ruff check --fix . || true
	$(BIN)/ruff format .
	git ls-files -z 'templates/*.html' | xargs -0 $(BIN)/djade --target-version 5.2 || true

translate: $(VENV)/installed  ## collect new Thai sentences for translation, compile all
	$(BIN)/python manage.py makemessages --locale en --extension html,txt,xml,py --no-location --no-obsolete --ignore '.venv/*' --ignore 'tests/*'
	$(BIN)/python manage.py compilemessages --locale en --locale th --ignore '.venv/*'
