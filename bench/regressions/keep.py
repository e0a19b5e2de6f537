"""Keeps cases that run.py has profiled as small fixtures of the tests: the edits of a case, and both profiles, packed.

    keep.py --work FOLDER --out tests/regressions NAME...
"""
import argparse
import json
import pathlib
import re
import subprocess

from cases import CASES
from heldout import HELDOUT


def pack(profile, out):
    content = profile.read_bytes()
    if profile.suffix == ".txt":  # of perf script: without this machine's paths
        content = re.sub(rb"\([^()\s]*/program\)", b"(/srv/program)", content)
    subprocess.run(["zstd", "-19", "-q", "-f", "-o", str(out)], input=content, check=True)


def profile_of(folder):
    return folder / json.loads((folder / "done.json").read_text())["profile"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--work", required=True, type=pathlib.Path)
    parser.add_argument("--out", required=True, type=pathlib.Path)
    parser.add_argument("names", nargs="+")
    args = parser.parse_args()
    for name, kind, workload, (file, members), edits in CASES + HELDOUT:
        if name not in args.names:
            continue
        before, after = args.work / f"{workload}-before", args.work / f"{workload}-{name}"
        out = args.out / name
        out.mkdir(parents=True, exist_ok=True)
        suffix = "".join(profile_of(after).suffixes)
        pack(profile_of(before), args.out / f"{workload}-before{suffix}.zst")
        pack(profile_of(after), out / f"after{suffix}.zst")
        about = {"workload": workload, "kind": kind, "file": file, "members": sorted(members), "suffix": suffix + ".zst",
                 "edits": edits}
        (out / "case.json").write_text(json.dumps(about, indent=1) + "\n")


if __name__ == "__main__":
    main()
