"""Mistakes in the wild: each line leads to a commit, and each number in it is computed again."""

import re
from decimal import Decimal

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from sklearn._loss.loss import HalfBinomialLoss
from torch.distributions import Categorical

import xent_lib as xl
from tests.book.notebooks import ROOT, claims_in, is_computed

PAGE = (ROOT / "back_matter" / "wild.md").read_text(encoding="utf-8")
ROWS = {found[2]: found[1] for found in re.finditer(r"^[|-] (.*) <!-- (\w+) -->", PAGE, re.M)}
TABLE, OTHERS = np.array([[0.1, 0.5], [0.1, 0.3]]), np.array([[0.75, 0.25]])
CHOICES = np.array([2, 4, 8, 2])


def lse():
    z = np.array([2, 1, 0.1])
    return [xl.logsumexp(z), xl.logsumexp(z + 1)]


def masked():
    lengths, each = np.array([3, 9]), xl.softmax_cross_entropy(np.zeros((1, 5)), [0])
    rows = (each * (np.arange(10) < lengths[:, np.newaxis])).mean(axis=1)
    return [*rows, rows.sum() / lengths.sum(), np.log(5)]


def magenta():
    p = 1 / CHOICES
    return [np.exp(np.log(p)).mean(), xl.perplexity(-np.log(p).mean()), *p]


def nemo():
    sure = torch.tensor([[10.0, 0, 0, 0]])
    true = [F.cross_entropy(sure, torch.tensor([y])).exp() for y in (0, 1)]
    return [Categorical(logits=sure).perplexity(), *true]


def evaluate():
    return [xl.perplexity(0.0)]


def conditional():
    p_x, table = np.array([0.2, 0.8]), np.array([[0.1, 0.5], [0.2, 0.3]])
    right = xl.entropy(TABLE.ravel(), base=2) - xl.entropy(TABLE.sum(axis=0), base=2)
    return [table.sum(), -(table * np.log2(table / p_x)).sum(), right]


def samples():
    torch.manual_seed(1)
    p, q1, q2 = (torch.sort(torch.normal(mean, 1, (10_000,)))[0] for mean in (0, -1, 1))
    terms = [p * torch.log2(p / q) for q in (q1, q2)]
    with pytest.raises(ValueError, match="p must lie in"):
        xl.kl_divergence(p.double().numpy(), q2.double().numpy())
    sums = [torch.nansum(term) for term in terms]
    return [p.min(), *(term.isnan().sum() for term in terms), *sums, 1 / (2 * np.log(2))]


def nielsen():
    y, outputs = 1, np.array([np.nan, 1.5])
    with np.errstate(invalid="ignore"):
        losses = -y * np.log(outputs) - (1 - y) * np.log(1 - outputs)
    return np.nan_to_num(losses)


def expectation():
    product = TABLE.sum(axis=1, keepdims=True) * TABLE.sum(axis=0)
    terms = TABLE * np.log2(TABLE / product)
    return [(product * terms).sum(), terms.sum()]


def information():
    printed = (TABLE * np.log2(TABLE / (np.array([0.2, 0.8]) * OTHERS))).sum()
    return [printed, xl.mutual_information(TABLE, base=2), *TABLE.sum(axis=1), *TABLE.sum(axis=0)]


def choices():
    size = xl.perplexity(np.log(CHOICES).mean())
    return [size, 1 / size]


def optax():
    z, y = np.array([[1.2, -0.8, -0.5], [0.9, -1.2, 1.1]]), [0, 1]
    return -xl.softmax_cross_entropy(z, y, reduction="none")


def bce():
    p = torch.tensor([0.5, 0.25, 0.125, 0.0], requires_grad=True)
    F.binary_cross_entropy(p, torch.ones(4), reduction="sum").backward()
    return p.grad


def unit():
    nats = xl.categorical_nll([[0.3, 0.6, 0.1], [0.2, 0.3, 0.5]], [0, 2])
    return [nats, nats / np.log(2)]


def focal():
    y, p = np.array([[0, 1], [0, 0]]), np.array([[0.6, 0.4], [0.4, 0.6]])
    loss = -np.log(np.where(y == 1, p, 1 - p))
    focal = np.mean((1 - np.exp(-loss)) ** 2 * loss, axis=1)
    return [*loss.mean(axis=1), *focal, *(focal / loss.mean(axis=1)), focal[0] / focal[0]]


def glossary():
    with pytest.raises(TypeError):
        np.max(0, np.ones(2))
    return []


def assignment():
    with np.errstate(divide="ignore"):
        p = np.exp(np.array([0.0, 1000.0]) - 1000)
        assert np.isinf(-np.log(p / p.sum())[0])
    return [xl.softmax_cross_entropy([[0.0, 1000.0]], [0])]


def backend():
    p = np.clip(xl.sigmoid(-200.0), 1e-7, 1 - 1e-7)
    return [-np.log(p), xl.sigmoid_cross_entropy([-200.0], [1])]


def sklearn():
    half, one, raw = HalfBinomialLoss(), np.ones(1), np.array([34.0])
    return [half.loss(one, raw)[0], half.loss_gradient(one, raw)[0][0]]


def windows():
    def counts(length, window, stride):
        counted = scored = previous = 0
        for begin in range(0, length, stride):
            end = min(begin + window, length)
            labels = np.arange(begin, end) >= previous  # the others are set to -100
            counted, scored = counted + labels.sum() - 1, scored + labels[1:].sum()
            previous = end
            if end == length:
                return counted, scored

    return [*counts(10, 4, 2), *counts(287_644, 1024, 512)]


def mended():
    nats = np.log(70.6083)
    return [2**nats, np.exp(nats)]


# Numbers in the last column that are inputs: they stand in the source, or define the example.
GIVEN = {
    "lse": "2 1 0.1 3 1.1",
    "masked": "3 9 10",
    "nemo": "10",
    "conditional": "0.1 0.5 0.2 0.3",
    "bce": "0.5 0.25 0.125 2.13",
    "assignment": "1000",
    "backend": "200",
    "nielsen": "1.5",
    "sklearn": "34",
    "windows": "10 1024 512 287644",
    "mended": "2022",
}


@pytest.mark.parametrize("name", ROWS)
def test_numbers_are_computed_again(name):
    values = [abs(float(value)) for value in globals().get(name, list)()]
    computed = {Decimal(repr(value)) for value in values}
    computed |= {Decimal(value) for value in GIVEN.get(name, "").split()}
    last_column = ROWS[name].split(" | ")[-1]
    assert not [str(n) for n in claims_in(last_column) if not is_close(n, computed)]


def is_close(claim, computed):
    """Return whether a number was computed; those like 3.8e-16 to the digits that they have."""
    digits = len(claim.as_tuple().digits)
    extreme = {Decimal(f"{n:.{digits - 1}e}") for n in computed if n and abs(n.adjusted()) > 3}
    return is_computed(claim, computed) or claim in extreme


def test_every_line_leads_to_a_commit_and_a_line():
    for name, row in ROWS.items():
        assert name == "mended" or re.search(r"/blob/([0-9a-f]{40}|v?\d+\.\d+\.\d+)/\S+", row), name
        assert name in ("mended", "assignment") or "#L" in row, name


def test_rows_are_found():
    assert len(ROWS) >= 20
    assert PAGE.count("\n| [") == len(ROWS) - 1
