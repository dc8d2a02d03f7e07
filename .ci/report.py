"""Reads `go test -json` from standard input: prints a line a package as go test does, the whole output of what failed,
the slowest tests, and the counts. Fails when a test failed, when none ran, and, with CI=true, when one was skipped."""

import json
import os
import sys

output, seconds = {}, {}  # by (package, test); test None is the package itself
state = {"pass": [], "fail": [], "skip": []}
broken = []


def show(key):
    sys.stdout.write("".join(output.get(key, [])))


for line in sys.stdin:
    try:
        event = json.loads(line)
    except ValueError:
        print(line, end="")
        continue
    action = event.get("Action")
    if action in ("build-output", "build-fail"):
        print(event.get("Output", ""), end="")
        if action == "build-fail":
            broken.append(event.get("ImportPath"))
        continue
    key = (event.get("Package"), event.get("Test"))
    if action == "output":
        output.setdefault(key, []).append(event["Output"])
    elif action in state:
        seconds[key] = event.get("Elapsed", 0)
        if key[1]:
            state[action].append(key)
            if action == "fail":
                show(key)
        elif action == "fail":
            broken.append(key[0])
            show(key)
        else:
            lines = [text for text in output.get(key, []) if text.startswith(("ok", "?"))]
            print("".join(lines), end="", flush=True)

skipped = state["skip"]
for key in skipped:
    print(f"skipped: {key[0]} {key[1]}")
    show(key)
slowest = sorted((key for key in seconds if key[1] and "/" not in key[1]), key=lambda key: -seconds[key])[:8]
print("slowest: " + ", ".join(f"{key[1]} {seconds[key]:.1f} s" for key in slowest if seconds[key] >= 1))
print(f"{len(state['pass'])} passed, {len(state['fail'])} failed, {len(skipped)} skipped")
strict = os.environ.get("CI") == "true"
if strict and skipped:
    print("with CI=true nothing may be skipped")
if state["fail"] or broken or not state["pass"] or (strict and skipped):
    sys.exit(1)
