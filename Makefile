# What a person needs: `make run` (the whole product on this machine) and `make test` (everything that proves it).
# Both set up what is missing first; see .ci/setup.
SHELL := /bin/bash

.PHONY: run test build deploy bench clean

run:
	@.ci/setup go java maven
	go run ./shared/local $(ARGS)

test:
	@.ci/test

# arm64 binaries in .aws-sam/build, as deployed
build:
	@.ci/setup go sam
	@source .ci/versions && GOFLAGS="$$GOFLAGS_SAM" "$$SAM_VENV/bin/sam" build

# ARGS='--config-env staging' or ARGS='--parameter-overrides BaseUrl=https://id.example.com …': see samconfig.toml
deploy: build
	@source .ci/versions && "$$SAM_VENV/bin/sam" deploy $(ARGS)

bench:
	@.ci/setup go
	go test -run '^$$' -bench . -benchmem ./shared/... $(ARGS)

clean:
	rm -rf .aws-sam build
