"""Injects each regression of cases.py, builds and profiles both states for real, and asks the investigator (no model)
what it was: the rank of the true cause, and whether file and line are right.

    run.py --culprit build/release/culprit --work FOLDER [--only NAME] [--heldout]

C# is traced by the runtime (DOTNET_EnableEventPipe), C++ by `perf record` and `perf script`. FOLDER keeps sources and
profiles; a case whose profiles are there is not run again.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys

PROVIDERS = "Microsoft-DotNETCore-SampleProfiler:0:5,Microsoft-Windows-DotNETRuntime:0x4C14FCCBD:5"
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "suspects"))
from cases import CASES
from heldout import HELDOUT
import corpus as dotnet


def write(workload, edits, out):
    for path in sorted((HERE / workload).iterdir()):
        text = path.read_text()
        for file, old, new in edits:
            if file == path.name:
                if old not in text:
                    raise SystemExit(f"{path}: nothing reads {old!r}")
                text = text.replace(old, new, 1)
        out.mkdir(parents=True, exist_ok=True)
        (out / path.name).write_text(text)


def profile(workload, src, out, seconds):
    out.mkdir(parents=True, exist_ok=True)
    if workload in ("courier", "theatre"):
        dotnet.build(src, out, workload)
        env = dict(os.environ, DOTNET_EnableEventPipe="1", DOTNET_EventPipeOutputPath=f"{out}/trace.nettrace",
                   DOTNET_EventPipeConfig=PROVIDERS)
        ran = subprocess.run(["dotnet", "exec", f"{out}/{workload}.dll", str(seconds), "8"], env=env, check=True, capture_output=True, text=True)
        return out / "trace.nettrace", json.loads(ran.stdout)
    sources = [str(p) for p in sorted(src.glob("*.cpp"))]
    subprocess.run(["g++", "-std=c++20", "-O2", "-g", "-fno-omit-frame-pointer", "-fno-optimize-sibling-calls", "-pthread", "-o", f"{out}/program", *sources], check=True)
    ran = subprocess.run(["perf", "record", "-q", "-e", "cpu-clock", "-F", "999", "--call-graph", "fp", "-o", f"{out}/perf.data",
                          f"{out}/program", str(seconds)], check=True, capture_output=True, text=True)
    script = subprocess.run(["perf", "script", "-i", f"{out}/perf.data"], check=True, capture_output=True, text=True)
    (out / "perf.txt").write_text(script.stdout)
    (out / "perf.data").unlink()
    return out / "perf.txt", json.loads(ran.stdout)


def ready(work, name, workload, edits, seconds):
    folder = work / name
    done = folder / "done.json"
    if not done.exists():
        write(workload, edits, folder / "src")
        file, said = profile(workload, folder / "src", folder / "out", seconds)
        done.write_text(json.dumps({"profile": str(file.relative_to(folder)), "said": said}))
    about = json.loads(done.read_text())
    return folder, folder / about["profile"], about["said"]


def units(said):
    return next((said[k] for k in ("requests", "rounds", "transfers", "bookings", "steps") if k in said), 0)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--culprit", required=True, type=os.path.abspath)
    parser.add_argument("--work", required=True, type=lambda p: pathlib.Path(p).resolve())
    parser.add_argument("--only", default="")
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--heldout", action="store_true", help="those of heldout.py instead")
    parser.add_argument("--show", action="store_true", help="print the write-ups")
    args = parser.parse_args()
    first = all_cases = right_line = 0
    print(f"{'workload':10} {'regression':24} {'kind':11} {'units':>17}  rank  named as   at")
    for name, kind, workload, (file, members), edits in HELDOUT if args.heldout else CASES:
        if args.only and args.only not in name:
            continue
        before, before_profile, said_before = ready(args.work, f"{workload}-before", workload, [], args.seconds)
        after, after_profile, said_after = ready(args.work, f"{workload}-{name}", workload, edits, args.seconds)
        message = f"{workload} became slower. Profiles: {before_profile} (before) and {after_profile} (after). Why?"
        asked = subprocess.run([args.culprit, "ask", message, "--model", "investigator", "--format", "json", "--root", f"before={before}/src",
                                "--root", f"after={after}/src"], stdin=subprocess.DEVNULL, capture_output=True, text=True, cwd=after)
        if asked.returncode != 0:
            print(f"{workload:10} {name:24} failed: {asked.stderr.strip()[:200]}")
            continue
        answer = json.loads(asked.stdout)
        if args.show:
            print(answer["answer"])
        causes = answer["causes"]
        rank = next((c["rank"] for c in causes if c["symbol"].replace("::", ".") in members and c["file"].endswith(file)), 0)
        cause = next((c for c in causes if c["rank"] == rank), {})
        all_cases += 1
        first += rank == 1
        spread = f"{units(said_before)} -> {units(said_after)}"
        print(f"{workload:10} {name:24} {kind:11} {spread:>17}  {rank or '-':>4}  {cause.get('kind', ''):10} {cause.get('file', '')}:{cause.get('line', '')}"
              + ("" if rank == 1 else f"   first: {causes[0]['symbol'] + ' ' + causes[0]['kind'] if causes else 'nothing'}"), flush=True)
    print(f"{first} of {all_cases} stand first")


if __name__ == "__main__":
    main()
