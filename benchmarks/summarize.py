"""Turn the timings of one run into results.json, and that into what the book shows.

`make bench` runs this after the benchmarks: python benchmarks/summarize.py TIMINGS, where
TIMINGS is pytest-benchmark's JSON. Without TIMINGS it draws the results again.
"""

import json
import platform
import sys
from importlib.metadata import version
from pathlib import Path

from xent_lib import _softmax_kernel as kernel
from xent_lib import plotting

FOLDER = Path(__file__).parent
RESULTS = FOLDER / "results.json"
VALUE_AND_GRAD = "softmax_cross_entropy_value_and_grad"

VALUE = "softmax_cross_entropy"
LINEAR = "linear_cross_entropy_value_and_grad"
SHAPES = [(65536, 10), (8192, 1000), (512, 50257), (128, 128256)]

# What the time should be, as a share of the peer's: (task, rows, classes, peer): aim.
AIMS = {
    **{(task, *shape, "torch"): 1.0 for task in (VALUE_AND_GRAD, VALUE) for shape in SHAPES},
    **{
        (task, *shape, "textbook NumPy"): 0.6
        for task in (VALUE_AND_GRAD, VALUE)
        for shape in SHAPES
    },
    ("log_softmax", 65536, 10, "scipy"): 1.0,
    ("log_softmax", 8192, 1000, "scipy"): 1.0,
    ("logsumexp", 65536, 10, "scipy"): 1.0,
    ("logsumexp", 8192, 1000, "scipy"): 1.0,
    (LINEAR, 4096, 32768, "textbook NumPy"): 1.05,
}


def digits(number):
    """Three digits that count."""
    return float(f"{number:.3g}")


def summarize(timings):
    """Gather the turns of every peer, and set our time against that of each."""
    rows = {}
    for timing in timings["benchmarks"]:
        info = timing["extra_info"]
        key = info["task"], info["rows"], info["classes"]
        row = rows.setdefault(key, {"seconds": {}, "extra_mib": {}})
        fastest = timing["stats"]["min"]
        row["seconds"][info["peer"]] = min(fastest, row["seconds"].get(info["peer"], fastest))
        if "extra_bytes" in info:
            row["extra_mib"][info["peer"]] = digits(info["extra_bytes"] / 2**20)

    results = []
    for (task, n, k), row in rows.items():
        ours = row["seconds"]["xent_lib"]
        ratios = {peer: ours / time for peer, time in row["seconds"].items() if peer != "xent_lib"}
        result = {
            "task": task,
            "rows": n,
            "classes": k,
            "seconds": {peer: digits(time) for peer, time in row["seconds"].items()},
            "ratio": {peer: round(ratio, 2) for peer, ratio in ratios.items()},
        }
        results.append(result | ({"extra_mib": row["extra_mib"]} if row["extra_mib"] else {}))
    return {
        "seconds": "the fastest call of several turns, the peers by turns; float32",
        "ratio": "time of xent_lib by that of the peer: below 1, xent_lib is faster",
        "extra_mib": "the most memory held at a time beside the results, in MiB",
        "date": timings["datetime"][:10],
        "machine": {
            "cpu": timings["machine_info"]["cpu"].get("brand_raw", "unknown"),
            "cores": kernel.cores(),
            "system": f"{platform.system()} {platform.machine()}",
        },
        "versions": {
            "python": platform.python_version(),
            **{package: version(package) for package in ("numpy", "scipy", "torch")},
        },
        "results": results,
    }


def table(summary):
    """The lines of the Markdown table: the shapes that have an aim, peer by peer."""
    yield "| function | rows × classes | peer | xent_lib, ms | peer, ms | ratio | aim |"
    yield "|---|---|---|---|---|---|---|"
    for result in summary["results"]:
        for peer, ratio in result["ratio"].items():
            n, k = result["rows"], result["classes"]
            if (result["task"], n, k) not in {aim[:3] for aim in AIMS}:
                continue
            ours, theirs = (1000 * result["seconds"][name] for name in ("xent_lib", peer))
            aim = AIMS.get((result["task"], n, k, peer))
            goal = "–" if aim is None else f"≤ {aim}" + (" (missed)" if ratio > aim else "")
            yield (
                f"| `{result['task']}` | {n} × {k} | {peer} "
                f"| {ours:.3g} | {theirs:.3g} | {ratio:.2f} | {goal} |"
            )
    for result in summary["results"]:
        if (result["rows"], result["classes"]) not in {aim[1:3] for aim in AIMS}:
            continue
        for peer, mib in result.get("extra_mib", {}).items():
            yield f"{'' if peer != 'xent_lib' else chr(10)}- memory of `{result['task']}`, " + (
                f"{result['rows']} × {result['classes']}, {peer}: {mib:g} MiB"
            )
    machine, versions = summary["machine"], summary["versions"]
    names = ", ".join(f"{name} {number}" for name, number in versions.items())
    yield f"\n{machine['cpu']}, {machine['cores']} cores, {machine['system']}; {names}; "
    yield f"{summary['date']}."


def growth(summary):
    """The times as the rows grow (1000 classes) and as the classes grow (128 rows)."""
    results = [r for r in summary["results"] if r["task"] == VALUE_AND_GRAD]
    by_rows = sorted((r for r in results if r["classes"] == 1000), key=lambda r: r["rows"])
    by_classes = sorted((r for r in results if r["rows"] == 128), key=lambda r: r["classes"])
    panels = {
        "rows N, of 1000 classes": (by_rows, "rows"),
        "classes K, of 128 rows": (by_classes, "classes"),
    }
    return plotting.time_growth(
        {
            label: (
                [r[size] for r in chosen],
                {peer: [r["seconds"][peer] for r in chosen] for peer in chosen[0]["seconds"]},
            )
            for label, (chosen, size) in panels.items()
        }
    )


def main():
    if len(sys.argv) > 1:
        timings = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
        text = json.dumps(summarize(timings), indent=1, ensure_ascii=False)
        RESULTS.write_text(text + "\n", encoding="utf-8")
    summary = json.loads(RESULTS.read_text(encoding="utf-8"))
    lines = "\n".join(table(summary))
    (FOLDER / "speed.md").write_text(lines + "\n", encoding="utf-8")
    plotting.use_book_style()
    plotting.save(growth(summary), FOLDER / "speed.svg")
    print(lines)


if __name__ == "__main__":
    main()
