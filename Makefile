.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
SERVE ?= 1
WORKERS ?= 2
# Processes among which the files of tests are dealt, so that what a file makes is made once.
SPREAD = --numprocesses $(WORKERS) --dist loadfile
export MLFLOW_DISABLE_TELEMETRY := true

.PHONY: help setup demo test test-all check format docs lock mlflow bench bench-ingest bench-tables bench-features bench-explaining bench-serving bench-training bench-console bench-world refit clean

help:  ## Show what can be made
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 26

setup: $(READY)  ## Make the environment in .venv from the lock

$(READY): locks/development.lock locks/installer.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, found " + sys.version) if sys.version_info < (3, 11) else None'
	@echo "Setting up .venv (once, a minute or two)"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r locks/installer.lock
	@$(BIN)/uv pip install --quiet --require-hashes --python $(BIN)/python -r locks/development.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@

demo: $(READY)  ## From a simulated port to explained scores, then serve them (SERVE=0: stop before)
	@$(BIN)/cargoworthy demo $(if $(filter 0,$(SERVE)),--no-serve,--serve)

test: $(READY)  ## The tests, but for the slow ones (WORKERS=4: in four processes)
	@$(BIN)/python -m pytest $(SPREAD) -m "not slow"

test-all: $(READY)  ## All tests, with branch coverage
	@$(BIN)/python -m pytest $(SPREAD) --cov --cov-report=term:skip-covered

check: $(READY)  ## Lint, format, types, layers, generated documents
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(READY)  ## Bring the code into its format
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

docs: $(READY)  ## Write the generated documents anew
	@$(BIN)/cargoworthy features list --format markdown > docs/features.md
	@$(BIN)/cargoworthy record schema --out docs

mlflow: $(READY)  ## Open MLflow's pages on the runs and the registry
	@$(BIN)/mlflow ui --backend-store-uri sqlite:///mlruns/mlflow.db --port 5000

lock: $(READY)  ## Resolve the dependencies anew and pin them with hashes
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-header --group installer -o locks/installer.lock
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-header --extra training --extra cluster --extra fast --extra tracing --group build --group dev pyproject.toml -o locks/development.lock
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-header --extra fast --extra tracing --group build pyproject.toml -c locks/development.lock -o locks/serving.lock
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-header --extra training --group contestants pyproject.toml -o locks/contestants.lock

bench: bench-ingest bench-tables bench-features  ## All benchmarks

bench-ingest: $(READY)  ## Messages a second into the record, against plain executemany
	@$(BIN)/python -m benchmarks.ingest

bench-tables: $(READY)  ## Our training against four other learners on public tables
	@test -x .venv-bench/bin/python || $(PYTHON) -m venv --without-pip .venv-bench
	@if $(BIN)/uv pip install --quiet --require-hashes --python .venv-bench/bin/python -r locks/contestants.lock; \
	then .venv-bench/bin/python -m benchmarks.tables; \
	else echo "The other learners cannot be installed here; only those already installed take part"; \
	$(BIN)/python -m benchmarks.tables; fi

bench-features: $(READY)  ## The features against SQL, pandas and a bare scan (LARGE=1: much larger, too)
	@$(BIN)/python -m benchmarks.features --folder var/bench-features $(if $(filter 1,$(LARGE)),--large)

bench-explaining: $(READY)  ## Exact explanations against LightGBM's own, one row to a million
	@$(BIN)/python -m benchmarks.explaining

bench-serving: $(READY)  ## The service against an empty endpoint, MLflow's server and BentoML's (LARGE=1: a larger model)
	@test -x .venv-bench/bin/python || $(PYTHON) -m venv --without-pip .venv-bench
	@$(BIN)/uv pip install --quiet --require-hashes --python .venv-bench/bin/python -r locks/contestants.lock \
	  || echo "The rivals cannot be installed here; only those already installed take part"
	@$(BIN)/python -m benchmarks.serving $(if $(filter 1,$(LARGE)),--large-model) \
	  $$(.venv-bench/bin/python -c 'import bentoml, mlflow, lightgbm; print("--rivals .venv-bench/bin/python")' 2>/dev/null)

bench-training: $(READY)  ## Our training against bare LightGBM, on up to five million rows (CLUSTER=1: on a cluster against here)
	@$(BIN)/python -m benchmarks.training $(if $(filter 1,$(CLUSTER)),--cluster)

bench-console: $(READY)  ## The console's pages over the demonstration's record
	@$(BIN)/python -m benchmarks.console

bench-world: $(READY)  ## How hard and how fast the simulated world is (REFERENCE=1: the large one, hours)
	@$(BIN)/python -m benchmarks.world --speed $(if $(filter 1,$(REFERENCE)),--reference)
	@$(BIN)/python -m benchmarks.world --folder var/bench-world$(if $(filter 1,$(REFERENCE)),-reference) \
	  --seeds 1 2 3 --truth-sample 3 --truth-paths 200 $(if $(filter 1,$(REFERENCE)),--reference)

refit: $(READY)  ## Fit the simulator's marginals anew: CUSTOMS=folder SHIPMENTS=folder
	@$(BIN)/python -m simulator.refit --customs "$(CUSTOMS)" --shipments "$(SHIPMENTS)"

clean:  ## Remove all that was made: the environment, the record, the models, the runs
	rm -rf .venv .venv-bench var mlruns/mlflow.db mlruns/artifacts
