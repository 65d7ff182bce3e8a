"""Mutation testing (`make mutants`): change the library in thousands of places, one at a time.

mutmut runs in a copy of the project, `_build/mutants`. This script starts it and prints how many
mutants of each module the tests killed, then the names of the survivors.
"""

import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[1]
COPY = ROOT / "_build" / "mutants"
MUTMUT = Path(sys.executable).with_name("mutmut")


def main():
    shutil.rmtree(COPY, ignore_errors=True)
    for part in ("xent_lib", "tests"):
        shutil.copytree(ROOT / part, COPY / part)
    shutil.copy(ROOT / "pyproject.toml", COPY)
    log = COPY / "run.log"
    print(f"== Trying the mutants; progress is in {log}", flush=True)
    with log.open("w") as file:
        # One thread per test process: the mutants already run on all cores.
        environment = os.environ | {"OMP_NUM_THREADS": "1"}
        done = subprocess.run(
            [MUTMUT, "run"], cwd=COPY, env=environment, stdout=file, stderr=subprocess.STDOUT
        )
    if done.returncode:
        sys.exit(f"mutmut stopped with an error:\n{log.read_text()[-2000:]}")

    results = subprocess.run(
        [MUTMUT, "results", "--all", "true"], cwd=COPY, capture_output=True, text=True, check=True
    )
    # A line reads "xent_lib.losses.x_brier__mutmut_3: killed".
    mutants = [line.strip().rsplit(": ", 1) for line in results.stdout.splitlines() if ": " in line]
    tried, killed = Counter(), Counter()
    for name, status in mutants:
        module = name.split(".")[1]
        tried[module] += 1
        killed[module] += status in ("killed", "timeout")
    for module in sorted(tried):
        print(f"{module:16} {killed[module]:4} / {tried[module]:4}")
    share = 100 * killed.total() / tried.total()
    print(f"{'all':16} {killed.total():4} / {tried.total():4}  {share:.1f} %")
    for name, status in mutants:
        if status not in ("killed", "timeout"):
            print(f"{status}: {name}")


if __name__ == "__main__":
    main()
