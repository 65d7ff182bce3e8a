"""The program that measures large vocabularies on a GPU also runs, on a small one, on a CPU."""

import torch

from benchmarks import large_vocabulary


def test_table_has_every_form_with_a_small_error():
    lines = large_vocabulary.table("cpu", tokens=64, features=16, classes=200, repeats=1)
    rows = [line.strip("| ").split(" | ") for line in lines[4:]]
    assert [row[0] for row in rows] == list(large_vocabulary.FORMS)
    assert all(0 < float(row[4]) < 0.02 for row in rows)  # bfloat16 has eight bits


def test_reference_is_the_gradient_of_torch():
    torch.manual_seed(0)
    h, W = torch.randn(300, 8, dtype=torch.float64), torch.randn(50, 8, dtype=torch.float64)
    y, W.requires_grad = torch.randint(50, (300,)), True
    torch.nn.functional.cross_entropy(h @ W.T, y).backward()
    truth = large_vocabulary.reference(h, W.detach(), y)
    torch.testing.assert_close(truth, W.grad, rtol=1e-12, atol=1e-15)
