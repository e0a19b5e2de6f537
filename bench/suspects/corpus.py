"""Runs `culprit suspects` over planted regressions of the sample, each built and traced for real, and says how often
the planted edit stands first and among the first three, and how often innocent edits alone blame somebody.

    corpus.py --culprit build/release/culprit --work FOLDER [--plants 100] [--refactors 100] [--first SEED]

Needs the .NET SDK and perf, and as much time as the sample runs: 3 s a pair. FOLDER keeps sources and profiles: what is
there is not run again. perf counts time on a processor alone, so that what else the machine does matters little.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys

import plant

CONFIG = {"runtimeOptions": {"tfm": "net10.0", "framework": {"name": "Microsoft.NETCore.App", "version": "10.0.0"},
                             "configProperties": {"System.GC.Concurrent": True, "System.GC.Server": False,
                                                  "System.Globalization.Invariant": True, "System.Runtime.TieredPGO": False}}}


def dotnet_root():
    return pathlib.Path(os.path.realpath(subprocess.run(["which", "dotnet"], capture_output=True, text=True).stdout.strip())).parent


def newest(folder):
    return max(folder.iterdir(), key=lambda p: [int(n) if n.isdigit() else 0 for n in p.name.replace("-", ".").split(".")])


def build(source, out, name="OrderPipeline"):
    root = dotnet_root()
    refs = newest(root / "packs/Microsoft.NETCore.App.Ref") / "ref/net10.0"
    out.mkdir(parents=True, exist_ok=True)
    lines = ["/noconfig", "/nologo", "/optimize+", "/debug:portable", "/nullable:enable", "/target:exe", "/langversion:latest",
             f'/out:"{out}/{name}.dll"'] + [f'/r:"{r}"' for r in sorted(refs.glob("*.dll"))]
    lines += [f'"{p}"' for p in sorted(source.rglob("*.cs"))]
    (out / "csc.rsp").write_text("\n".join(lines))
    csc = newest(root / "sdk") / "Roslyn/bincore/csc.dll"
    subprocess.run(["dotnet", "exec", str(csc), f"@{out}/csc.rsp"], check=True, stdout=subprocess.PIPE)
    (out / f"{name}.runtimeconfig.json").write_text(json.dumps(CONFIG))


def run_traced(command, folder, seconds):
    """Writes FOLDER/profile.txt, as `perf script` has it; returns what the program printed last, which is JSON."""
    env = dict(os.environ, DOTNET_PerfMapEnabled="1", DOTNET_EnableWriteXorExecute="0",
               DOTNET_TieredCompilation="0")  # what is compiled at once is as it will be in a long run
    data = folder / "perf.data"
    ran = subprocess.run(["perf", "record", "-q", "-e", "cpu-clock", "-F", "3999", "--call-graph", "fp", "-o", str(data), *command],
                         env=env, check=True, capture_output=True, text=True)
    script = subprocess.run(["perf", "script", "-i", str(data)], check=True, capture_output=True, text=True, errors="replace")
    (folder / "profile.txt").write_text(script.stdout)
    data.unlink()
    for left in pathlib.Path("/tmp").glob("perf-*.map"):
        if not pathlib.Path(f"/proc/{left.stem.split('-')[1]}").exists():
            left.unlink()
    return json.loads(ran.stdout.strip().splitlines()[-1])


def trace(out, folder, seconds):
    program = ["dotnet", "exec", f"{out}/OrderPipeline.dll", "--seconds", str(seconds), "--threads", "3"]
    return run_traced(program, folder, seconds)["orders"]


def ready(work, name, make, seconds):
    """The folder with src/, profile.txt and about.json of one state; made unless it is there."""
    folder = work / name
    if not (folder / "about.json").exists():
        about = make(folder / "src")
        build(folder / "src", folder / "bin")
        about["orders"] = trace(folder / "bin", folder, seconds)
        (folder / "about.json").write_text(json.dumps(about))
    return folder, json.loads((folder / "about.json").read_text())


def base(out):
    for file, text in plant.Tree(plant.BASE).files.items():
        (out / file).parent.mkdir(parents=True, exist_ok=True)
        (out / file).write_text(text)
    return {}


def ask(culprit, before, after, options):
    roots = ["--root", f"before={before}/src", "--root", f"after={after}/src"]
    found = subprocess.run([culprit, "suspects", f"{before}/profile.txt", f"{after}/profile.txt", *roots, "--format", "json", *options],
                           capture_output=True, text=True, cwd=after)
    if found.returncode != 0:
        print(found.stderr, file=sys.stderr)
        return {"rows": [], "why": "failed"}
    return json.loads(found.stdout)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--culprit", required=True, type=os.path.abspath)
    parser.add_argument("--work", required=True, type=lambda p: pathlib.Path(p).resolve())
    parser.add_argument("--plants", type=int, default=100)
    parser.add_argument("--refactors", type=int, default=100)
    parser.add_argument("--first", type=int, default=1000, help="the first seed")
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--verbose", action="store_true")
    args, options = parser.parse_known_args()
    first = third = blamed = 0
    kinds = {}
    for i in range(max(args.plants, args.refactors)):
        seed = args.first + i
        # Each pair has a state before of its own, measured beside it: what else the machine does changes.
        before, _ = ready(args.work, f"before-{seed}", base, args.seconds)
        if i < args.plants:
            folder, about = ready(args.work, f"plant-{seed}", lambda out: plant.make(seed, out, False), args.seconds)
            found = ask(args.culprit, before, folder, options)
            names = [row["symbol"].split("<")[0] for row in found["rows"]]
            rank = next((n + 1 for n, name in enumerate(names) if name in about["truth"]), 0)
            first += rank == 1
            third += 1 <= rank <= 3
            kinds.setdefault(about["plant"], []).append(rank)
            if args.verbose or rank != 1:
                print(seed, about["plant"], "rank", rank, "truth", about["truth"], "named", names[:3], found.get("why", ""), flush=True)
        if i < args.refactors:
            folder, _ = ready(args.work, f"refactor-{seed}", lambda out: plant.make(seed + 100000, out, True), args.seconds)
            found = ask(args.culprit, before, folder, options)
            blamed += bool(found["rows"])
            if found["rows"] or args.verbose:
                print(seed, "refactoring blames", [(r["symbol"], round(r["grew"], 3), r["how"]) for r in found["rows"]], found.get("why", ""), flush=True)
    for kind, ranks in sorted(kinds.items()):
        print(f"{kind:35} ranks {ranks}")
    print(f"plants: {args.plants}, first {first}, among three {third}; refactorings: {args.refactors}, blame nobody {args.refactors - blamed}")


if __name__ == "__main__":
    main()
