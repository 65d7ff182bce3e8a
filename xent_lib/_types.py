"""Types that the signatures share."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy.typing as npt

Array: TypeAlias = npt.NDArray[Any]

# An array, or a NumPy scalar where no axis is left. As in NumPy's own functions it is Any: a union
# would make every caller find out first which of the two it is.
ArrayOrScalar: TypeAlias = Any
