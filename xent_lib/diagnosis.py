r"""What is wrong with a loss? Look at one batch, outputs and labels, and name what is unusual.

The functions below go from the outside in: do the shapes fit, are the labels in range, are the
outputs what the loss expects, do outputs and labels belong together, and which mistake returns the
number that you got. Each yields findings; it stops where nothing behind it can be computed.

A warning needs evidence that chance hardly gives: a healthy batch may lie in [0, 1], or have two
equal rows, if it is small enough.
"""

from __future__ import annotations

import html
import math
import textwrap
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt
from numpy.lib.array_utils import normalize_axis_index

from . import _validation as check
from ._types import Array

Level = Literal["error", "warning", "note"]
LEVELS = get_args(Level)
Expects = Literal["logits", "probs", "log_probs"]
EXPECTS = get_args(Expects)

# A warning needs evidence that a healthy batch gives with a smaller probability than this.
RARE = math.log(1e-5)
# Distance between 1 and the next number; the largest x with a finite e^x.
PRECISION = {
    "bfloat16": (2**-7, 88.72),
    "float16": (2**-10, 11.09),
    "float32": (2**-23, 88.72),
    "float64": (2**-52, 709.78),
}
# How far a row of probabilities may be from a sum of 1 that went through half precision.
HALF_SUMS = 5e-3
CLIPS = {
    1e-7: "Keras",
    1e-15: "old scikit-learn",
    2.0**-52: "scikit-learn",
    2.0**-126: "Caffe",
    math.exp(-100): "BCELoss",
    **dict.fromkeys([1e-4, 1e-5, 1e-6, 1e-8, 1e-9, 1e-10, 1e-12, 1e-16, 1e-20], ""),
}


@dataclass(frozen=True)
class Finding:
    """One thing that `diagnose` found in a batch.

    Attributes
    ----------
    level : {"error", "warning", "note"}
        ``"error"``: wrong for any model, as far as the function was told. ``"warning"``:
        probably wrong; healthy models do it seldom. ``"note"``: a reading of the batch, which
        may be as it should.
    name : str
        A short name, such as ``"off by one"``.
    seen : str
        What is there: values, and where the first of them is.
    consequence : str
        What follows from it.
    mend : str
        What to do.
    """

    level: Level
    name: str
    seen: str
    consequence: str
    mend: str

    def __str__(self) -> str:
        """Return the finding as a paragraph."""
        lines = [f"{self.level}: {self.name}"]
        for label, text in (("seen", self.seen), ("so", self.consequence), ("mend", self.mend)):
            start = f"  {label + ':':<6}"
            lines += textwrap.wrap(text, 79, initial_indent=start, subsequent_indent=" " * 8)
        return "\n".join(lines)


class Diagnosis(tuple[Finding, ...]):
    """The findings of `diagnose`, the worst first: a tuple that prints as text, or as a table."""

    __slots__ = ()

    @property
    def ok(self) -> bool:
        """Whether there is neither an error nor a warning."""
        return all(finding.level == "note" for finding in self)

    def __repr__(self) -> str:
        """Return one paragraph for each finding."""
        return "\n".join(map(str, self)) or "nothing unusual in this batch"

    def _repr_html_(self) -> str:
        """Return a table for Jupyter."""
        if not self:
            return f"<p>{self!r}</p>"
        head = "".join(f"<th>{name}</th>" for name in ("", "name", "seen", "so", "mend"))
        rows = [
            "".join(
                f'<td style="text-align: left">{html.escape(text)}</td>'
                for text in (f.level, f.name, f.seen, f.consequence, f.mend)
            )
            for f in self
        ]
        return f"<table><tr>{head}</tr>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>"


Findings = Iterator[Finding]


def diagnose(
    outputs: npt.ArrayLike,
    labels: npt.ArrayLike,
    *,
    expects: Expects = "logits",
    axis: int = -1,
    ignore_index: int | None = None,
    weight: npt.ArrayLike | None = None,
    loss: float | None = None,
) -> Diagnosis:
    r"""Look at one batch of a model, and name what is wrong with it or with its loss.

    The loss that it has in mind is the mean cross-entropy of the rows,

    .. math:: L = \frac{\sum_i w_{y_i} \ell_i}{\sum_i w_{y_i}}, \qquad
              \ell_i = \log \sum_k e^{z_{ik}} - z_{i y_i}

    Parameters
    ----------
    outputs : array_like, shape (..., K) or (N,)
        What the loss was given: scores of K classes, or one score for each yes-or-no question,
        of shape (N,) or (N, 1). Tensors are read, too, whatever their device and precision.
    labels : array_like
        Class indices, shape (...); distributions, floats of shape (..., K); or answers between
        0 and 1, in the shape of the scores. Several independent questions for each row: pass both
        arrays flat.
    expects : {"logits", "probs", "log_probs"}, optional
        What the loss takes: logits (`softmax_cross_entropy`; PyTorch's CrossEntropyLoss),
        probabilities (`categorical_nll`; Keras by default) or log-probabilities (NLLLoss).
    axis : int, optional
        The axis of the classes; PyTorch's is 1. Scores of shape (N,) have none.
    ignore_index : int, optional
        Rows with this label are left out.
    weight : array_like, shape (K,), optional
        The weights w_k of the classes that the loss was given; 1 if there are none.
    loss : float, optional
        The number that you got, in nats as far as you know. The usual mistakes are made with this
        batch on purpose, and the likeliest that return your number are named.

    Returns
    -------
    Diagnosis
        Findings, the worst first, and ``ok``, which is True if none is an error or a warning.

    Raises
    ------
    TypeError, ValueError
        If an option is wrong; an `axis` that `outputs` do not have is an AxisError, which is a
        ValueError. Whatever is wrong with the outputs and the labels is a finding instead.

    Notes
    -----
    It sees one batch, so it cannot see gradients, the history of the loss, labels that leaked into
    the inputs, or labels that belong to other rows. Without any findings a loss can still be wrong.

    It passes what healthy batches have, too: most sigmoids of a model of two or three classes that
    knows little, because its logits may lie in [0, 1]; and soft labels whose sums are up to 0.005
    off 1, because they may have gone through half precision.

    A loss is compared to the digits that were given: 0.65 agrees with 0.6453.

    References
    ----------
    Schoop, E., Huang, F. and Hartmann, B. (2021). UMLAUT: debugging deep learning programs using
    program structure and model behavior. *CHI*.

    Examples
    --------
    >>> logits = [[2, 1, 0.1], [0.5, 2.5, -1], [1, 0.2, 0.3]]
    >>> diagnose(logits, [0, 1, 2])
    nothing unusual in this batch
    >>> diagnose(logits, [1, 2, 3])
    error: off by one
      seen: labels from 1 to 3, none is 0; label 3 is at position 2, and the
            classes are 0..2
      so:   an IndexError, or a wrong class in silence
      mend: labels - 1
    >>> report = diagnose(logits, [0, 1, 2], loss=0.878373)
    >>> report.ok, report[0].seen
    (False, 'you got 0.878373; the mean loss of this batch is 0.645313')
    >>> report[0].consequence
    'yours is the loss of a softmax applied twice'
    """
    if not isinstance(expects, str) or expects not in EXPECTS:
        raise ValueError(f"unknown expects {expects!r}; choose one of {EXPECTS}")
    axis = check.integer(axis, "axis")
    ignore_index = check.integer_or_none(ignore_index, "ignore_index")
    got = None if loss is None else _Reported.read(loss)
    with np.errstate(all="ignore"):
        found = list(_examine(outputs, labels, expects, axis, ignore_index, weight, got))
    return Diagnosis(sorted(found, key=lambda finding: LEVELS.index(finding.level)))


