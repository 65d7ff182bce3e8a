"""Shared type aliases."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy.typing as npt

Array: TypeAlias = npt.NDArray[Any]

# An array, or a NumPy scalar if no axis is left. It is Any, as in NumPy's own functions: with a
# union, every caller would have to narrow the type first.
ArrayOrScalar: TypeAlias = Any
