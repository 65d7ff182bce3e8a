"""Grade a folder of submissions: `make grade SUBMISSIONS=folder`, with `EXAM=yes` as an exam.

nbgrader does the grading: it restores the original checks, runs the notebook, keeps the gradebook
and writes the feedback. This script does the rest: it runs each submission in its own process
with a time limit, so that none can block the others, sees to it that a failure takes nothing
away from an earlier submission, and writes one table per assignment and a page for every student.
"""

import argparse
import contextlib
import csv
import html
import json
import multiprocessing
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from datetime import datetime
from multiprocessing.connection import wait
from pathlib import Path

import nbformat
import psutil
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.apps.api import NbGraderAPI
from traitlets.config import PyFileConfigLoader

from exercises.submissions import NOT_GRADED, collect

HERE = Path(__file__).parent
GRADES = HERE / "grades"
AT_ONCE = os.cpu_count()
SECONDS = 120  # per submission; the time limit per cell is set in nbgrader_config.py
MEMORY = 2 * 2**30  # bytes, per grading process
EXAM = os.environ.get("EXAM") == "yes"  # see exam.py
LARGEST_OUTPUT = 100 * 2**20  # bytes, per file

NOT_CONFINED = """\
On this machine, student code cannot be kept away from your files: that requires Linux 5.13 or
newer, with Landlock and libseccomp. Grade in a virtual machine or a disposable container instead.
If you trust every submission, run: make grade CONFINED=no SUBMISSIONS=...
"""
DOES_NOT_FIT = """\
{name} cannot be graded: exercises/source/{name} has other cells than when the first submissions
were graded. Put back what was removed or take out what was added; or move exercises/gradebook.db
away and grade all submissions again (the marks that you gave by hand are in it)."""

EARLIER = "the points are those of an earlier submission"
OUTDATED = "graded with other points per exercise than now: grade it again"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    about = "submissions; if omitted, only the tables and the feedback are written again"
    parser.add_argument("folder", type=Path, nargs="?", help=about)
    folder = parser.parse_args().folder
    problem = ""
    if folder and not folder.is_dir():
        problem = f"{folder} {'is not a folder' if folder.exists() else 'does not exist'}."
    elif not folder and not (HERE / "gradebook.db").exists():
        problem = "Nothing has been graded yet."
    if problem:
        sys.exit(f"{problem} Name the folder of submissions: make grade SUBMISSIONS=folder")
    if EXAM and os.environ.get("CONFINED") == "no":
        sys.exit("EXAM=yes and CONFINED=no exclude each other: code could read the answers.")
    if os.environ.get("CONFINED") != "no":
        start = [sys.executable, HERE / "kernels" / "confined" / "start.py", "--check"]
        check = subprocess.run(start, capture_output=True, text=True)
        if check.returncode:
            said = "".join(check.stderr.splitlines()[-1:])
            sys.exit(said if "cannot import xent_lib" in said else NOT_CONFINED + said)
        print(check.stdout, end="")  # which protections are missing, if any

    # harmless, about a database and about cells without ids
    warnings.filterwarnings("ignore", module="nbgrader|nbformat")
    # nbgrader calls a tool that is installed in the same environment.
    os.environ["PATH"] = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    api = NbGraderAPI(config=PyFileConfigLoader("nbgrader_config.py", path=HERE).load_config())
    submissions = collect(folder) if folder else {}
    prepare(api, submissions)
    grade(api, submissions)
    with Gradebook(api.coursedir.db_url) as gradebook:
        for assignment in gradebook.assignments:
            if not folder:
                api.generate_feedback(assignment.name)
            write_table(gradebook, assignment, submissions)


