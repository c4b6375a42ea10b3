# Two commands do everything: `make demo` and `make test`. Each creates what it needs in this checkout.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
OLD := .venv-pytest8
RUST_SOURCES := Cargo.toml Cargo.lock $(wildcard rust_ext/Cargo.toml rust_ext/src/*.rs rust_ext/src/*/*.rs)
STAMP := $(VENV)/.installed
OLD_STAMP := $(OLD)/.installed

.PHONY: demo test setup lint rust-test contracts types tests tests-pytest8 benchmarks test-promtool test-spark
.PHONY: example-check clean

demo: $(STAMP)
	$(BIN)/python example_project/scripts/demo.py

test: lint types contracts rust-test tests tests-pytest8

setup: $(STAMP)

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(STAMP): $(VENV)/bin/python pyproject.toml $(RUST_SOURCES)
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --group dev
	VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/maturin develop --release --quiet
	touch $@

$(OLD_STAMP): $(STAMP)
	$(PYTHON) -m venv $(OLD)
	rm -rf target/wheels
	$(BIN)/maturin build --release --quiet --out target/wheels
	$(OLD)/bin/python -m pip install --quiet --upgrade "pip>=25.1"
	$(OLD)/bin/python -m pip install --quiet --group dev "pytest==8.4.*" target/wheels/*.whl
	touch $@

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	cargo fmt --check
	cargo clippy --all-targets --quiet -- -D warnings

types: $(STAMP)
	$(BIN)/mypy
	$(BIN)/mypy tests
	$(BIN)/python -m mypy.stubtest pytest_errorbudget.readers._rust

contracts: $(STAMP)
	$(BIN)/lint-imports

rust-test: $(STAMP)
	cargo test --quiet

tests: $(STAMP)
	$(BIN)/python -m pytest -q -n 2

# The oldest supported pytest, on the built wheel: what the wheel lacks, these tests miss.
tests-pytest8: $(OLD_STAMP)
	cd tests && ../$(OLD)/bin/python -P -m pytest -q -n 2 -c ../pyproject.toml --rootdir .. plugin

# DuckDB, PostgreSQL and Spark count alike. pyspark is half a gigabyte, so that only this target installs it, and only
# where there is a Java that runs it.
JAVA := $(if $(JAVA_HOME),$(JAVA_HOME)/bin/java,java)
JAVA_MAJOR = $(shell $(JAVA) -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p')

test-spark: $(STAMP)
	@if [ "$(or $(JAVA_MAJOR),0)" -ge 17 ]; then \
		$(BIN)/python -m pip install --quiet "pyspark>=4" && $(BIN)/python -m pytest -q tests/spark; \
	else \
		echo "test-spark: skipped. Spark needs a Java runtime, 17 or newer; on this machine there is $(if \
			$(JAVA_MAJOR),Java $(JAVA_MAJOR),none)"; \
	fi

benchmarks: $(STAMP)
	$(BIN)/python benchmarks/aggregation.py
	$(BIN)/python benchmarks/run.py

# Firing times against Prometheus' own; needs promtool (Debian's package `prometheus`), and says so where it is missing.
test-promtool: $(STAMP)
	$(BIN)/python -m pytest -q -rs tests/promtool

# The example's services with their real dependencies: to be run after the example's Rust, Cargo files or queries change.
example-check:
	cd example_project && cargo check --workspace --all-targets --locked

clean:
	rm -rf $(VENV) $(OLD) target example_project/.errorbudget example_project/events