@dataclass
class _Batch:
    """A batch as a table: one row per label, one column per class (one column if yes-or-no).

    `labels` are class indices (N,); if `soft`, distributions (N, K) or answers (N,). `usable` are
    the rows that count and can be computed; once the others are gone, `rows` are their numbers.
    `original` are the outputs before the class axis was moved to the end, and `shape` is that of
    the labels.
    """

    outputs: Array
    labels: Array
    soft: bool
    binary: bool
    original: Array
    axis: int
    shape: tuple[int, ...]
    precision: str
    rows: Array | None = None
    usable: Array = field(init=False)

    def __post_init__(self) -> None:
        self.usable = np.ones(len(self.outputs), bool)

    @property
    def num_classes(self) -> int:
        """Return K, which is 2 for a yes-or-no question."""
        return 2 if self.binary else self.outputs.shape[1]

    @property
    def eps(self) -> float:
        """Return the distance between 1 and the next number in the precision of the outputs."""
        return PRECISION.get(self.precision, (2.0**-52, 0.0))[0]

    @property
    def whole(self) -> bool:
        """Return whether all usable outputs are integers, which coincide by chance."""
        z = self.outputs
        return bool((z[:1] == np.rint(z[:1])).all() and (z == np.rint(z)).all())

    def place(self, mask: Array) -> str:
        """Return the position of the first True among the labels as text."""
        row = int(mask.argmax()) if self.rows is None else int(self.rows[mask.argmax()])
        index = np.unravel_index(row, self.shape or (1,))
        return str(check.shown(tuple(int(i) for i in index)))


def _examine(
    outputs: npt.ArrayLike,
    labels: npt.ArrayLike,
    expects: Expects,
    axis: int,
    ignore_index: int | None,
    weight: npt.ArrayLike | None,
    got: _Reported | None,
) -> Findings:
    """Yield everything that is found, from the outside in."""
    try:
        z, precision = _numbers(outputs, "outputs")
        y, _ = _numbers(labels, "labels")
    except (TypeError, ValueError) as error:
        yield Finding(
            "error",
            "not numbers",
            str(error),
            "no loss can be computed",
            "numbers; for names of classes, np.unique(labels, return_inverse=True)[1]",
        )
        return
    batch = yield from _table(z, y, axis, precision)
    if batch is None:
        return
    row_weight = None
    if weight is not None:
        numbers, _ = _numbers(weight, "weight")
        row_weight = check.class_weights(numbers, batch.num_classes, np.float64)
    yield from _labels(batch, ignore_index)
    yield from _finite(batch)
    if not batch.usable.any():
        yield Finding(
            "error",
            "nothing left",
            f"none of {len(batch.outputs)} rows has a usable label and usable outputs",
            "a mean over no rows is NaN",
            "divide by max(1, number of rows); look why there are none",
        )
        return
    everything = batch
    if not batch.usable.all():
        batch = _selected(batch)
    look = {"logits": _logits, "probs": _probs, "log_probs": _log_probs}[expects]
    of_outputs = list(look(batch))
    yield from of_outputs
    if any(finding.level == "error" for finding in of_outputs):
        return
    rows = _Rows.compute(batch, expects, row_weight)
    yield from _sameness(batch)
    yield from _values(batch, rows)
    yield from _knowledge(batch, rows)
    yield from _numbering(batch, rows)
    if got is not None:
        yield from _explain(got, batch, rows, everything, expects)


# ---------------------------------------------------------------------- reading


def _numbers(x: npt.ArrayLike, name: str) -> tuple[Array, str]:
    """Return `x` as a real array, and the name of its dtype; tensors without their library."""
    if isinstance(x, list | tuple) and any(hasattr(part, "detach") for part in x):
        x = [_numbers(part, name)[0] for part in x]
    tensor = x.detach().cpu() if hasattr(x, "detach") else x
    dtype = getattr(tensor, "dtype", None)
    ordinary = dtype is None or getattr(dtype, "kind", "") in tuple("biufcOUSMm")
    narrow = not ordinary and "bfloat16" in str(dtype)  # which NumPy lacks
    if narrow:
        tensor = tensor.float() if hasattr(tensor, "float") else tensor.astype(np.float32)  # type: ignore[union-attr]
    array = check.number_array(tensor, name)
    if array.dtype.kind == "c":
        raise TypeError(f"{name} must be real, got dtype {array.dtype}")
    return array, "bfloat16" if narrow else array.dtype.name


def _table(
    z: Array, y: Array, axis: int, precision: str
) -> Generator[Finding, None, _Batch | None]:
    """Return the batch as a table, or None if the shapes do not fit."""
    if z.ndim < 2:
        if z.ndim == 1 and y.ndim == 0:
            z, y = z[np.newaxis], y[np.newaxis]  # one sample alone
        axis = z.ndim - 1
    else:
        axis = normalize_axis_index(axis, z.ndim)
    if z.size == 0 and y.size == 0:
        yield Finding(
            "error",
            "nothing left",
            f"outputs {z.shape} and labels {y.shape} are empty",
            "a mean over no rows is NaN",
            "skip empty batches; look why there are none",
        )
        return None
    same, whole = z.shape == y.shape, y.dtype.kind in "iub"
    if (misfit := _misfit(z, y, axis)) is not None:
        yield misfit
        return None
    if same and (z.ndim < 2 or z.shape[axis] == 1):  # yes-or-no
        column, answers = z.reshape(-1, 1).astype(np.float64), y.reshape(-1).astype(np.float64)
        return _Batch(column, answers, True, True, z, 0, y.shape, precision)

    others = [k for k in range(1, z.ndim) if y.shape == z.shape[:k] + z.shape[k + 1 :]]
    if len(others) > 1:
        yield Finding(
            "note",
            "two axes",
            f"outputs {z.shape} and labels {y.shape} fit with the classes on any of axes {others}",
            "a wrong axis would raise no error",
            "swap another axis of both: the right loss does not change",
        )
    if y.dtype.kind == "b" and not same:
        yield Finding(
            "note",
            "boolean labels",
            "class indices of dtype bool",
            "xent_lib and PyTorch refuse them",
            "labels.astype(int)",
        )
    num_classes = z.shape[axis]
    table = np.moveaxis(z, axis, -1).reshape(-1, num_classes).astype(np.float64)
    if same:
        soft = np.moveaxis(y, axis, -1).reshape(-1, num_classes).astype(np.float64)
        shape = y.shape[:axis] + y.shape[axis + 1 :]
        return _Batch(table, soft, True, False, z, axis, shape, precision)
    if not whole:
        numbers = y.reshape(-1)
        integral = bool((numbers == np.rint(numbers)).all())
        yield Finding(
            "error",
            "float indices",
            f"labels {y.shape} of dtype {y.dtype}, where class indices are integers",
            "xent_lib and PyTorch refuse them",
            "labels.astype(int)"
            if integral
            else "they are no class indices: NaN marks a missing one, other fractions a regression",
        )
        return None
    return _Batch(table, y.reshape(-1).astype(np.int64), False, False, z, axis, y.shape, precision)


