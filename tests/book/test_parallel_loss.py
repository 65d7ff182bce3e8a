"""The program that chapter 11 ends with runs on two processes, with the function of the chapter."""

import ast
import os
import runpy
import subprocess
import sys

import joblib
import pytest
import torch
import torch.distributed as dist

from tests.book.notebooks import ROOT, read

PROGRAM = ROOT / "chapters" / "parallel_loss.py"


def function(source, name):
    """Return the statements of a function, without its docstring."""
    tree = ast.parse(source)
    found = next(n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == name)
    body = found.body[1:] if ast.get_docstring(found) else found.body
    return [ast.unparse(statement) for statement in (found.args, *body)]


def test_two_processes_agree_with_one():
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    environment = os.environ | {"CUDA_VISIBLE_DEVICES": "", "OMP_NUM_THREADS": "1"}
    result = subprocess.run(
        [*torchrun, PROGRAM], env=environment, capture_output=True, text=True, timeout=300
    )
    assert result.returncode == 0, result.stderr
    lines = sorted(line.partition(":")[0] for line in result.stdout.splitlines())
    assert lines == [
        "process 0 of 2, gloo, classes 0 to 499",
        "process 1 of 2, gloo, classes 500 to 999",
    ]


def test_function_is_that_of_the_chapter():
    cells = {cell.id: cell for cell in read(ROOT / "chapters" / "11_scale.ipynb").cells}
    ours = function(PROGRAM.read_text(encoding="utf-8"), "parallel_loss")
    assert ours == function(cells["ranks-loss"].source, "parallel_loss")


def test_one_that_skips_a_batch_gives_sums_of_different_batches(tmp_path):
    Z = torch.randn(4, 5, 8, generator=torch.Generator().manual_seed(0)).double()
    labels = torch.arange(5)

    def run(rank, batches):
        parallel_loss = runpy.run_path(str(PROGRAM))["parallel_loss"]
        dist.init_process_group("gloo", f"file://{tmp_path}/store", rank=rank, world_size=2)
        found = [parallel_loss(Z[b][:, 4 * rank : 4 * rank + 4], labels, 4 * rank) for b in batches]
        dist.destroy_process_group()
        return [loss.item() for loss, _ in found]

    jobs = [joblib.delayed(run)(0, (0, 1, 2)), joblib.delayed(run)(1, (0, 2, 3))]
    one, other = joblib.Parallel(n_jobs=2, batch_size=1)(jobs)
    joblib.externals.loky.get_reusable_executor().shutdown()
    right = [torch.nn.functional.cross_entropy(z, labels).item() for z in Z]
    assert one == other  # and no error
    assert one[0] == pytest.approx(right[0])
    assert abs(one[1] - right[1]) > 0.01 and abs(other[1] - right[2]) > 0.01
