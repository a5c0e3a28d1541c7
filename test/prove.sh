#!/usr/bin/env bash
# Proves what test/contracts/proofs claims, for all inputs. Needs forge and halmos 0.3.3 on the path; see test/README.md.
set -euo pipefail
cd "$(dirname "$0")/.."

# Halmos calls forge by itself, which takes its settings from here: the proofs and what they import, nothing else.
export FOUNDRY_SRC=test/contracts/proofs FOUNDRY_TEST=test/contracts/proofs
export FOUNDRY_OUT=out/proofs FOUNDRY_CACHE_PATH=cache/proofs
export FOUNDRY_SOLC="$PWD/test/solc" FOUNDRY_OFFLINE=true
halmos --forge-build-out "$FOUNDRY_OUT" --match-contract Proof "$@"