def _misfit(z: Array, y: Array, axis: int) -> Finding | None:
    """Return what is wrong with the shapes, if they do not fit."""

    def misfit(name: str, seen: str, consequence: str, mend: str) -> Finding:
        return Finding(
            "error", name, f"outputs {z.shape} and labels {y.shape}{seen}", consequence, mend
        )

    raises = "the loss raises, or broadcasts in silence"
    if z.shape == y.shape:
        if z.ndim < 2 or z.shape[axis] == 1 or y.dtype.kind not in "iub":
            return None
        if ((y == 0) | (y == 1)).all() and (y.sum(axis=axis) == 1).all():
            return misfit(
                "integer one-hot",
                f": one-hot rows of dtype {y.dtype}",
                "losses take integers for class indices, or raise",
                f"labels.argmax({axis}), or floats",
            )
        if y.min() < 0 or y.max() > 1:
            return misfit(
                "shape",
                f": {y.dtype} labels in the shape of the outputs, where an axis of classes is left",
                "class indices need outputs with one more axis; is it gone in an argmax?",
                "outputs with one score for each class",
            )
        return None
    if z.ndim > 1 and z.shape[axis] == 0:
        return misfit("shape", ": no classes", raises, "one score for each class")
    rows = z.shape[:axis] + z.shape[axis + 1 :]
    columns = _squeezed(z.shape) == _squeezed(y.shape)
    if z.ndim == 1 and columns:
        return misfit(
            "column",
            ": a list against a column",
            "a binary loss may stretch both to a table of all pairs",
            "labels.reshape(-1)",
        )
    if (z.shape[axis : axis + 1] == (1,) and y.shape == rows) or (1 in z.shape and columns):
        return misfit(
            "column",
            ": a column against a list, one class alone",
            "a softmax of one class is always 1 and its loss 0; a binary loss may stretch both to "
            "a table of all pairs",
            f"for one yes-or-no question outputs.squeeze({axis}) and a binary loss",
        )
    if y.shape == (*z.shape[:axis], 1, *z.shape[axis + 1 :]):
        return misfit(
            "column",
            ": the labels keep an axis of length 1",
            raises,
            f"labels.squeeze({axis})",
        )
    if z.ndim > 1 and y.shape == rows:
        return None
    fits = [k for k in range(z.ndim) if y.shape == z.shape[:k] + z.shape[k + 1 :]]
    if z.ndim > 1 and fits:
        best = 1 if 1 in fits else fits[-1]
        return misfit(
            "axis",
            f" do not fit with the classes on axis {axis}; on axis {best} they would",
            raises,
            f"axis={best}, or move the axis of the outputs",
        )
    if z.ndim > 1 and y.size == z.size // z.shape[axis]:
        return misfit(
            "shape",
            " hold equally many rows, in another shape",
            raises,
            f"labels.reshape({rows}), if the order is the same",
        )
    return misfit(
        "shape",
        " do not fit",
        raises,
        "labels have the shape of the outputs without the axis of the classes",
    )