def prepare(api, submissions):
    """Put the assignments and the submissions where nbgrader looks."""
    for name in sorted({name for name, _ in submissions}):
        result = api.generate_assignment(name)
        if not result["success"]:
            print(DOES_NOT_FIT.format(name=name))
            log = write_log(name, result)
            for key, submission in submissions.items():
                if key[0] == name and not submission.fault:
                    submission.fault = f"the assignment has changed (see {log})"
    for (name, student), submission in submissions.items():
        if not submission.fault:
            target = notebook_in("submitted", name, student)
            target.parent.mkdir(parents=True, exist_ok=True)
            nbformat.write(submission.notebook, target)
            os.utime(target, (submission.time, submission.time))
    # Now, for two assignments of a student may be graded at once: both would enter the name.
    with Gradebook(api.coursedir.db_url) as gradebook:
        for student in {key[1] for key, submission in submissions.items() if not submission.fault}:
            gradebook.update_or_create_student(student)


def notebook_in(step, name, student):
    """Return the path of a notebook in one of nbgrader's folders."""
    return HERE / step / student / name / f"{name}.ipynb"


def write_log(title, result):
    """Write what nbgrader said about a failure; return the name of the file."""
    GRADES.mkdir(exist_ok=True)
    log = GRADES / f"{title}.log"
    log.write_text(result["error"] + result.get("log", ""), "utf-8", errors="replace")
    return log.name


# --- one process per submission ---------------------------------------------------------------


def grade(api, submissions):
    """Grade the submissions without a fault in parallel; note what went wrong."""
    for aside in HERE.glob("earlier/*/*"):  # left by a run that was interrupted
        put_back(aside.name, aside.parent.name, failed=True)
    waiting = [key for key, submission in submissions.items() if not submission.fault]
    running, total, begun = {}, len(waiting), time.monotonic()
    limit = 5 * SECONDS if EXAM else SECONDS
    fork = multiprocessing.get_context("fork")  # loads nbgrader, which is slow, only once
    while waiting or running:
        while waiting and len(running) < AT_ONCE:
            key = waiting.pop(0)
            put_aside(*key)
            before = scores_of(api, *key)
            receiver, sender = fork.Pipe(duplex=False)
            process = fork.Process(target=grade_one, args=(api, *key, sender))
            process.start()
            sender.close()
            running[process] = (key, receiver, time.monotonic() + limit, before)
        wait([process.sentinel for process in running], timeout=1)
        for process, (key, receiver, deadline, before) in list(running.items()):
            if process.is_alive() and time.monotonic() < deadline:
                continue
            late = process.is_alive()
            stop(process)
            del running[process]
            submission = submissions[key]
            if late:
                submission.fault = f"timed out: took more than {limit} seconds"
            else:
                submission.fault, note = outcome(receiver)
                submission.notes += [note] if note else []
            put_back(*key, failed=bool(submission.fault))
            if submission.fault:  # perhaps after nbgrader had stored the new points
                restore_scores(api, *key, before)
            done = total - len(waiting) - len(running)
            print(f"[{done}/{total}] {key[1]}: {submission.fault or 'graded'}", flush=True)
    if total:
        seconds = time.monotonic() - begun
        print(
            f"{total} submissions graded in {seconds:.0f} s, {seconds / total:.1f} s per submission"
        )


def outcome(receiver):
    """Return the fault and the note that a process sent."""
    try:
        return receiver.recv() if receiver.poll() else ("the grading process crashed", "")
    except EOFError:  # it was killed, perhaps because memory ran out
        return "the grading process was killed", ""


def put_aside(name, student):
    """Move the result of an earlier submission out of nbgrader's way."""
    graded, aside = (notebook_in(step, name, student).parent for step in ("autograded", "earlier"))
    if graded.exists():
        shutil.rmtree(aside, ignore_errors=True)
        aside.parent.mkdir(parents=True, exist_ok=True)
        graded.rename(aside)


def put_back(name, student, failed):
    """After a failure, bring the earlier result back, else forget it."""
    graded, aside = (notebook_in(step, name, student).parent for step in ("autograded", "earlier"))
    if failed:
        shutil.rmtree(graded, ignore_errors=True)
        if aside.exists():
            graded.parent.mkdir(parents=True, exist_ok=True)
            aside.rename(graded)
    shutil.rmtree(aside, ignore_errors=True)


