# Everything a newcomer types. Each target makes its own virtual environment from requirements.lock first.

.DEFAULT_GOAL := help
.PHONY: help demo cluster test check laws prove versus bench lock sbom audit clean static ship

PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin
SUPPLY := .dolbom/supply/made
READY := $(VENV)/made-from-the-lock
# What root keeps for PostgreSQL's account when the checkout is closed to it: deploy/embedded/postgres_binaries.py
ELSEWHERE = /var/lib/dolbom/$(shell printf %s '$(realpath .)' | sha256sum | cut -c1-12)
LAWS := tests/alerts/test_life.py tests/alerts/test_plan.py tests/homes/test_rosters.py
FAST := not door and not journey and not browser and not real and not laws

help: ## Show these lines.
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 16

demo: $(READY) ## Run a street of pretend homes and the whole service on this machine; Ctrl-C ends it.
	@$(RUN)/python -m deploy demo

cluster: $(READY) ## Run three brokers, two databases and two of each service, sealed, each on its own address; Ctrl-C ends it.
	@$(RUN)/python -m deploy cluster

test: static ## Check the form, then run every test, against real brokers and databases where they are installed.
	@echo "All tests: the servers start by themselves; what cannot run here says so." && \
	$(RUN)/pytest -n 2 --dist loadfile -rs --durations=12 --durations-min=10 $(TESTS)

check: static ## Check format, lint, types, floors and the fast tests, in under a minute.
	@echo "Fast tests: no server is started." && $(RUN)/pytest -n 2 -m "$(FAST)" $(TESTS)

laws: $(READY) ## Try the laws of alerts and escalation with ten thousand stories each: for a nightly run.
	@$(RUN)/pytest -q --timeout=3600 --hypothesis-profile=nightly $(LAWS)

prove: $(READY) ## Publish real payloads, await their pushes and print the time each took; a missing one fails.
	@$(RUN)/python -m bench prove

.PHONY: faults
faults: $(READY) ## Break the cluster two hundred times and follow each press; one that is lost or doubled fails.
	@$(RUN)/python -m bench faults

versus: $(READY) ## Put Dolbom beside what a user would build instead: one run, one table, ten minutes.
	@$(RUN)/python -m bench versus

.PHONY: load
load: $(READY) ## Let cities of 1,000 to 100,000 homes speak until something gives way, and reckon larger ones on paper.
	@$(RUN)/python -m bench load

bench: $(READY) ## Measure what the service costs and how fast it is.
	@$(RUN)/python -m bench

ship: $(READY) ## Build the manifests for Kubernetes and validate them with its schemas; downloads what that takes.
	@$(RUN)/python -m deploy.kubernetes build

lock: ## Choose the versions of all libraries anew and write requirements.lock.
	@test -x .dolbom/uv/bin/uv || { $(PYTHON) -m venv .dolbom/uv && .dolbom/uv/bin/pip install --quiet uv; }
	.dolbom/uv/bin/uv pip compile pyproject.toml --upgrade --universal --python-version 3.11 --all-extras \
	  --generate-hashes --no-emit-index-url --no-header --output-file requirements.lock --quiet
	.dolbom/uv/bin/uv pip compile pyproject.toml --universal --python-version 3.11 --constraint requirements.lock \
	  --generate-hashes --no-emit-index-url --no-header --no-annotate --output-file deploy/requirements.lock --quiet

sbom: $(READY) $(SUPPLY) ## List everything that Dolbom is made of, as CycloneDX, under .dolbom/sbom.
	@$(RUN)/python -m deploy.supply sbom

audit: $(READY) $(SUPPLY) ## Ask of every library whether it has a known weakness; 3 means that nobody could be asked.
	@$(RUN)/python -m deploy.supply audit

clean: ## Remove the virtual environment, caches and everything the demo kept.
	rm -rf $(VENV) .dolbom .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@test ! -w /var/lib/dolbom || { rm -rf $(ELSEWHERE) && rmdir --ignore-fail-on-non-empty /var/lib/dolbom; }

$(SUPPLY): deploy/supply/requirements.txt
	@$(PYTHON) -m venv .dolbom/supply && .dolbom/supply/bin/pip install --quiet --disable-pip-version-check -r $<
	@touch $@

static: $(READY)
	@echo "Format:"  && $(RUN)/ruff format --check .
	@echo "Lint:"    && $(RUN)/ruff check .
	@echo "Types:"   && $(RUN)/mypy
	@echo "Floors:"  && PYTHONPATH=. $(RUN)/lint-imports

$(READY): requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Dolbom needs Python 3.11 or newer: make PYTHON=python3.12 ..."; exit 1; }
	@echo "Making $(VENV) from requirements.lock: once, a minute or so."
	@test -x $(RUN)/python || $(PYTHON) -m venv $(VENV)
	@$(RUN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@
