#!/usr/bin/env python3
"""Runs `forge lint` and Slither on the contracts and compares what they find with test/static-analysis.txt.

Needs forge and Slither on the path; see test/STATIC-ANALYSIS.md, which answers each finding. `--update` writes the list.
"""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LIST = ROOT / "test" / "static-analysis.txt"
OUT = "out/analysis"

# Without the tests: neither tool looks at them, and they take most of the time.
ENVIRONMENT = os.environ | {
    "FOUNDRY_TEST": "none",
    "FOUNDRY_OUT": OUT,
    "FOUNDRY_BUILD_INFO_PATH": f"{OUT}/build-info",
    "FOUNDRY_CACHE_PATH": "cache/analysis",
    "FOUNDRY_SOLC": str(ROOT / "test" / "solc"),
    "FOUNDRY_OFFLINE": "true",
    "FOUNDRY_LINT_LINT_ON_BUILD": "false",
}


def run(*command):
    return subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True)


def build():
    done = run("forge", "build", "--build-info", "--force")
    if done.returncode != 0:
        sys.exit(done.stdout + done.stderr)


def lint():
    done = run("forge", "lint", "contracts", "--json")
    if done.returncode != 0:
        sys.exit(done.stdout + done.stderr)
    for line in done.stderr.splitlines():
        if line.startswith("{"):
            finding = json.loads(line)
            yield f"lint {finding['code']['code']} {finding['spans'][0]['file_name']}"


def slither():
    done = run("slither", ".", "--json", "-")
    report = json.loads(done.stdout or "{}")
    if not report.get("success"):
        sys.exit(done.stderr)
    for finding in report["results"].get("detectors", []):
        place = finding["elements"][0]
        file = place["source_mapping"]["filename_relative"]
        yield f"slither {finding['check']} {file} {place['name']}"


def main():
    build()
    counts = Counter([*lint(), *slither()])
    found = [f"{line} {count}" for line, count in sorted(counts.items())]
    if "--update" in sys.argv[1:]:
        LIST.write_text("\n".join(found) + "\n")
        return
    known = LIST.read_text().splitlines()
    new, gone = sorted(set(found) - set(known)), sorted(set(known) - set(found))
    for sign, lines in (("+", new), ("-", gone)):
        for line in lines:
            print(sign, line)
    if new or gone:
        sys.exit("findings differ from test/static-analysis.txt: answer them in test/STATIC-ANALYSIS.md, then --update")
    print(f"{sum(counts.values())} findings, all known")


main()