def grade_one(api, name, student, sender):
    """Let nbgrader grade a submission and write its feedback; send the fault and a note."""
    # What a submission prints must fill neither the lecturer's memory nor the disk.
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    largest = (HERE / "gradebook.db").stat().st_size + LARGEST_OUTPUT
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["JUPYTER_RUNTIME_DIR"] = os.environ["TMPDIR"] = tempfile.tempdir = scratch
        marked = marked_answers(api, name, student)
        for _ in range(3):
            result = api.autograde(name, student)
            # Before the first cell ran: perhaps another program took a port of the kernel.
            if "Kernel died before replying" not in str(result):
                break
        if result["success"]:
            keep_marks(api, name, student, marked)
            result = api.generate_feedback(name, student)
    if result["success"]:
        sender.send(("", interruptions(notebook_in("autograded", name, student))))
        return
    reasons = {
        "DeadKernelError": "crashed: the Python process died",
        "UnresponsiveKernelError": "timed out: a cell could not be stopped",
        "CellTimeoutError": "timed out: a cell could not be stopped, or printed too much",
        "MemoryError": "printed too much",
        "File too large": "printed too much",
    }
    report = result["error"] + result.get("log", "")
    reason = next((reasons[name] for name in reasons if name in report), "nbgrader failed")
    sender.send((f"{reason} (see {write_log(f'{name}-{student}', result)})", ""))


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
    return ", ".join(dict.fromkeys(f"cell {i} {kinds[name]}" for i, name in names if name in kinds))


# --- marks given by hand ----------------------------------------------------------------------


def marked_answers(api, name, student):
    """Return {cell id: text} of the open answers of the earlier submission that were marked."""
    with Gradebook(api.coursedir.db_url) as gradebook:
        grades = grades_of(gradebook, name, student)
        marked = {
            grade.name
            for grade in grades
            if grade.manual_score is not None and not grade.needs_manual_grade
        }
    texts = cells_in("earlier", name, student)
    return {key: texts[key]["source"] for key in marked & set(texts)}


def keep_marks(api, name, student, marked):
    """Take an answer that was marked and has not changed off the list of those to mark."""
    now = cells_in("autograded", name, student)
    with Gradebook(api.coursedir.db_url) as gradebook:
        for grade in grades_of(gradebook, name, student):
            if grade.name in marked and marked[grade.name] == now[grade.name]["source"]:
                grade.needs_manual_grade = False
        gradebook.db.commit()


def grades_of(gradebook, name, student):
    """Return the grades of a submission, one per exercise; none if there is no submission."""
    try:
        return gradebook.find_submission(name, student).notebooks[0].grades
    except MissingEntry:
        return []


def scores_of(api, name, student):
    """Return the points of a submission, by machine and by hand, for each exercise."""
    with Gradebook(api.coursedir.db_url) as gradebook:
        return {
            grade.name: (grade.auto_score, grade.manual_score, grade.needs_manual_grade)
            for grade in grades_of(gradebook, name, student)
        }


def restore_scores(api, name, student, scores):
    """Put back the points of an earlier submission; none if there was none."""
    with Gradebook(api.coursedir.db_url) as gradebook:
        for grade in grades_of(gradebook, name, student):
            grade.auto_score, grade.manual_score, grade.needs_manual_grade = scores.get(
                grade.name, (None, None, False)
            )
        gradebook.db.commit()


def cells_in(step, name, student):
    """Return {id: cell} of the graded cells of a notebook in one of nbgrader's folders."""
    path = notebook_in(step, name, student)
    cells = json.loads(path.read_text("utf-8"))["cells"] if path.exists() else []
    marks = [(cell["metadata"].get("nbgrader", {}), cell) for cell in cells]
    return {mark["grade_id"]: cell for mark, cell in marks if mark.get("grade")}


# --- the table and the pages ------------------------------------------------------------------


