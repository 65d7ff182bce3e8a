"""Grade a folder of submissions: `make grade SUBMISSIONS=folder`.

nbgrader does the grading: it restores the original checks, runs the notebook, keeps the gradebook
and writes the feedback. This script does the rest: it finds the notebooks, reports files that are
not valid submissions, runs each submission in its own process with a time limit, so that none can
block the others, and writes one table per assignment.
"""

import argparse
import contextlib
import csv
import multiprocessing
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from multiprocessing.connection import wait
from pathlib import Path
from statistics import mode

import nbformat
import psutil
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.apps.api import NbGraderAPI
from traitlets.config import PyFileConfigLoader

from exercises.generate import student as student_version

HERE = Path(__file__).parent
GRADES = HERE / "grades"
NAMES = sorted(path.stem for path in HERE.glob("source/*/*.ipynb"))
AT_ONCE = os.cpu_count()
SECONDS = 120  # per submission; the time limit per cell is set in nbgrader_config.py
LARGEST = 20 * 2**20  # bytes
MEMORY = 2 * 2**30  # bytes, per grading process
LARGEST_OUTPUT = 100 * 2**20  # bytes, per file

NOT_CONFINED = """\
On this machine, student code cannot be kept away from your files: that requires Linux 5.13 or
newer, with Landlock and libseccomp. Grade in a virtual machine or a disposable container instead.
If you trust every submission, run: make grade CONFINED=no SUBMISSIONS=...
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    about = "submissions; if omitted, only the tables and the feedback are written again"
    parser.add_argument("folder", type=Path, nargs="?", help=about)
    folder = parser.parse_args().folder
    if not (folder.is_dir() if folder else (HERE / "gradebook.db").exists()):
        problem = f"{folder} is not a folder." if folder else "Nothing has been graded yet."
        sys.exit(f"{problem} Name the folder of submissions: make grade SUBMISSIONS=folder")
    if os.environ.get("CONFINED") != "no":
        start = [sys.executable, HERE / "kernels" / "confined" / "start.py", "--check"]
        check = subprocess.run(start, capture_output=True, text=True)
        if check.returncode:
            sys.exit(NOT_CONFINED)
        print(check.stdout, end="")  # which protections are missing, if any

    warnings.filterwarnings("ignore", module="nbgrader")  # harmless, about its database
    # nbgrader calls a tool that is installed in the same environment.
    os.environ["PATH"] = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    api = NbGraderAPI(config=PyFileConfigLoader("nbgrader_config.py", path=HERE).load_config())
    remarks = submitted(folder) if folder else {}
    for name in {name for name, _ in remarks}:
        result = api.generate_assignment(name)
        if not result["success"]:
            sys.exit(result.get("log", "") + result["error"])
    grade(api, [key for key, remark in remarks.items() if not remark], remarks)
    with Gradebook(api.coursedir.db_url) as gradebook:
        for assignment in gradebook.assignments:
            if not folder:
                api.generate_feedback(assignment.name)
            write_table(gradebook, assignment, remarks)


# --- submissions ------------------------------------------------------------------------------


def submitted(folder):
    """Copy the notebooks to where nbgrader looks; return {(assignment, student): remark}.

    The remark says why a submission cannot be graded; it is empty for one that can.
    """
    found = []
    for entry in sorted(folder.iterdir()):
        if not entry.name.startswith("."):
            student = re.sub(r"[^\w@. -]", "_", entry.stem if entry.is_file() else entry.name)
            files = [entry, *entry.rglob("*.ipynb")]
            files = [path for path in files if path.suffix == ".ipynb" and path.is_file()]
            found += [(student, path, *examine(path)) for path in files]
            found += [] if files else [(student, None, None, "handed in no notebook")]

    usual = mode([name for _, _, name, _ in found if name] or NAMES)
    remarks = {}
    # Later entries replace earlier ones: the newest valid notebook comes last and counts.
    found.sort(key=lambda entry: (not entry[3], entry[1].stat().st_mtime if entry[1] else 0))
    for student, path, name, fault in found:
        remarks[name or usual, student] = fault
        if not fault:
            target = HERE / "submitted" / student / name / f"{name}.ipynb"
            target.parent.mkdir(parents=True, exist_ok=True)
            nbformat.write(complete(nbformat.read(path, as_version=4), name), target)
    return dict(sorted(remarks.items()))


def examine(path):
    """Return a file's assignment, None if unknown, and its fault, "" if there is none."""
    name = next((part for part in (path.stem, path.parent.name) if part in NAMES), None)
    if path.is_symlink() or path.stat().st_size > LARGEST:
        return name, "is a symbolic link" if path.is_symlink() else "is too large"
    if not path.stat().st_size:
        return name, "is empty"
    try:
        ids = grade_ids(nbformat.read(path, as_version=4))
    except Exception:
        return name, "is not a notebook"
    known = {name: len(ids & grade_ids(source(name))) for name in NAMES}
    best = max(NAMES, key=known.get)
    return (best, "") if known[best] else (name, "contains none of the exercises")


def complete(notebook, name):
    """Append the exercise cells that the student has deleted."""
    cells = student_version(source(name)).cells
    missing = set(map(grade_id, cells)) - grade_ids(notebook) - {None}
    notebook.cells += [cell for cell in cells if grade_id(cell) in missing]
    return notebook


def grade_ids(notebook):
    return set(map(grade_id, notebook.cells)) - {None}


