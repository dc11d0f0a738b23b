# What people run; `make` lists it. Everything but `graphiql` and `peer` needs Go alone.

GO ?= go
FUZZTIME ?= 1m
QUERIES ?= 10000
# Of queries of Neo4j, which plans each shape when it first sees it.
SHAPES ?= 1000
SMALL ?= 10000
LARGE ?= 100000
# Packages take turns on one Neo4j server, and the wait counts as theirs: so twice as many run at a time
# as there are processors. The race detector needs a C compiler, so it is for CI, which also trusts no
# cached result. It watches all but SQLite, which is translated from C, has its own locks and would take
# twelve times as long.
RACE = -race -gcflags=modernc.org/sqlite/lib=-race=false -gcflags=modernc.org/libc=-race=false
AT_A_TIME = $(shell echo $$((2 * $$(getconf _NPROCESSORS_ONLN))))
TESTFLAGS ?= -timeout 60m -p $(AT_A_TIME) $(if $(filter true,$(CI)),$(RACE) -count=1)

.DEFAULT_GOAL := help

.PHONY: help
help: ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: build
build: ## build the program into bin/
	$(GO) build -o bin/ ./cmd/policygraph

.PHONY: serve
serve: ## serve the API and its page at http://127.0.0.1:8080
	$(GO) run ./cmd/policygraph serve

.PHONY: test
test: ## run every test (with CI=true: -race, nothing cached)
	$(GO) test $(TESTFLAGS) ./...

.PHONY: check
check: ## run what CI runs; with CI=true also the parts that need more than Go
	bash .ci/run

.PHONY: lint
lint: ## go vet and staticcheck
	$(GO) vet ./...
	$(GO) tool staticcheck ./...

.PHONY: fmt
fmt: ## format the Go files
	gofmt -w .

.PHONY: generate
generate: ## write all generated Go code again
	$(GO) generate ./...

# What is found is made smaller by a few tries only: each of a run's first inputs would else take a minute of its time.
.PHONY: fuzz
fuzz: ## run each fuzz target for FUZZTIME (1m)
	@set -e; pkgs=$$($(GO) list ./...); for pkg in $$pkgs; do \
		list=$$($(GO) test -list '^Fuzz' $$pkg); \
		for target in $$(echo "$$list" | grep '^Fuzz' || true); do \
			echo "== $$pkg $$target"; \
			$(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 20x $$pkg; \
		done; \
	done

.PHONY: property
property: ## compare QUERIES (10000) random queries of each store with the plain reading of its contract; on Neo4j of SHAPES (1000)
	GRAPHTEST_QUERIES=$(QUERIES) $(GO) test -count=1 -timeout 1h -v -run '^TestProperty$$' ./graph/sqlitestore
	GRAPHTEST_QUERIES=$(QUERIES) GRAPHTEST_SHAPES=$(SHAPES) $(GO) test -count=1 -timeout 2h -v -run '^TestProperty$$' ./graph/neo4jstore

.PHONY: bench
bench: ## measure loads, reads and HTTP on generated graphs of SMALL (10000) and LARGE (100000) statements
	$(GO) run ./bench -small $(SMALL) -large $(LARGE) load reads http

.PHONY: peer
peer: ## measure the API over Neo4j beside a handler by hand and @neo4j/graphql, on SMALL (10000) statements (needs a JDK, Maven and Node.js)
	cd bench/neo4jgraphql && npm ci --ignore-scripts --no-audit --no-fund
	$(GO) run ./bench -large $(SMALL) -rounds 8 peer

.PHONY: graphiql
graphiql: ## build the page in server/graphiql/dist again (needs Node.js)
	cd server/graphiql/web && npm ci --ignore-scripts --no-audit --no-fund && node build.mjs

.PHONY: clean
clean: ## remove what was built outside version control
	rm -rf bin server/graphiql/web/node_modules bench/neo4jgraphql/node_modules