def write_table(gradebook, assignment, submissions):
    """Write one row per student as CSV: points, date and remark, of this run or an earlier one."""
    GRADES.mkdir(exist_ok=True)
    path = GRADES / f"{assignment.name}.csv"
    known = {submission.student.id: ("", "") for submission in assignment.submissions}
    if path.exists():
        with path.open(newline="", encoding="utf-8") as file:
            known |= {r["student"]: (r.get("date", ""), r["remark"]) for r in csv.DictReader(file)}
    before = {student: remark for student, (_, remark) in known.items()}
    for (name, student), submission in submissions.items():
        if name == assignment.name:
            known[student] = (date_of(submission), submission.remark)

    points = {cell.name: cell.max_score for cell in assignment.notebooks[0].grade_cells}
    rows = []
    for student, (date, remark) in sorted(known.items()):
        row = {"student": student, "score": 0, "max_score": sum(points.values()), "date": date}
        grades = grades_of(gradebook, assignment.name, student)
        if any(grade.auto_score is not None or grade.manual_score is not None for grade in grades):
            row |= {grade.name: grade.score for grade in grades}
            row["score"] = sum(grade.score for grade in grades)
            row["to_mark"] = sum(grade.max_score for grade in grades if grade.needs_manual_grade)
            cells = cells_in("autograded", assignment.name, student)
            then = {key: cell["metadata"]["nbgrader"]["points"] for key, cell in cells.items()}
            if remark.startswith(NOT_GRADED):
                remark = with_earlier(remark, before.get(student, ""))
            remark = with_note(remark, OUTDATED, bool(then) and then != points)
        if remark.startswith(NOT_GRADED):
            announce(assignment.name, student, remark, date)
        rows.append(row | {"remark": remark})
    with path.open("w", newline="", encoding="utf-8") as file:
        columns = ["student", "score", "max_score", "to_mark", "date", "remark", *points]
        table = csv.DictWriter(file, columns, restval="")
        table.writeheader()
        table.writerows(rows)
    print(f"{len(rows)} students: {path}")


def date_of(submission):
    """Return the time of the file in the local time zone, to the minute."""
    if not submission.time:
        return ""
    return datetime.fromtimestamp(submission.time).isoformat(" ", "minutes")


def with_earlier(remark, before):
    """Return why the new notebook was not graded, then the remark on the one whose points stay."""
    parts = list(filter(None, before.split("; ")))
    if before.startswith(NOT_GRADED):
        parts = parts[parts.index(EARLIER) + 1 :] if EARLIER in parts else []
    return "; ".join([remark.partition(f"; {EARLIER}")[0], EARLIER, *parts])


def with_note(remark, note, wanted):
    """Return a remark with or without a note."""
    parts = [part for part in remark.split("; ") if part and part != note]
    return "; ".join(parts + [note] * wanted)


SAFE = """default-src 'none'; style-src 'unsafe-inline'"""
NOTICE = """<p style="border: 2px solid; padding: 1em; font-family: sans-serif">{text}</p>"""
PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{name}</title>
<meta http-equiv="Content-Security-Policy" content="{safe}">
</head><body><h1>{name}</h1>{notice}</body></html>
"""


def announce(name, student, remark, date):
    """Tell the student that a submission was not graded, above the page of an earlier one."""
    reason = remark.removeprefix(NOT_GRADED).split("; ")[0].split(" (see ")[0]
    text = f"Your submission{f' of {date}' if date else ''} was not graded: {reason}."
    page = HERE / "feedback" / student / name / f"{name}.html"
    if notebook_in("autograded", name, student).exists() and page.exists():
        text += " This page is about an earlier submission; its points still count."
        notice = NOTICE.format(text=html.escape(text))
        earlier = page.read_text("utf-8")
        if notice not in earlier:
            page.write_text(earlier.replace("<body>", f"<body>{notice}", 1), "utf-8")
    else:
        page.parent.mkdir(parents=True, exist_ok=True)
        notice = NOTICE.format(text=html.escape(text))
        page.write_text(PAGE.format(name=name, safe=SAFE, notice=notice), "utf-8")


if __name__ == "__main__":
    main()
