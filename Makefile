# The starred recipe is the one to remember; .ci/run is what a change must pass.

.PHONY: check test demo golden fuzz bench lint help

help: ## list the recipes
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/^([a-z]+):.*## /\1\t/'

check: ## * format, lint and test what changed most days
	gofmt -w $$(git ls-files '*.go')
	$(MAKE) lint
	go test ./...

lint: .ci/bin/golangci-lint ## golangci-lint
	.ci/bin/golangci-lint run ./...

.ci/bin/golangci-lint:
	GOBIN=$(CURDIR)/.ci/bin go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$$(sed -n 's/^linter_version=//p' .ci/run)

test: ## all tests, with the race detector
	go test -race ./...

demo: ## play a partner's day
	go run ./local demo

fuzz: ## every fuzz target for ten seconds
	.ci/fuzz 10s

bench: ## the benchmarks of BENCHMARKS.md, against the vendor's own client
	cd local/sdkinterop && go test -run '^$$' -bench 'Call|Page|Lambda' -benchtime 500x
	cd local/sdkinterop && go test -run '^$$' -bench Export -benchtime 100x
	cd local/sdkinterop && go test -run '^$$' -bench Quota -benchtime 100x
	go test ./functions/couponissue -run '^$$' -bench Campaign -benchtime 1x
	go test ./functions/onboard/internal/idp -run '^$$' -bench SignOn -benchtime 500x

golden: ## rewrite golden files
	go test $$(git grep -l 'flag.Bool("update"' -- '*_test.go' | sed 's|^|./|; s|/[^/]*$$||' | sort -u) -update

# AWS SAM builds each function by the recipe build-<resource>.
define sam
.PHONY: build-$(1)
build-$(1):
	GOOS=linux GOARCH=arm64 CGO_ENABLED=0 go build -tags lambda.norpc -trimpath -ldflags='-s -w' -o $$(ARTIFACTS_DIR)/bootstrap ./functions/$(2)/aws
endef
$(eval $(call sam,OnboardFunction,onboard))
$(eval $(call sam,PayOrderFunction,payorder))
$(eval $(call sam,BillExportFunction,billexport))
$(eval $(call sam,CouponIssueFunction,couponissue))
