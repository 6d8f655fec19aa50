# `make` alone prints this list; everything else sets up what it needs, once.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:

PORT ?= 3000
UPSTREAM ?= sample
STACK ?= tokstack
PYTHON ?= python3
RUN := .venv/bin/python
SAM := $(or $(shell command -v sam),.venv-sam/bin/sam)
export SAM_CLI_TELEMETRY := 0
export AWS_DEFAULT_REGION ?= us-east-1

.PHONY: help run test check build bench clients deploy clean

help: ## print this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: .venv/.ready ## the API on 127.0.0.1:3000, everything embedded  [PORT=3000] [UPSTREAM=sample|live|http://host:port] [ENGINE=opensearch OPENSEARCH_URL=http://host:port]
	@exec $(RUN) -m local run --port $(PORT) --upstream $(UPSTREAM) $(if $(filter opensearch,$(ENGINE)),--param OpenSearchUrl=$(OPENSEARCH_URL))

test: .venv/.ready .venv-runtime/.ready .venv-sam/.ready .venv-clients/.ready ## every test
	@if $(RUN) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 13))'; then
		$(MAKE) --no-print-directory build
	else
		echo "The packages are not tested: building them needs Python 3.13."
	fi
	# Two workers, each with a cloud of its own; the files in their order, for those that wait long come first.
	$(RUN) -m pytest -n 2 --dist loadfile --no-loadscope-reorder

check: .venv/.ready .venv-sam/.ready .venv-checkov/.ready ## lint, types, architecture, template
	@.venv/bin/ruff format --check
	.venv/bin/ruff check
	.venv/bin/mypy
	PYTHONPATH=layers/tokstack .venv/bin/lint-imports
	$(RUN) -m pytest -q tests/unit/test_template.py tests/unit/test_readme.py
	$(SAM) validate --lint
	.venv-checkov/bin/checkov --config-file .checkov.yaml

build: .venv/.ready .venv-sam/.ready ## what AWS would run, for arm64 and x86_64, sizes against their bounds
	@$(RUN) -m local.tools.package --sam $(SAM)

bench: .venv/.ready .venv-runtime/.ready build ## the measured figures, into benchmarks/RESULTS.md
	@$(RUN) -m benchmarks

clients: .venv/.ready .venv-clients/.ready ## typed clients for Python and TypeScript, into .cache/clients
	@$(RUN) -m local.tools.clients

deploy: build ## into your AWS account  [STACK=tokstack]
	@$(SAM) deploy --template-file .aws-sam/arm64/template.yaml --stack-name $(STACK)

clean: ## remove what was made here
	@rm -rf .venv .venv-* .cache .aws-sam .local .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

.venv/.ready: requirements/dev.txt requirements/uv.txt pyproject.toml local/tools/environment.py
	@command -v $(PYTHON) > /dev/null || { echo "Tokstack needs Python 3.11 or newer; '$(PYTHON)' was not found."; exit 1; }
	echo "Setting up .venv, once."
	$(PYTHON) local/tools/environment.py .venv requirements/dev.txt
	VIRTUAL_ENV=.venv .venv/bin/uv pip install --quiet --no-deps --no-build-isolation --editable .
	$(RUN) -m local.upstream.media
	touch $@

# Only what Lambda's runtime brings: a dependency that a layer lacks fails under it.
.venv-runtime/.ready .venv-sam/.ready .venv-checkov/.ready .venv-clients/.ready: .venv-%/.ready: requirements/%.txt requirements/uv.txt local/tools/environment.py
	@echo "Setting up .venv-$*, once."
	$(PYTHON) local/tools/environment.py .venv-$* requirements/$*.txt
	touch $@