def _squeezed(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return a shape without its axes of length 1."""
    return tuple(length for length in shape if length != 1)


def _selected(batch: _Batch) -> _Batch:
    """Return the usable rows of a batch as a batch."""
    keep = batch.usable
    rows = np.flatnonzero(keep)
    return replace(batch, outputs=batch.outputs[keep], labels=batch.labels[keep], rows=rows)


# ---------------------------------------------------------------------- labels


def _labels(batch: _Batch, ignore_index: int | None) -> Findings:
    """Check the labels, and mark the rows whose label is ignored or out of range."""
    if batch.soft:
        yield from _soft_labels(batch, ignore_index)
        return
    y, num_classes = batch.labels, batch.num_classes
    if ignore_index is not None:
        batch.usable &= y != ignore_index
    outside = batch.usable & ((y < 0) | (y >= num_classes))
    if not outside.any():
        if ignore_index is None:
            yield from _padding(batch)
        return
    strange = np.unique(y[outside])
    first, place = int(strange[0]), batch.place(outside)
    lowest = int(y[batch.usable].min())
    classes = f"the classes are 0..{num_classes - 1}"
    wrong = "an IndexError, or a wrong class in silence"
    if len(strange) == 1 and first == num_classes and lowest > 0:
        yield Finding(
            "error",
            "off by one",
            f"labels from {lowest} to {first}, none is 0; label {first} is at position {place}, "
            f"and {classes}",
            wrong,
            "labels - 1",
        )
    elif len(strange) == 1:
        yield Finding(
            "error",
            "stray label",
            f"label {first} in {_percent(outside.mean())} of the rows, first at position {place}; "
            f"{classes}",
            wrong
            if first != -100 or ignore_index is not None
            else f"PyTorch leaves them out; elsewhere {wrong}",
            f"if it marks rows to leave out, ignore_index={first}; else more outputs",
        )
    else:
        some = ", ".join(map(str, strange[:3])) + (", ..." if len(strange) > 3 else "")
        yield Finding(
            "error",
            "labels",
            f"labels {some} in {_percent(outside.mean())} of the rows, first at position {place}; "
            f"{classes}",
            wrong,
            "number the classes from 0, or give the model more outputs",
        )
    batch.usable &= ~outside


def _soft_labels(batch: _Batch, ignore_index: int | None) -> Findings:
    """Check distributions, or the answers to yes-or-no questions."""
    q = batch.labels
    if batch.binary and ignore_index is not None:
        batch.usable &= q != ignore_index
        q = q[batch.usable]
    if q.size == 0:
        return
    if np.isnan(q).any():
        missing = np.asarray(np.isnan(batch.labels.reshape(len(batch.labels), -1)).any(axis=1))
        batch.usable &= ~missing
        yield Finding(
            "error",
            "missing labels",
            f"{missing.sum()} labels are NaN, first at position {batch.place(missing)}",
            "the mean loss is NaN",
            "drop these rows",
        )
        return
    low, high = q.min(), q.max()
    if low < 0 or high > 1 + 1e-3:
        outside = (batch.labels < 0) | (batch.labels > 1 + 1e-3)
        outside = batch.usable & (outside if batch.binary else outside.any(axis=1))
        batch.usable &= ~outside
        yield Finding(
            "error",
            "label range",
            f"labels from {low:g} to {high:g}, first outside [0, 1] at position "
            f"{batch.place(outside)}",
            "such a loss has no minimum and becomes negative",
            "(labels + 1) / 2 for -1 and 1; labels / 255 for 0 and 255; for more than two classes "
            "integers, and one output for each",
        )
    elif not batch.binary:
        sums = q.sum(axis=1)
        wrong = np.abs(sums - 1) > HALF_SUMS
        if wrong.any():
            batch.usable &= ~wrong
            yield Finding(
                "error",
                "label sum",
                f"the labels at position {batch.place(wrong)} sum to {sums[wrong.argmax()]:g}, "
                f"not to 1, as do {wrong.sum()} of {len(sums)} rows",
                "the loss of a softmax cannot reach its minimum there",
                "normalise the rows; where several answers may be true, a sigmoid for each: pass "
                "outputs and labels flat",
            )


def _padding(batch: _Batch) -> Findings:
    """Look for a label that fills the ends of texts, of different lengths, and is only there."""
    if len(batch.shape) != 2 or batch.shape[1] < 3:
        return
    y = batch.labels.reshape(batch.shape)
    last, counts = np.unique(y[:, -1], return_counts=True)
    pad = last[counts.argmax()]
    is_pad = y == pad
    tail = np.logical_and.accumulate(is_pad[:, ::-1], axis=1)[:, ::-1]
    if (tail != is_pad).any() or np.ptp(tail.sum(axis=1)) < 2 or tail.mean() < 0.1:
        return
    # In a text a token seldom follows itself; stages of a process do so all the time.
    inner = ~is_pad[:, 1:]
    repeated = (y[:, 1:] == y[:, :-1])[inner].mean() if inner.any() else 1
    n, pads, texts = y.size, int(is_pad.sum()), len(y)
    # Of all places for so many equal labels: how many lie at the ends of the texts?
    chance = _log_binomial(pads + texts - 1, pads) - _log_binomial(n, pads)
    if repeated < 0.5 and chance < 2 * RARE:
        yield Finding(
            "warning",
            "padding",
            f"label {pad} fills the ends of the texts and stands nowhere else: "
            f"{_percent(is_pad.mean())} of the labels look like padding that counts",
            "the loss falls as the model learns to predict padding",
            f"ignore_index={pad}, here and in the loss",
        )


def _log_binomial(n: int, k: int) -> float:
    """Return the logarithm of n over k."""
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


# ---------------------------------------------------------------------- outputs


def _finite(batch: _Batch) -> Findings:
    """Look for NaN and infinity; −∞ masks a class out, but not all of a row."""
    z = batch.outputs
    if np.isfinite(z).all():
        return
    if batch.binary:
        bad = ~np.isfinite(z[:, 0])
    else:
        # The maximum is NaN if any logit is, +∞ if one is, and −∞ only if all are.
        bad = ~np.isfinite(z.max(axis=1))
    bad &= batch.usable
    if bad.any():
        row = batch.outputs[bad.argmax()]
        value = row[~np.isfinite(row)][0]
        every = ", the whole row" if not batch.binary and (row == -np.inf).all() else ""
        batch.usable &= ~bad
        yield Finding(
            "error",
            "not finite",
            f"{bad.sum()} of {len(z)} rows hold NaN or inf, first {value} at position "
            f"{batch.place(bad)}{every}",
            "the mean loss and its gradient are NaN",
            "look upstream for the first one: inputs, learning rate, a logarithm, a division, a "
            "mask of all classes",
        )


def _probs(batch: _Batch) -> Findings:
    """Check outputs that should be probabilities."""
    z, eps = batch.outputs, batch.eps
    low, high = float(z.min()), float(z.max())
    if low < 0 or high > 1 + 4 * eps:
        logarithms = high <= 0 and _sum_to_one(np.exp(z), 16 * eps)
        what = "log-probabilities" if logarithms else "logits"
        yield Finding(
            "error",
            what,
            f"outputs from {low:.4g} to {high:.4g}, where the loss expects probabilities: they "
            f"look like {what}",
            "the logarithm of a negative number is NaN, or what a clip makes of it",
            "np.exp(outputs)" if logarithms else "the loss that takes logits",
        )
    elif not batch.binary:
        yield from _row_sums(batch, z, max(HALF_SUMS, 2 * eps), "a softmax over the classes")


def _log_probs(batch: _Batch) -> Findings:
    """Check outputs that should be the logarithms of probabilities."""
    z, eps = batch.outputs, batch.eps
    low, high = float(z.min()), float(z.max())
    if batch.binary:
        yield Finding(
            "error",
            "shape",
            "one output for each label, where the loss expects log-probabilities of all classes",
            "a loss of log-probabilities needs both, that of no and that of yes",
            "np.stack([log_sigmoid(-z), log_sigmoid(z)], axis=1)",
        )
    elif low >= 0 and high <= 1 + 4 * eps and _sum_to_one(z, 2 * eps):
        yield Finding(
            "error",
            "probabilities",
            f"outputs from {low:.4g} to {high:.4g}, and all rows sum to 1: they look like "
            f"probabilities, where the loss expects their logarithms",
            "the loss is minus a mean probability, between -1 and 0",
            "log_softmax of the logits",
        )
    else:
        tolerance = max(6 * HALF_SUMS, 16 * eps)
        yield from _row_sums(batch, np.exp(z), tolerance, "log_softmax of the logits")


def _row_sums(batch: _Batch, p: Array, tolerance: float, mend: str) -> Findings:
    """Check that probabilities sum to 1 over the classes; else look for another axis."""
    sums = p.sum(axis=1)
    wrong = ~(np.abs(sums - 1) <= tolerance)
    if not wrong.any():
        return
    axis = _softmax_axis(batch, logarithms=p is not batch.outputs)
    place = batch.place(wrong)
    yield Finding(
        "error",
        "row sums" if axis is None else "softmax axis",
        f"the probabilities at position {place} sum to {sums[wrong.argmax()]:.4g}, not to 1"
        + ("" if axis is None else f"; along axis {axis} of {batch.original.shape} all do"),
        "these are no distributions over the classes",
        mend,
    )


def _sum_to_one(table: Array, tolerance: float) -> bool:
    """Return whether all rows sum to 1: one or two rows closely, because chance also might."""
    if table.shape[1] < 2:
        return False
    allowed = max(HALF_SUMS, tolerance) if len(table) > 2 else 1e-5
    return bool((np.abs(table.sum(axis=1) - 1) <= allowed).all())


def _softmax_axis(batch: _Batch, *, logarithms: bool = False) -> int | None:
    """Return the axis other than that of the classes along which all outputs sum to 1."""
    z = batch.original
    tolerance = check.SUM_TOLERANCE if batch.num_classes > 2 else 1e-5
    for axis in range(z.ndim):
        if axis != batch.axis and z.shape[axis] > 1 and z.ndim > 1:
            p = z.astype(np.float64)
            sums = (np.exp(p) if logarithms else p).sum(axis=axis)
            if (np.abs(sums - 1) <= tolerance).all():
                return axis
    return None


def _logits(batch: _Batch) -> Findings:
    """Look for outputs that went through a softmax, sigmoid, tanh or ReLU, and for overflow."""
    z = batch.outputs
    low, high = float(z.min()), float(z.max())
    limit = PRECISION.get(batch.precision, (0.0, math.inf))[1]
    if high > limit:
        yield Finding(
            "note",
            "overflow",
            f"outputs up to {high:.4g} in {batch.precision}, where e^z ends at z = {limit:g}",
            "a softmax that does not subtract the maximum is NaN",
            "nothing, if the loss takes logits and subtracts it",
        )
    # Integers, such as votes, may be 0 and 1 and sum to 1 by chance.
    if batch.whole and not (z.shape[1] > 1 and len(z) >= 16):
        return
    if low >= 0 and high <= 1 + 4 * batch.eps:
        yield from _in_unit_interval(batch, low, high)
    if batch.whole or z.size < 16:
        return
    if low >= 0:
        rows = z[z.any(axis=1)]  # rows of zeros may be padding
        zeros = (rows == 0).mean() if rows.size >= 16 else 0
        if zeros > 0.1:
            yield Finding(
                "warning",
                "squashed",
                f"no output is negative, and {_percent(zeros)} of them are exactly 0: a ReLU, "
                f"before a loss that expects logits?",
                "where the outputs are 0, no gradient comes through",
                "let the last layer be linear",
            )
    elif low >= -1 and 0.99 < high <= 1 and (ends := (np.abs(z) > 0.99).mean()) > 0.1:
        yield Finding(
            "warning",
            "squashed",
            f"all {z.size} outputs lie in [-1, 1], {_percent(ends)} of them within 0.01 of the "
            f"ends: a tanh, before a loss that expects logits?",
            _floor(batch, 2),
            "let the last layer be linear",
        )


def _in_unit_interval(batch: _Batch, low: float, high: float) -> Findings:
    """Look for the traces of a softmax or a sigmoid in outputs that lie in [0, 1]."""
    z = batch.outputs
    if not batch.binary and _sum_to_one(z, 2 * batch.eps):
        yield Finding(
            "warning",
            "probabilities",
            f"all {len(z)} rows lie in [0, 1] and sum to 1: they look like probabilities",
            f"a loss that expects logits applies a second softmax: {_floor(batch, 1)}",
            "give it the logits; or say expects='probs', if the loss takes probabilities",
        )
    elif batch.whole or z.size < 16 or _equal_rows(batch):
        return
    elif not batch.binary and (axis := _softmax_axis(batch)) is not None:
        yield Finding(
            "warning",
            "softmax axis",
            f"outputs {batch.original.shape} lie in [0, 1] and sum to 1 along axis {axis}, which "
            f"is not that of the classes",
            "a softmax over the wrong axis mixes the rows of the batch",
            "give the loss the logits",
        )
    elif _ends_are_full(z, low) or _better_as_probabilities(batch) or _one_sided(z):
        yield Finding(
            "warning",
            "squashed",
            f"all {z.size} outputs lie in [0, 1], from {low:.4g} to {high:.4g}: a sigmoid, before "
            f"a loss that expects logits?",
            _floor(batch, 1),
            "let the last layer be linear; multiply cosines by a scale",
        )


def _floor(batch: _Batch, width: float) -> str:
    """Return a sentence on how small a loss can be if the logits of a row differ by `width`."""
    return (
        f"outputs at most {width:g} apart put a floor under the loss of each row: "
        f"{math.log1p((batch.num_classes - 1) * math.exp(-width)):.4f}"
    )


def _ends_are_full(z: Array, low: float) -> bool:
    """Return whether many outputs are just below 1, and none above.

    If chance had put them there, each would lie on either side with equal probability.
    """
    return low < 0.5 and np.count_nonzero(z > 0.99) * math.log(0.5) < RARE


def _better_as_probabilities(batch: _Batch) -> bool:
    """Return whether outputs in [0, 1] explain the labels better as probabilities than as logits.

    And better than the shares of the classes do: logits may happen to be near those.
    """
    z, y, n, k = batch.outputs, batch.labels, len(batch.outputs), batch.num_classes
    p, logits, q = z, z, y
    if batch.binary:
        p, logits, q = np.hstack([1 - z, z]), np.hstack([0 * z, z]), np.stack([1 - y, y], axis=1)
    elif not batch.soft:
        q = (y[:, np.newaxis] == np.arange(k)).astype(np.float64)
    p = p.clip(1e-7)
    log_p = np.log(p / p.sum(axis=1, keepdims=True))
    softmax = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    counts = q.sum(axis=0)
    # The share of each label among the other rows, with one row added for each class.
    shares = (counts * np.log(np.maximum(counts, 1e-300) / (n - 1 + k))).sum()
    return bool((q * log_p).sum() - max((q * softmax).sum(), shares) > -RARE)


def _one_sided(z: Array) -> bool:
    """Return whether the means of the columns lie on one side of 0, beyond what chance gives.

    A linear layer gives its columns no common offset, so mean / deviation of their means follows
    Student's distribution, whose tail with ν degrees of freedom is below a multiple of t^−ν.
    """
    means = z.mean(axis=0)
    nu = len(means) - 1
    if nu < 1:
        return False
    t = means.mean() / max(means.std(ddof=1), 1e-300) * math.sqrt(nu + 1)
    constant = math.lgamma((nu + 1) / 2) - math.lgamma(nu / 2) - math.log(math.pi) / 2
    return constant + (nu / 2 - 1) * math.log(nu) - nu * math.log(t) < RARE


def _equal_rows(batch: _Batch) -> bool:
    """Return whether all rows are equal, up to rounding unless half precision is too coarse."""
    z = batch.outputs
    rounding = 4 * batch.eps * np.abs(z[np.isfinite(z)]).max(initial=0) if batch.eps < 1e-6 else 0
    return bool(((z == z[0]) | (np.abs(z - z[0]) <= rounding)).all())


def _sameness(batch: _Batch) -> Findings:
    """Look for rows that are all equal."""
    z = batch.outputs
    n, columns = z.shape
    enough = 16 if batch.whole else 2
    if (n - 1) * columns < enough or not _equal_rows(batch):
        return
    if not z.any():
        yield Finding(
            "note",
            "start",
            "all outputs are 0",
            "each class has the same probability",
            "right before the first step from weights of 0, and never after",
        )
    elif batch.binary or np.isfinite(z[0]).sum() > 1:  # else only one class is allowed
        yield Finding(
            "warning",
            "constant",
            f"all {n} rows of outputs are equal"
            + ("" if (z == z[0]).all() else ", up to rounding"),
            "the same answer to every input; such a model can learn the shares of the classes only",
            "look for dead units, an input that got lost, a learning rate that is too large",
        )


# ---------------------------------------------------------------------- losses


@dataclass
class _Rows:
    """Losses of the rows: `each` with its weight, `plain` without, and their `mean`.

    `log_p` are the logarithms of the probabilities of all classes, two of them for yes-or-no,
    `target` the label, or the likeliest class of a soft one, and `scores` what is compared.
    """

    each: Array
    plain: Array
    weight: Array
    mean: float
    log_p: Array
    scores: Array
    target: Array

    @classmethod
    def compute(cls, batch: _Batch, expects: Expects, class_weight: Array | None) -> _Rows:
        z, y = batch.outputs, batch.labels
        if batch.binary:  # the classes no and yes
            z = np.hstack([1 - z, z] if expects == "probs" else [0 * z, z])
            y = np.stack([1 - y, y], axis=1)
        if expects == "logits":
            top = z.max(axis=1, keepdims=True)
            log_p = z - top
            log_p -= np.log(np.exp(log_p).sum(axis=1, keepdims=True))
        else:
            log_p = z if expects == "log_probs" else np.log(z)
        i = np.arange(len(z))
        target = y.argmax(axis=1) if batch.soft else y
        if not batch.soft:
            plain = -log_p[i, y]
            weight = np.ones(len(z)) if class_weight is None else class_weight[y]
            each = plain if class_weight is None else weight * plain
        else:
            surprise = -np.where(y > 0, log_p, 0)  # 0·∞ is 0
            plain = (y * surprise).sum(axis=1)
            weight = np.ones(len(z)) if class_weight is None else y @ class_weight
            each = plain if class_weight is None else (y * class_weight * surprise).sum(axis=1)
        total = weight.sum()
        mean = float(each.sum() / total) if total else math.nan
        return cls(each, plain, weight, mean, log_p, z, target)


def _values(batch: _Batch, rows: _Rows) -> Findings:
    """Read the losses of the rows and their mean: infinite, at chance, far above it."""
    n, num_classes = len(rows.each), batch.num_classes
    chance = math.log(num_classes)
    mean = float(rows.plain.mean())
    if math.isinf(mean):
        infinite = np.isinf(rows.plain)
        row = int(infinite.argmax())
        yield Finding(
            "error",
            "infinite",
            f"{infinite.sum()} of {n} labels have probability 0, first {rows.target[row]} at "
            f"position {batch.place(infinite)}",
            "the loss is inf, or what a clip makes of it",
            "is the label masked out? Else start from logits, where no probability is rounded to 0",
        )
    elif abs(mean - chance) < 0.02 and n * num_classes > 4:
        yield Finding(
            "note",
            "chance",
            f"the mean loss {mean:.4f} is within 0.02 of ln {num_classes} = {chance:.4f}",
            "the model knows nothing yet",
            "right before the first step; if it stays, look at the gradient",
        )


def _knowledge(batch: _Batch, rows: _Rows) -> Findings:
    """Compare what the model claims with what it knows: loud guesses, or sure mistakes."""
    n, num_classes = len(rows.each), batch.num_classes
    if n < 20:
        return
    chance, mean = math.log(num_classes), float(rows.plain.mean())
    counts = np.bincount(rows.target)
    if math.isinf(mean) or (counts.max() < n and mean <= chance + 2):
        return
    right = np.count_nonzero(rows.scores.argmax(axis=1) == rows.target) / n
    deviation = math.sqrt((num_classes - 1) / n) / num_classes
    guesses = right <= min(1 / num_classes + 3 * deviation, 0.65)
    if counts.max() == n:
        yield Finding(
            "note",
            "one label",
            f"all {n} labels are {int(rows.target[0])}",
            "a constant answer is right, so this loss says nothing about the model",
            "shuffle the data",
        )
    elif guesses and counts.max() <= 0.7 * n:
        spread = float(np.std(rows.scores[np.isfinite(rows.scores)]))
        yield Finding(
            "warning" if mean > chance + 4 else "note",
            "loud",
            f"mean loss {mean:.2f}, far above ln {num_classes} = {chance:.2f}, with "
            f"{_percent(right)} right; the outputs have a standard deviation of {spread:.3g}",
            "the outputs are too large for what they know; saying nothing would cost less",
            "scale inputs and first weights; or do the labels belong to other rows?",
        )


def _numbering(batch: _Batch, rows: _Rows) -> Findings:
    """Look for guesses that follow the labels under other numbers.

    A fresh model may do so by chance, but it is not sure of it: its loss is that of chance.
    """
    if (batch.soft and not batch.binary) or (
        float(rows.plain.mean()) < math.log(batch.num_classes) + 0.5
    ):
        return
    if batch.binary:
        y, guess, k = batch.labels, batch.outputs[:, 0] > 0, 2
        if not ((y == 0) | (y == 1)).all():
            return
        y = y.astype(np.int64)
    else:
        y, k = batch.labels, batch.num_classes
        guess = batch.outputs.argmax(axis=1)
    n = len(y)
    if n < 20 or k < 2:
        return
    right = np.count_nonzero(guess == y) / n
    if right > 0.6:
        return
    rows_of = np.bincount(y, minlength=k)
    present = np.flatnonzero(rows_of)
    if k == 2:
        recall = np.bincount(y, guess == y, minlength=2) / np.maximum(rows_of, 1)
        if rows_of.min() >= 20 and recall.max() < 0.2:
            yield _renumbered(
                "flipped", right, f"{_percent(1 - right)} if 0 and 1 change places", "1 - labels"
            )
        return
    if len(present) < 3:
        return
    deviation = math.sqrt((k - 1) / n) / k
    for step in (1, -1):
        hits = guess == (y + step) % k
        if 2 * np.count_nonzero(hits) < n:
            continue
        by_class = np.bincount(y, hits, minlength=k)[present] / rows_of[present]
        moved = min(float(hits.mean()), float(by_class.mean()))
        if moved > max(0.5, right + 0.3, 1 / k + 5 * deviation) and (by_class > 0.3).mean() > 0.8:
            yield _renumbered(
                "shifted",
                right,
                f"{_percent(moved)} if all labels move by {step:+d}",
                f"labels {'+' if step > 0 else '-'} 1, or the outputs of the step before or after",
            )
            return
    if k <= 1000 and n >= 10 * len(present) and len(present) >= 4:
        table = np.bincount(y * k + guess, minlength=k * k).reshape(k, k)[present]
        answers, shares = table.argmax(axis=1), table.max(axis=1) / rows_of[present]
        if len(set(answers.tolist())) == len(present) and shares.min() > 0.4 and right < 0.4:
            yield _renumbered(
                "renumbered",
                right,
                f"{_percent(float(table.max(axis=1).sum() / n))} if each label is renamed to the "
                f"commonest answer to it",
                "number the classes once, and store the names with the model",
            )


def _renumbered(name: str, right: float, other: str, mend: str) -> Finding:
    """Return the finding that guesses and labels are numbered differently."""
    return Finding(
        "warning",
        name,
        f"{_percent(right)} of the guesses are right, but {other}",
        "outputs and labels number the classes differently",
        mend,
    )


# ---------------------------------------------------------------------- the loss that you got


@dataclass(frozen=True)
class _Reported:
    """The loss that was given, and how far from it a number may be to be the same."""

    value: float
    relative: float
    last_digit: float

    @classmethod
    def read(cls, loss: object) -> _Reported:
        """Read a number, which may have been rounded to the digits that it has."""
        array, precision = _numbers(loss, "loss")  # type: ignore[arg-type]
        if array.size != 1:
            raise ValueError(f"loss must be one number, got shape {array.shape}")
        value = float(array.reshape(-1)[0])
        relative = max(1e-5, 2 * PRECISION.get(precision, (0.0, 0.0))[0])
        last_digit = 0.0
        if math.isfinite(value) and isinstance(loss, int | float):
            last_digit = 10.0 ** int(Decimal(repr(value)).normalize().as_tuple().exponent)
        return cls(value, relative, last_digit)

    def matches(self, value: float, relative: float, absolute: float, cap: float) -> bool:
        """Return whether `value` rounds to the loss; `cap` limits what few digits let pass."""
        if not math.isfinite(value) or not math.isfinite(self.value):
            return value == self.value or (math.isnan(value) and math.isnan(self.value))
        rounded = min(0.501 * self.last_digit, cap * abs(self.value))
        allowed = max(relative, self.relative) * abs(value)
        return abs(value - self.value) <= max(allowed, rounded, absolute)


Mistakes = Iterator[tuple[str, float]]


def _explain(
    got: _Reported, batch: _Batch, rows: _Rows, everything: _Batch, expects: Expects
) -> Findings:
    """Make the usual mistakes with this batch on purpose, and see which returns the loss."""
    seen = f"you got {got.value:.6g}; the mean loss of this batch is {rows.mean:.6g}"
    # Subtracting logits rounds by eps of the largest, in float32 at least.
    largest = float((np.abs(rows.scores.max(axis=1)) + np.minimum(rows.plain, 1e30)).max())
    absolute = max(1e-7, 2 * min(batch.eps, 2**-23) * largest)
    relative = 0.0
    if batch.soft and not batch.binary:  # some divide by the number of rows, some by all labels
        relative = 1.1 * abs(float(batch.labels.sum()) / len(rows.each) - 1)
    if not math.isfinite(got.value) and rows.mean != got.value:
        yield from _explain_not_finite(got.value, seen, batch, rows, expects)
        return
    # A loss of half precision may be rounded, or it may have been computed in float32.
    half = 4 * batch.eps if batch.eps > 1e-6 else 0.0

    def same(value: float, rounding: float, cap: float = 0.002) -> bool:
        return got.matches(value, relative + rounding, absolute + rounding / 16, cap)

    if same(rows.mean, half, cap=0.01):
        yield Finding(
            "note",
            "right loss",
            f"you got {got.value:.6g}, and the mean loss of this batch is {rows.mean:.6g}",
            f"the loss is computed right, if its inputs are {expects}",
            "nothing",
        )
        return
    for rounding in [0.0, half] if half else [0.0]:
        # The cheap and frequent ones first: those behind them each need a new table.
        for mistakes in (
            _of_the_mean(batch, rows, everything),
            _of_the_rows(batch, rows, everything, expects),
            _of_the_formula(batch, rows, expects),
        ):
            names = [name for name, value in mistakes if same(value, rounding)]
            if names:
                why = "yours is " + ", or ".join(names)
                yield Finding("warning", "wrong loss", seen, why, "look for that in the code")
                return
        for name, value in _of_choice(rows):
            if same(value, rounding):
                why = f"yours is {name}"
                yield Finding("note", "other loss", seen, why, "nothing, if it is meant")
                return
    yield _other_loss(got.value, rows.mean, seen)


def _other_loss(value: float, mean: float, seen: str) -> Finding:
    """Return what can be said of a loss that no known mistake returns."""
    relation = f"a difference of {value - mean:.4g}"
    if math.isfinite(mean) and mean and value:
        factor = value / mean
        large = max(abs(factor), 1 / abs(factor))
        whole = round(large) > 1 and abs(large - round(large)) < 1e-3 * large
        many = f" ({round(large)} devices, steps or classes?)" if whole else ""
        relation += f", or a factor of {factor:.4g}{many}"
    return Finding(
        "note",
        "other loss",
        seen,
        relation + "; no known mistake returns it",
        "weights, smoothing, a regulariser, another batch, a model in another mode?",
    )


def _explain_not_finite(
    value: float, seen: str, batch: _Batch, rows: _Rows, expects: Expects
) -> Findings:
    """Say where NaN or inf came from, if the outputs themselves are finite."""
    limit = PRECISION.get(batch.precision, (0.0, 709.78))[1]
    # The precision of the loss is unknown for numbers that were printed; think of float32 then.
    limit = min(limit, 88.72)
    high, rarest = float(rows.scores.max()), float(rows.log_p.min())
    if expects == "logits" and high > limit:
        why = f"e^z of {high:.4g} overflows in a softmax that does not subtract the maximum"
    elif rarest < -1.17 * limit:
        why = (
            f"the smallest probability, e^({rarest:.4g}), rounds to 0, and its logarithm is "
            f"-inf{'; times a label of 0 that is NaN' if math.isnan(value) else ''}"
        )
    elif math.isinf(value) and rows.each.sum() > 65504:
        why = f"a sum of {rows.each.sum():.4g} overflows in float16"
    else:
        yield Finding(
            "warning",
            "wrong loss",
            seen,
            "it arises behind the outputs: a division by 0 rows or weights, a logarithm",
            "compute each term of the loss alone, and look which is not finite",
        )
        return
    yield Finding("warning", "wrong loss", seen, f"probably {why}", "a loss that takes logits")


def _of_the_mean(batch: _Batch, rows: _Rows, everything: _Batch) -> Mistakes:
    """Yield losses of the right rows that are added up, divided or expressed differently."""
    mean, n, total = rows.mean, len(rows.each), len(everything.outputs)
    shape = everything.shape
    yield "a sum, not a mean", float(rows.each.sum())
    yield (
        f"a mean over all {n} x {batch.num_classes} cells, not over {n} rows",
        mean / batch.num_classes,
    )
    yield "divided by the batch twice", mean / n
    yield "in bits, not in nats", mean / math.log(2)
    yield "in decimal digits (log10), not in nats", mean / math.log(10)
    yield "a perplexity, e^loss", math.exp(min(mean, 700))
    yield "of the wrong sign", -mean
    yield "a sum of the wrong sign", -float(rows.each.sum())
    if not math.isclose(rows.weight.sum(), n) or np.ptp(rows.weight) > 0:
        yield "without the weights", float(rows.plain.mean())
        yield (
            "a weighted sum divided by the number of rows, not by the weights",
            float(rows.each.sum() / n),
        )
    if total > n:
        yield (
            "a mean over the ignored rows, too (the padded length): they count in the divisor",
            float(rows.each.sum() / total),
        )
    if len(shape) > 1:
        yield (
            f"divided by the {shape[0]} texts or pictures, not by what is in them",
            float(rows.each.sum() / shape[0]),
        )
    if len(shape) == 2 and not batch.soft:
        yield "divided by the length of the texts twice", mean / shape[1]
        sums, counts = (
            _filled(everything, values).reshape(shape).sum(axis=1)
            for values in (rows.each, rows.weight)
        )
        yield (
            "a mean of the means of texts of different length",
            float((sums / counts)[counts > 0].mean()),
        )


def _filled(everything: _Batch, values: Array) -> Array:
    """Return values of the usable rows as values of all rows, 0 elsewhere."""
    full = np.zeros(len(everything.outputs))
    full[everything.usable] = values
    return full


def _of_the_rows(batch: _Batch, rows: _Rows, everything: _Batch, expects: Expects) -> Mistakes:
    """Yield losses of other rows or other labels: ignored ones, moved ones, clipped ones."""
    at = np.exp(-rows.plain)
    for eps, who in CLIPS.items():
        where = f" ({who})" if who else ""
        low, high = max(eps, 1e-300), 1 - eps
        yield f"clipped at {eps:.3g}{where}", float(-np.log(np.clip(at, low, high)).mean())
        yield f"with {eps:.3g} added inside the logarithm", float(-np.log(at + eps).mean())
    yield "minus a mean probability (NLLLoss without the logarithm)", -float(at.mean())
    yield "one minus a mean probability", 1 - float(at.mean())
    if batch.soft:
        return
    z, y, i = batch.outputs, batch.labels, np.arange(len(rows.each))
    if expects == "logits":
        yield "minus a mean logit (NLLLoss of logits, without a softmax)", -float(z[i, y].mean())
    for step in (-1, 1):
        moved = (y + step) % batch.num_classes
        yield f"the loss of labels moved by {step:+d}", -float(rows.log_p[i, moved].mean())
    yield "the loss of the model's own answers, no labels", -float(rows.log_p.max(axis=1).mean())
    shape = everything.shape
    if expects != "logits" or len(shape) != 2:
        return
    z, y = everything.outputs, everything.labels
    real = (y >= 0) & (y < batch.num_classes)
    every = np.logaddexp.reduce(z, axis=1) - z[np.arange(len(z)), np.where(real, y, 0)]
    every = np.where(real, every, 0).reshape(shape)
    mask = everything.usable.reshape(shape)
    if mask.all():
        if shape[1] > 1:
            tables, later = z.reshape(*shape, -1), y.reshape(shape)[:, 1:]
            kept = np.take_along_axis(tables[:, :-1], later[..., np.newaxis], axis=-1)[..., 0]
            loss = np.logaddexp.reduce(tables[:, :-1], axis=-1) - kept
            yield "the loss of labels one step later", float(loss.mean())
        return
    if real.all():
        yield "a mean in which the ignored rows count like others", float(every.mean())
    if mask[0].any():
        yield "that of the mask of the first text for all texts", float(every[:, mask[0]].mean())
        yield (
            "divided as if all texts were as long as the first",
            float(rows.each.sum() / (mask[0].sum() * shape[0])),
        )


def _of_the_formula(batch: _Batch, rows: _Rows, expects: Expects) -> Mistakes:
    """Yield other formulas of the same rows; each of them needs a new table."""
    p = np.exp(rows.log_p)
    n, k = p.shape
    if batch.soft:
        q = np.stack([1 - batch.labels, batch.labels], axis=1) if batch.binary else batch.labels
    else:
        q = None

    def at_label(table: Array) -> Array:
        """Return the entries at the labels, or their mean under soft ones."""
        if q is not None:
            return np.where(q > 0, q * table, 0).sum(axis=1)
        return table[np.arange(n), batch.labels]

    def of_logits(table: Array) -> float:
        return float((np.log(np.exp(table).sum(axis=1)) - at_label(table)).mean())

    squares = (p**2).sum(axis=1) - 2 * at_label(p) + (1.0 if q is None else (q**2).sum(axis=1))
    if batch.binary:
        zero_and_p = np.stack([0 * p[:, 1], p[:, 1]], axis=1)
        yield "the loss of a sigmoid applied twice", of_logits(zero_and_p)
        yield "a mean squared error of the probabilities", float(squares.mean() / 2)
        return
    yield "the loss of a softmax applied twice", of_logits(p)
    yield "a squared error of the probabilities (Brier score)", float(squares.mean())
    yield "a mean squared error of the probabilities", float(squares.mean() / k)
    no = np.log1p(-np.minimum(p, 1 - 1e-16))
    yes_or_no = no.sum(axis=1) - at_label(no) + at_label(rows.log_p)
    yield "a yes-or-no loss of each of the cells after the softmax", float(-yes_or_no.mean() / k)
    yield "a sum of yes-or-no losses over the classes after the softmax", float(-yes_or_no.mean())
    if expects != "logits":
        return
    z = batch.outputs
    small = np.exp(-np.abs(z))
    each_question = (np.maximum(z, 0) + np.log1p(small)).sum(axis=1) - at_label(z)
    yield "a yes-or-no loss (sigmoid) of each of the cells", float(each_question.mean() / k)
    sigmoid = np.where(z > 0, 1, small) / (1 + small)
    yield "the loss of a sigmoid before the softmax", of_logits(sigmoid)
    if z.min() >= 0 and z.max() <= 1:
        yield (
            "the loss of these outputs as probabilities: right, if they are (expects='probs')",
            float(-at_label(np.log(z)).mean()),
        )
    # e^z = p e^(log Σ e^z), so no new table is needed for the sums over the rows.
    log_sums = z.max(axis=1) - rows.log_p.max(axis=1)
    columns = np.log(np.exp(log_sums - log_sums.max()) @ p) + log_sums.max()
    of_columns = columns[batch.labels] if q is None else q @ columns
    yield (
        "the loss of a softmax over the rows of the batch",
        float((of_columns - at_label(z)).mean()),
    )
    if batch.original.size == z.size and batch.axis != batch.original.ndim - 1:
        reshaped = batch.original.reshape(-1, k).astype(np.float64)
        yield (
            f"that of outputs.reshape(-1, {k}), which tears the rows of {batch.original.shape} "
            f"apart; move the axis first",
            of_logits(reshaped - reshaped.max(axis=1, keepdims=True)),
        )


def _of_choice(rows: _Rows) -> Mistakes:
    """Yield losses that are no mistakes, if they are meant."""
    uniform = -float(rows.log_p.mean())
    plain = float(rows.plain.mean())
    for smoothing in (0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3):
        yield (
            f"that of label_smoothing={smoothing:g}",
            (1 - smoothing) * plain + smoothing * uniform,
        )
    for gamma in (1, 2, 3, 5):
        focal = (1 - np.exp(-rows.plain)) ** gamma * rows.plain
        yield f"a focal loss with gamma={gamma}", float(focal.mean())


def _percent(share: float) -> str:
    """Return a share as a percentage."""
    return f"{100 * share:.3g} %"
