# Auscult: the commands a person needs. `make` alone lists them.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

TARGET := $(or $(CARGO_TARGET_DIR),$(CURDIR)/target)
REAL_HOME ?= $(HOME)/.cache/auscult-real
export REAL_HOME
DATA ?= auscult-data
WEB := crates/auscult-web
ASSETS := $(WEB)/dist/manifest.json
# Continuous integration takes its own nextest profile and sees every skipped test fail.
NEXTEST_PROFILE := $(if $(CI),ci,default)
# The servers' addresses, once tests/real/up has written them.
ENV := set -a; if [ -f "$(REAL_HOME)/env" ]; then . "$(REAL_HOME)/env"; fi; set +a

# The binary of the journeys comes from the same build as the tests: with another
# selection of packages cargo would build half of everything again.
BUILD_BINARY := cargo build --workspace --bins --tests

.PHONY: help run demo test check unit e2e kill bench bench-listen eval train fuzz assets tools real house clean

help: ## this list
	@grep -hE '^[a-z0-9-]+:.*## ' Makefile | sed -E 's/^([a-z0-9-]+):.*## /  make \1\t/' | expand -t 22

run: tools assets ## build, and serve on an empty data directory (./auscult-data)
	cargo build --profile quick -p auscult --bin auscult
	@echo "data directory: $(DATA) (remove it to start afresh); stop with Ctrl+C"
	@exec "$(TARGET)/quick/auscult" serve --data "$(DATA)"

demo: tools assets ## build, and look around a filled, invented health system
	cargo build --profile quick -p auscult --bin auscult
	@exec "$(TARGET)/quick/auscult" demo --data "$(DATA)-demo"

test: tools assets real unit e2e ## everything: real servers, Rust tests, journeys in a browser

real: ## start the real servers that tests talk to (tests/real/down stops them)
	@tests/real/up

unit: assets ## Rust tests (on the servers that run)
	@$(ENV); \
	if cargo nextest --version >/dev/null 2>&1; then \
	  cargo nextest run --workspace --profile $(NEXTEST_PROFILE); \
	else \
	  echo "cargo-nextest is not installed; using cargo test"; cargo test --workspace; \
	fi

e2e: assets ## journeys in a real browser, and the short kill run (on the servers that run)
	$(BUILD_BINARY)
	@tests/real/browser/install >/dev/null
	@$(ENV); export AUSCULT_BIN="$${AUSCULT_BIN:-$(TARGET)/debug/auscult}"; cd tests/e2e && npm test

kill: assets ## the long kill run: 50 kills while hearing and 50 while sending, on both stores
	$(BUILD_BINARY)
	@tests/real/browser/install >/dev/null
	@$(ENV); export AUSCULT_BIN="$${AUSCULT_BIN:-$(TARGET)/debug/auscult}"; cd tests/e2e && AUSCULT_KILLS=50 npm run kill

check: tools assets house ## format, lints, documentation, licences, spelling
	cargo fmt --all --check
	@.ci/lints
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked
	@cd $(WEB) && npm run --silent check
	@if cargo deny --version >/dev/null 2>&1; then cargo deny check bans licenses sources; else echo "skipped: cargo-deny is not installed"; fi
	@if cargo machete --version >/dev/null 2>&1; then cargo machete; else echo "skipped: cargo-machete is not installed"; fi
	@if command -v typos >/dev/null; then typos; else echo "skipped: typos is not installed"; fi

house: ## floors, doors and file sizes of STYLE
	@node .ci/house.mjs

bench: tools assets ## ingest, pipeline, inbox at a million conversations, memory, start time, size
	cargo build --release -p auscult --bin auscult
	@$(ENV); export AUSCULT_BIN="$(TARGET)/release/auscult"; .ci/bench foundation

bench-listen: tools ## the matcher: watches times posts a second
	@$(ENV); .ci/bench listen

eval: tools ## quality of classify, guard and identifiers on the labelled sets of the project
	@.ci/bench eval

train: tools ## train the classifier's weights again from the project's own training data
	@.ci/bench train

fuzz: ## each fuzz target for a minute
	@.ci/fuzz

assets: $(ASSETS) ## scripts and styles of the pages

# What the bundle is made from; a change of any of it builds it again.
ASSET_SOURCES := $(wildcard $(WEB)/package.json) $(shell find $(WEB)/assets -type f 2>/dev/null)
NODE_MODULES := $(WEB)/node_modules/.package-lock.json

$(ASSETS): $(ASSET_SOURCES) $(NODE_MODULES)
	@cd $(WEB) && npm run --silent build

$(NODE_MODULES): $(WEB)/package-lock.json
	@cd $(WEB) && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error && touch node_modules/.package-lock.json

tools:
	@.ci/tools

clean: ## remove what was built (not the data directory)
	cargo clean
	rm -rf $(WEB)/dist $(WEB)/node_modules tests/e2e/node_modules tests/e2e/results
