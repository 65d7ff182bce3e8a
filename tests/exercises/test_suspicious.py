"""The remarks on answers that get round the checks: every known way is remarked, nothing honest."""

import subprocess
import sys

import nbformat
import pytest

from exercises.suspicious import ATTRIBUTES, MODULES, suspicious
from tests.exercises.assignments import NAMES, read, student
from tests.exercises.test_exercises import RIGHT, WRONG

NAME = "03_cross_entropy"
CHEATS = {
    "library": "from xent_lib import entropy as entropy_of",
    "library as a whole": "import xent_lib as x\ndef entropy_of(p): return x.entropy(p)",
    "module of the library": "from xent_lib.information import entropy",
    "everything": "from numpy import *",
    "internals": "from xent_lib import feedback\nfeedback.check = lambda *a, **k: None",
    "reference": "from xent_lib.feedback.chapter_03 import exercise_2",
    "own check": "def check_exercise(*_, **__): pass",
    "own check, assigned": "check_exercise = print",
    "own check, imported": "from numpy import all as check_exercise",
    "own check, imported as a module": "import math as check_exercise",
    "code of the check": "check_exercise.__code__ = (lambda *a, **k: None).__code__",
    "globals of the check": "print(check_exercise.__globals__)",
    "attribute of the check": "check_exercise.points = 17",
    "transformer": "get_ipython().input_transformers_cleanup.append(lambda lines: [])",
    "syntax transformer": "ip = get_ipython()\nip.ast_transformers.append(3)",
    "run_code": "from IPython import get_ipython as g\ng().run_code = None",
    "frame": "import sys\ndef entropy_of(p): return sys._getframe(1).f_locals['expected'](p)",
    "frame of a generator": "g = (i for i in [1])\nprint(g.gi_frame.f_back)",
    "frame of an error": "try: 1 / 0\nexcept Exception as e: print(e.__traceback__.tb_frame)",
    "frame of a coroutine": "async def f(): pass\nprint(f().cr_frame)",
    "modules": "import numpy as np\nnp.sys.modules['xent_lib.feedback'] = None",
    "from a module": "from warnings import sys as s",
    "fake module": "import types, sys\nsys.modules['xent_lib'] = types.ModuleType('x')",
    "builtins": "import builtins\nbuiltins.all = lambda values: True",
    "own allclose": "import numpy as np\nnp.allclose = lambda *a, **k: True",
    "own allclose, by an alias": "m = np\nm.allclose = lambda *a, **k: True",
    "own allclose, in a loop": "for np.allclose in [print]: pass",
    "setattr": "setattr(np, 'allclose', lambda *a, **k: True)",
    "dictionary of a module": "vars(np)['allclose'] = lambda *a, **k: True",
    "garbage collector": "import gc\nprint(gc.get_objects())",
    "subclasses": "print(object.__subclasses__())",
    "trace": "import sys\nsys.settrace(print)",
    "equal to all": "class Any:\n    def __eq__(self, other): return True",
    "equal to all, by type": "Any = type('Any', (), {'__eq__': lambda self, other: True})",
    "array of its own": "class A:\n    def __array_function__(self, *a, **k): return True",
    "mock": "from unittest.mock import ANY",
    "getter": "from operator import attrgetter",
    "pattern": "match print:\n    case object(__self__=x): pass",
    "history": "print(In)",
    "evaluation": "eval('1')",
    "import by name": "__import__('gc')",
    "type hints": "import typing\ntyping.get_type_hints(print)",
    "formatter": "import string\nstring.Formatter().get_field('0.__class__', [1], {})",
    "file": "open('/proc/self/maps')",
    "file by NumPy": "np.fromfile('/proc/self/maps')",
    "exit": "exit()",
    "after an indent": "    import gc\n    gc.collect()",
    "with await": "import gc\nawait f()",
    "in a timed cell": "%%time\nimport gc",
    "in a timed line": "%timeit -n 1 __import__('gc')",
    "magic": "%run other.py",
    "shell": "x = !ls",
    "self that is none": "self = check_exercise\nself.__code__ = print",
    "self that is a module": "for self in [np]: self.allclose = print",
    "self of a function": "def f(self): self.allclose = print\nf(np)",
    "method of a module": "class A:\n    def f(self): self.allclose = print\nA.f(np)",
    "memory": "class A:\n    def __init__(self): self.__array_interface__ = {}",
    "memory, by strides": "np.lib.stride_tricks.as_strided(np.zeros(1), (9,), (8,))",
    "copied attributes": "import functools\nfunctools.update_wrapper(np, f, ['allclose'], [])",
    "copied attributes, decorator": "from functools import wraps",
    "methods of a module": "np.testing.decorate_methods(np, lambda f: print)",
    "evaluated annotation": "import functools\n@functools.singledispatch\ndef f(x): pass",
    "code as text": "from numpy.testing import runstring\nrunstring('import gc', {})",
    "code as text, timed": "np.testing.measure('import gc')",
    "pickle": "np.load('x.npy', allow_pickle=True)",
    "private module": "from numpy._core.numeric import umath",
    "pattern without underscore": "match np:\n    case object(sys=x): pass",
    "frame by a protocol": "class P(Protocol):\n    f_back: object",
    "own import": "match print:\n    case __import__: pass",
    "own import, renamed": "from statistics import mean as __import__",
    "own check, matched": "match print:\n    case check_exercise: pass",
    "own check, matched in a list": "match [print]:\n    case [*check_exercise]: pass",
    "functions handed over by the check": "check_exercise('03.3', hidden=lambda entropy: [])",
    "the same by a dictionary": "check_exercise('03.3', **{'hidden': lambda feedback: []})",
    "check renamed": "from xent_lib.feedback import check_exercise as c",
    "check in a variable": "c = check_exercise",
    "check as an oracle": "for n in range(9):\n    check_exercise('03.1')",
    "format": "'{0.__globals__}'.format(print)",
    "class of a class": "type(int)('Any', (), {})",
    "evaluated by %config": "%config A.b = [c for c in ().items()]; 1",
    "evaluated by %precision": "%precision {3 + 4}",
    "evaluated by %%capture": "%%capture {3 + 4}\n1",
    "evaluated by a command without its sign": "config A.b = exec('1')",
    "command without its sign": "run other.py",
    "remainder that looks like a command": "config = 3\nx = (10\n%config\n)\nimport gc",
    "scipy": "from scipy.special import softmax",
    "setting of another name by %config": "%config IPCompleter.greedy = box.all = 1",
    "the same without its sign": "config IPCompleter.greedy = box.all = yes",
    "setting to a name": "%config IPCompleter.greedy = yes",
    "command after a prompt": ">>> run other.py",
    "argument of a command": "get_ipython().run_line_magic('precision', '3', eval('1'))",
    "argument of a command, by name": "get_ipython().run_line_magic('time', '', x=eval('1'))",
    "command without arguments": "import gc\nif 0: get_ipython().run_line_magic()",
    "timed, like an option": "%time -exec('1')",
    "timed, after an odd number": "%timeit -n 1_0 exec('1')",
    "timed, after a sign": "%timeit -n+1 exec('1')",
    "other syntax": "from __future__ import barry_as_FLUFL",
    "module out of another one": "from dataclasses import copy\ncopy.dispatch_table[int] = print",
    "how copies are made": "import copy as c\nc.dispatch_table[int] = print",
    "how copies are made, imported": "from copy import dispatch_table",
    "module out of another one, by attribute": "import fractions as f\nf.operator.setitem",
    "thread": "np.testing.run_threaded(print, 1)",
    "frame in a text": "'{0.gi_frame.f_back.f_locals}'.format(i for i in [1])",
    "class from parts": "parts = ('Any', (), {})\ntype(*parts)",
}
HONEST = {
    "typing": "from __future__ import annotations\nfrom collections.abc import Sequence",
    "helpers": "import math, itertools\nfrom functools import partial, reduce",
    "array": "x = np.zeros(4)\nx.shape = (2, 2)\nx.flags.writeable = False\nx[0] += 1",
    "class": "class L:\n    def __init__(self): self.n = 1\n    def __call__(self): return self.n",
    "plot": "%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1])",
    "scaler": "class S:\n    def fit(self, x): self.mean, self.std = x.mean(), x.std()",
    "private attribute": "class L:\n    def set(self): self._n = 1",
    "name like that of a frame": "co_occurrence = 3",
    "capture": "%%capture out\nx = 1",
    "timed cell": "%%time\nx = sum(range(9))",
    "timed, to a variable": "t = %timeit -o -n 1 -r 1 sum(range(9))",
    "settings": "%config InlineBackend.figure_format = 'retina'",
    "settings, no sign": "matplotlib inline",
    "package": "%pip install matplotlib>=3",
    "kind": "x = type(3)(4.0)\nassert type(x) is int",
    "main": "if __name__ == '__main__':\n    print('done')",
    "time": "%timeit -n 10 sum(range(9))",
    "help": "np.where?",
    "check": "check_exercise('03.2')",
    "mistake in the syntax": "def entropy_of(p) return 0",
    "unknown name": "entropi(3)",
    "loop": "for _ in range(3): pass",
    "error": "try:\n    1 / 0\nexcept ZeroDivisionError as error:\n    print(error)",
    "letters": "import re\nletters = re.sub('[^a-z]', '', text.lower())\nre.compile('a').sub",
    "copies": "import copy\nfrom copy import deepcopy\ny = copy.copy(deepcopy(x)).copy()",
    "kind of the argument": "z = type(z)([1, 2], dict)",
    "futures of the past": "from __future__ import division, print_function",
    "timed, with options": "%timeit -qo -n1 -r 2 sum(range(9))",
    "timed cell, with options": "%%timeit -n 1 x = 3\nsum(range(x))",
    "mode of the output": '%config InteractiveShell.ast_node_interactivity = "all"',
    "prompts": ">>> x = 1\n>>> x + 1",
    "decorator": "@np.vectorize\ndef double(x): return 2 * x",
}


