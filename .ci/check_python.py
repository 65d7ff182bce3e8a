"""Stop with one sentence unless this Python is between two versions: check_python.py WHAT LOW HIGH."""

import sys

what, *bounds = sys.argv[1:]
low, high = (tuple(map(int, bound.split("."))) for bound in bounds)
if not low <= sys.version_info[:2] <= high:
    sys.exit(
        f"{what} needs Python {bounds[0]} to {bounds[1]}, and {sys.executable} is "
        f"{sys.version_info[0]}.{sys.version_info[1]}.\n"
        f"Name another one: make PYTHON=python{bounds[1]} ..."
    )
