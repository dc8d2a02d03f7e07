"""Checks what sam build made: a binary for each function of template.yaml, each for Linux on arm64, no two alike, none
above the bound. Prints their sizes, and those of the archives that are deployed."""

import hashlib
import io
import os
import sys
import zipfile

from samcli.yamlhelper import yaml_parse

BOUND = 10_500_000  # bytes; the largest (reset: hash, list and pages) has 10.1 million, and a template package or client by accident adds 1 to 2
BUILD = ".aws-sam/build"


def faults_of(data):
    if data[:4] != b"\x7fELF":
        return ["is no ELF binary"]
    faults = []
    if data[4] != 2 or int.from_bytes(data[18:20], "little") != 183:
        faults.append("is not for arm64")
    if len(data) > BOUND:
        faults.append(f"is larger than {BOUND} bytes")
    return faults


def main():
    with open("template.yaml", encoding="utf-8") as f:
        resources = yaml_parse(f.read())["Resources"]
    names = [name for name, r in resources.items() if r["Type"] == "AWS::Serverless::Function"]
    failed, twins = False, {}
    for name in names:
        path = os.path.join(BUILD, name, "bootstrap")
        try:
            with open(path, "rb") as f:
                data = f.read()
        except OSError as e:
            print(f"{name}: {e}")
            failed = True
            continue
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as z:
            z.writestr("bootstrap", data)
        digest = hashlib.sha256(data).hexdigest()
        faults = faults_of(data)
        if digest in twins:
            faults.append(f"is the same as {twins[digest]}'s: sam built one for both")
        twins[digest] = name
        print(f"{name:10} {len(data):>10} bytes, zip {len(archive.getvalue()):>9}, sha256 {digest[:12]}")
        for fault in faults:
            print(f"{name}: the binary {fault}")
        failed = failed or bool(faults)
    print(f"bound      {BOUND:>10} bytes")
    return 1 if failed or not names else 0


sys.exit(main())