def remarks(source, name=NAME):
    notebook = student(name)
    notebook.cells.append(nbformat.v4.new_code_cell(source))
    return suspicious(notebook, student(name))


@pytest.mark.parametrize("cheat", CHEATS)
def test_cheat_is_remarked(cheat):
    assert remarks(CHEATS[cheat])


@pytest.mark.parametrize("honest", HONEST)
def test_honest_code_is_not_remarked(honest):
    assert remarks(HONEST[honest]) == []


HONESTLY_WRONG = [answer for answer in WRONG if not answer[3].startswith("calls ")]


@pytest.mark.parametrize(
    ("name", "cell", "code"),
    [(name, cell, code) for name, cell, *_, code in (*RIGHT, *HONESTLY_WRONG)],
    ids=[f"{name}-{cell}-{words}" for name, cell, _, words, _ in (*RIGHT, *HONESTLY_WRONG)],
)
def test_right_and_honestly_wrong_answers_are_not_remarked(name, cell, code):
    notebook = student(name)
    next(answered for answered in notebook.cells if answered.id == cell).source = code
    assert suspicious(notebook, student(name)) == []


def test_what_a_later_cell_imports_is_remarked():
    notebook = student("09_in_practice")
    cells = {cell.id: cell for cell in notebook.cells}
    cells["undo"].source = "probs = softmax([1, 2])"  # a data cell imports it three exercises later
    assert "uses softmax" in str(suspicious(notebook, student("09_in_practice")))


WITHIN = """
import importlib, sys, types
free = sys.argv[1:]
for name in [*free, "numpy.testing", "collections.abc", "matplotlib.pyplot"]:
    importlib.import_module(name)
for module in list(sys.modules.values()):
    if module.__name__.split(".")[0] in free and "._" not in module.__name__:
        for name, value in vars(module).items():
            if isinstance(value, types.ModuleType) and not name.startswith("_"):
                if value.__name__.split(".")[0] in sys.stdlib_module_names - set(free):
                    print(name)
"""


def test_modules_within_the_free_ones_are_known():
    """A new version of Python or NumPy may bring others."""
    command = [sys.executable, "-c", WITHIN, *MODULES]
    within = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    harmless = {"abc", "numbers", "keyword", "signal"}  # names that a student may use as well
    assert {"sys", "operator"} <= set(within) <= ATTRIBUTES | harmless


def test_cell_too_deep_to_read_is_remarked():
    assert "cannot be read" in str(remarks("x" + "._a" * 600))


@pytest.mark.parametrize("name", NAMES)
def test_solutions_and_blank_notebooks_are_not_remarked(name):
    assert suspicious(student(name), student(name)) == []
    assert suspicious(read(name), student(name)) == []
