"""Stop unless this Python is between two versions: check_python.py WHAT LOWEST HIGHEST."""

import sys

what, *bounds = sys.argv[1:]
low, high = (tuple(map(int, bound.split("."))) for bound in bounds)
if not low <= sys.version_info[:2] <= high:
    sys.exit(
        f"{what} needs Python {bounds[0]} to {bounds[1]}, but {sys.executable} is "
        f"{sys.version_info[0]}.{sys.version_info[1]}.\n"
        f"Choose another interpreter: make PYTHON=python{bounds[1]} ..."
    )