def grade_id(cell):
    return cell.metadata.get("nbgrader", {}).get("grade_id")


def source(name):
    return nbformat.read(HERE / "source" / name / f"{name}.ipynb", as_version=4)


# --- one process per submission ---------------------------------------------------------------


def grade(api, waiting, remarks):
    """Grade the waiting submissions in parallel, and add what went wrong to the remarks."""
    running, total, begun = {}, len(waiting), time.monotonic()
    fork = multiprocessing.get_context("fork")  # loads nbgrader, which is slow, only once
    while waiting or running:
        while waiting and len(running) < AT_ONCE:
            receiver, sender = fork.Pipe(duplex=False)
            process = fork.Process(target=grade_one, args=(api, *waiting[0], sender))
            process.start()
            sender.close()
            running[process] = (waiting.pop(0), receiver, time.monotonic() + SECONDS)
        wait([process.sentinel for process in running], timeout=1)
        for process, (key, receiver, deadline) in list(running.items()):
            if process.is_alive() and time.monotonic() < deadline:
                continue
            late = process.is_alive()
            stop(process)
            del running[process]
            with contextlib.suppress(EOFError):
                remarks[key] = receiver.recv() if receiver.poll() else "grading crashed"
            if late:
                remarks[key] = f"timed out: took more than {SECONDS} seconds"
                shutil.rmtree(HERE / "autograded" / key[1] / key[0], ignore_errors=True)
            done = total - len(waiting) - len(running)
            print(f"[{done}/{total}] {key[1]}: {remarks[key] or 'graded'}", flush=True)
    if total:
        seconds = time.monotonic() - begun
        print(
            f"{total} submissions graded in {seconds:.0f} s, {seconds / total:.1f} s per submission"
        )


def grade_one(api, name, student, sender):
    """Let nbgrader grade a submission and write its feedback; send the remark."""
    # What a submission prints must fill neither the lecturer's memory nor the disk.
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    largest = (HERE / "gradebook.db").stat().st_size + LARGEST_OUTPUT
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["JUPYTER_RUNTIME_DIR"] = os.environ["TMPDIR"] = tempfile.tempdir = scratch
        result = api.autograde(name, student)
        if result["success"]:
            result = api.generate_feedback(name, student)
    if result["success"]:
        sender.send(interruptions(HERE / "autograded" / student / name / f"{name}.ipynb"))
        return
    report = result["error"] + result.get("log", "")
    GRADES.mkdir(exist_ok=True)
    log = GRADES / f"{name}-{student}.log"
    log.write_text(report, encoding="utf-8")
    reasons = {
        "DeadKernelError": "crashed: the Python process died",
        "UnresponsiveKernelError": "timed out: a cell could not be stopped",
        "CellTimeoutError": "timed out: a cell could not be stopped, or printed too much",
        "MemoryError": "printed too much",
        "File too large": "printed too much",
    }
    reason = next((reasons[name] for name in reasons if name in report), "nbgrader failed")
    sender.send(f"{reason} (see {log.name})")


def stop(process):
    """Kill a process and its descendants."""
    with contextlib.suppress(psutil.NoSuchProcess):
        for target in [*psutil.Process(process.pid).children(recursive=True), process]:
            target.kill()
    process.join()


def interruptions(path):
    """Return the cells that were stopped, with the reason, as one line of text."""
    kinds = {"CellTimeoutError": "took too long", "MemoryError": "took too much memory"}
    cells = enumerate(nbformat.read(path, as_version=4).cells, start=1)
    names = [(i, output.get("ename")) for i, cell in cells for output in cell.get("outputs", [])]
    return "; ".join(dict.fromkeys(f"cell {i} {kinds[name]}" for i, name in names if name in kinds))


# --- the table --------------------------------------------------------------------------------


def write_table(gradebook, assignment, remarks):
    """Write one row per student as CSV: points, and the remark of this run or an earlier one."""
    GRADES.mkdir(exist_ok=True)
    path = GRADES / f"{assignment.name}.csv"
    said = dict.fromkeys((submission.student.id for submission in assignment.submissions), "")
    if path.exists():
        with path.open(newline="", encoding="utf-8") as file:
            said |= {row["student"]: row["remark"] for row in csv.DictReader(file)}
    said |= {student: text for (name, student), text in remarks.items() if name == assignment.name}

    cells = {cell.name: cell.max_score for cell in assignment.notebooks[0].grade_cells}
    rows = []
    for student, remark in sorted(said.items()):
        row = {"student": student, "score": 0, "max_score": sum(cells.values()), "remark": remark}
        with contextlib.suppress(MissingEntry):
            notebook = gradebook.find_submission(assignment.name, student).notebooks[0]
            if (HERE / "autograded" / student / assignment.name).exists():
                row |= {grade.name: grade.score for grade in notebook.grades}
                unmarked = [grade for grade in notebook.grades if grade.needs_manual_grade]
                row["to_mark"] = sum(grade.max_score for grade in unmarked)
                row["score"] = notebook.score
        rows.append(row)
    with path.open("w", newline="", encoding="utf-8") as file:
        columns = ["student", "score", "max_score", "to_mark", "remark", *cells]
        table = csv.DictWriter(file, columns, restval="")
        table.writeheader()
        table.writerows(rows)
    print(f"{len(rows)} students: {path}")


if __name__ == "__main__":
    main()
