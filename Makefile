# Everything a person does with this project. `make` alone prints what each target does.

PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
PIP = $(BIN)/python -m pip --disable-pip-version-check --no-input
UV = uv==0.13.9
# The same version as the extra "torch" in pyproject.toml. Only converting and training models needs
# it, and so do the tests. It is taken from wherever this machine's pip is set up to take it.
TORCH = torch==2.13.0
LOCK_FLAGS ?=
# Passed on to pip-audit, such as --vulnerability-service osv or --ignore-vuln ID.
AUDIT_FLAGS ?=
# A test file stays in one process, with the servers it starts. Empty it to have one process.
PARALLEL ?= --numprocesses=auto --maxprocesses=4 --dist=loadfile --no-loadscope-reorder
# Only `make fuzz` needs it.
ATHERIS = atheris==3.0.0
REQUESTS ?= 100000
SECONDS ?= 60
LOCK = $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-config \
	--no-emit-index-url --no-emit-find-links --no-annotate --quiet \
	--custom-compile-command "make lock" $(LOCK_FLAGS)

.DEFAULT_GOAL := help
.PHONY: help install demo run test check format-check lint types contracts openapi-check unit \
	bench bench-models load chaos hostile fuzz train-small try-containers format openapi lock audit \
	sbom clean

help: ## Print this list.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(VENV)/.runtime ## Install Khabar and what it runs on into .venv, as locked.

demo: $(VENV)/.runtime ## Install, start the service, summarise the sample article, stop the service.
	@$(BIN)/khabar demo

run: $(VENV)/.runtime ## Install, and run Redis, a worker and the API until Ctrl-C.
	@$(BIN)/khabar run

test: check ## Install the tools and torch too, and run everything that CI runs.

check: format-check lint types contracts openapi-check unit ## Format, lint, types, contracts, OpenAPI, tests.

format-check: $(VENV)/.dev ## Fail if a file is not formatted.
	@$(BIN)/ruff format --check .

lint: $(VENV)/.dev ## Fail on a lint finding.
	@$(BIN)/ruff check .

types: $(VENV)/.dev ## Check the types with mypy --strict.
	@$(BIN)/mypy

contracts: $(VENV)/.dev ## Check which package may import which.
	@$(BIN)/lint-imports

openapi-check: $(VENV)/.dev ## Fail if openapi.yaml is not what the program says.
	@$(BIN)/khabar openapi --check openapi.yaml

unit: $(VENV)/.dev ## Run the tests; some need Chromium, Redis and nginx, installed here as root.
	@sh tests/docker/install.sh || true
	@if sh tests/browser/install.sh; then $(BIN)/python -m pytest $(PARALLEL); \
		else $(BIN)/python -m pytest $(PARALLEL) --ignore=tests/browser; fi

chaos: $(VENV)/.dev ## Kill, freeze and cut for an hour, and print which promises were kept.
	@KHABAR_FAULTS=long $(BIN)/python -m pytest tests/faults -x

train-small: $(VENV)/.dev ## Prove every step of training on a miniature; CORPORA and EVALUATION name folders.
	@$(BIN)/python -m training small --corpora "$(CORPORA)" --evaluation "$(EVALUATION)"

try-containers: ## Build the images and try both compose files with kills. Needs Docker Compose 2.24.
	@docker/try.sh

bench: $(VENV)/.dev ## Measure the service and the summarizers on this machine.
	@$(BIN)/python -m benchmarks

load: $(VENV)/.dev ## Put the service under load: reads, fresh articles, 1,000 event streams. Needs wrk.
	@$(BIN)/python -m benchmarks.load

bench-models: $(VENV)/.dev ## Measure models of full size with random weights, alone and in the service.
	@$(BIN)/python -m benchmarks.models
	@$(BIN)/python -m benchmarks.under_load

hostile: $(VENV)/.dev ## Attack the API with REQUESTS requests, and try its description for SECONDS.
	@$(BIN)/python -m tests.hostile.campaign --requests $(REQUESTS)
	@$(BIN)/python -m tests.hostile.conformance --seconds $(SECONDS)

fuzz: $(VENV)/.dev ## Fuzz the cleaning of HTML and text, SECONDS for each of three targets.
	@$(PIP) install -qq "$(ATHERIS)"
	@for target in html text document; do \
		$(BIN)/python -m tests.fuzz $$target $(SECONDS) || exit 1; done

format: $(VENV)/.dev ## Format the files and mend what ruff can mend.
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

openapi: $(VENV)/.runtime ## Write openapi.yaml.
	@$(BIN)/khabar openapi openapi.yaml

lock: $(VENV)/.created ## Write requirements/*.txt again; LOCK_FLAGS=--upgrade takes newer versions.
	@$(PIP) install -qq "$(UV)"
	$(LOCK) pyproject.toml -c requirements/limits.in -o requirements/runtime.txt
	$(LOCK) requirements/build.in -c requirements/runtime.txt -o requirements/build.txt
	$(LOCK) --no-emit-package torch requirements/dev.in -c requirements/runtime.txt \
		-c requirements/build.txt -o requirements/dev.txt
	$(LOCK) requirements/audit.in -c requirements/runtime.txt -c requirements/build.txt \
		-c requirements/dev.txt -o requirements/audit.txt

audit: $(VENV)/.audit ## Look for known vulnerabilities in what is locked. Asks pypi.org; see AUDIT_FLAGS.
	@$(BIN)/python -m requirements.audit $(AUDIT_FLAGS)

sbom: $(VENV)/.audit ## Write build/sbom.json: what Khabar runs on, with licences and hashes (CycloneDX).
	@$(BIN)/python -m requirements.sbom build/sbom.json

clean: ## Remove .venv and what the tools keep. Articles, summaries and models in var/ stay.
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -not -path './var/*' -prune -exec rm -rf {} +

# The stamps below say how far .venv has been filled: a second `make` installs nothing.

$(VENV)/.created:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Khabar needs Python 3.11 or newer, and $(PYTHON) is not." \
			"Name another: make PYTHON=python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "$(PYTHON) cannot make virtual environments." \
			"On Debian: apt install python3-venv" >&2; exit 1; }
	@echo "Creating $(VENV)"
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.runtime: $(VENV)/.created requirements/build.txt requirements/runtime.txt pyproject.toml
	@echo "Installing Khabar into $(VENV)"
	@$(PIP) install -qq --require-hashes -r requirements/build.txt -r requirements/runtime.txt
	@$(PIP) install -qq --no-deps --no-build-isolation --editable .
	@touch $@

# What looks through the locks. It agrees with them, so it may live beside what they name.
$(VENV)/.audit: $(VENV)/.runtime requirements/audit.txt
	@echo "Installing what looks through the locks into $(VENV)"
	@$(PIP) install -qq --require-hashes -r requirements/audit.txt
	@touch $@

# torch comes before the tools: what it needs is then brought to the locked versions.
$(VENV)/.dev: $(VENV)/.audit requirements/dev.txt
	@echo "Installing torch and the tools into $(VENV)"
	@$(PIP) install -qq "$(TORCH)"
	@$(PIP) install -qq --require-hashes -r requirements/dev.txt
	@$(PIP) check
	@touch $@
