"""The remarks on answers that get round the checks: every known way is remarked, nothing honest."""

import builtins
import collections
import contextlib
import functools
import importlib
import inspect
import re
import types
import warnings

import nbformat
import numpy as np
import pytest

from exercises.suspicious import BUILTINS, MAKERS, MODULES, RISKY, parsed, suspicious
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
    "attribute by a text": "from functools import cached_property",
    "name that becomes code": "from dataclasses import field",
    "called by IPython": "exit exec('1')",
    "called by IPython, behind a prompt": "In [1]: quit exec('1')",
    "relative import": "from . import warnings as w\nw.sys",
    "relative import out of a module": "from .warnings import sys",
    "where a relative import looks": "__name__ = 'xent_lib.feedback.x'",
    "bases of a class": "np.vectorize.mro()[1]",
    "memory, by an array of a Python class": "M = np.matrix\nM.strides = property(f)",
    "memory, by a masked array": "np.ma.array([1]).strides",
    "variable by a text, in brackets": "np.r_['_'][0, 0]",
    "the same by a name": "np.c_[t]",
    "the same by an imported name": "from numpy import r_\nr_[t]",
    "the same by another function": "import operator\noperator.getitem(np.r_, '_')",
    "text that is evaluated": "class A:\n    def f(self): self._evaluate(None, None)\nA.f(hint)",
    "class that an order gets": "class A:\n    def __lt__(self, x): return x\nT = A() < type",
    "class that a sum gets": "isinstance(1, A() + np.ndarray)",
    "class that a sum changes": "x = A()\nx += type",
    "own sum": "class A:\n    def __rmul__(self, x): return 0",
    "own class of its class": "x.__class__ = A",
    "name of a class, changed": "x.__class__.__name__ = 'A'",
    "class, by its attribute": "x.__class__('A', (), {})",
    "text that is read from a file": "from IPython.display import Markdown",
    "methods of a module": "np.testing.decorate_methods(np, lambda f: print)",
    "evaluated annotation": "import functools\n@functools.singledispatch\ndef f(x): pass",
    "code as text": "from numpy.testing import runstring\nrunstring('import gc', {})",
    "code as text, timed": "np.testing.measure('import gc')",
    "pickle": "np.load('x.npy', allow_pickle=True)",
    "pickle, in a file of its own": "np.lib.format.read_array(f, allow_pickle=True)",
    "pickle, in an archive": "np.lib.npyio.NpzFile(f, allow_pickle=True)['x']",
    "code as text, by a module of NumPy": "from numpy.ma.timer_comparison import timeit",
    "private module": "from numpy._core.numeric import umath",
    "pattern without underscore": "match np:\n    case object(sys=x): pass",
    "attributes by a protocol": "from typing import runtime_checkable",
    "attributes by a base class": "class A(Sized):\n    sys: object\nA.register(type(np))",
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
    "remainder that looks like a command": "config = 3\nx = (10\n%config\n)\nimport gc",
    "scipy": "from scipy.special import softmax",
    "setting of another name by %config": "%config IPCompleter.greedy = box.all = 1",
    "setting that calls without brackets": "%config InteractiveShell.autocall = 1",
    "setting that hides points": '%config InteractiveShell.ast_node_interactivity = "none"',
    "setting to a name": "%config IPCompleter.greedy = yes",
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
    "globals of a function of Cython": "g = np.random.rand.func_globals['__builtins__']",
    "memory, by objects as numbers": "y = np.frombuffer(np.array([None], object), 'u8')",
    "memory, by an array in it": "np.ndarray((1,), dtype=object, buffer=b)",
    "the same by another name": "A = np.ndarray\nA((1,), object, b)",
    "the same, imported": "from numpy import ndarray as A\nA((1,), object, b)",
    "the same by a type hint": (
        "from numpy.typing import NDArray\nNDArray[np.float64]((1,), object, b)"
    ),
    "the same by the type of an array": "type(np.ones(1))((1,), object, b)",
    "type by another name": "T = type\nT('A', (), {})",
    "type in a context": "with type(int)('A', (), {}): pass",
    "type of a class": "T = type(int)\nT('A', (), {})",
    "type, called by another function": "from functools import partial\npartial(type, 'A')((), {})",
    "type as a decorator": "@type\nclass A: pass\nA('x', (), {})",
    "type, from a timed line": "T = %time type(int)",
    "class out of an annotation": (
        "class A:\n"
        "    def __getitem__(self, c): self.c = c\n"
        "box = A()\n"
        "def f(x: box[np.ndarray]): pass"
    ),
    "class bound in an annotation": "def f(x: (A := np.ndarray)): pass",
    "class out of its own isinstance": (
        "def isinstance(x, c): return c\nA = isinstance(1, np.ndarray)"
    ),
    "memory, cast": "np.array([None], object).data.cast('B')",
    "class of an array, by a masked one": "np.ma.array([1]).baseclass((1,), object, b)",
    "module that a context sets": (
        "import warnings\n"
        "class A:\n"
        "    @property\n"
        "    def _module(self): pass\n"
        "    @_module.setter\n"
        "    def _module(self, m): self.m = m\n"
        "warnings.catch_warnings.__init__(A())"
    ),
    "module that a context has": "import warnings as w\nself = w.catch_warnings()\nself._module",
    "history, by its other name": "print(_ih)",
    "history, one cell": "print(_i3)",
    "builtins of the notebook": "__builtins__.eval('1')",
    "module by another name": "m = np\n",
    "module as an argument": "f(np)",
    "module as a default": "def f(xp=np): pass",
    "module in a class": "class A:\n    import numpy as n\nA.n.sys",
    "name of two imports": "from math import e as m\nimport numpy as m\nm.sys",
    "module within a module": "import numpy.f2py",
    "function of a module, replaced": "np.random.default_rng = f",
    "format by a pattern": "match '{' + x:\n    case str(format=f): f(g)",
    "format that the code puts together": "t = '{0.gi' + '_frame}'\nt.format(g)",
    "format of str": "str.format(t, g)",
    "format that grows": "t = '{a'\nt += '.b}'\nt.format_map(g)",
    "how it is shown": "class A:\n    def _repr_pretty_(self, p, cycle): p.x()",
    "how a function is shown": "f._repr_html_ = print",
    "array of a class of its own": "class A(np.ndarray): pass",
    "the same by another name again": "B = np.ndarray\nclass B2: pass\nclass A(B): pass",
    "metaclass": "class A(metaclass=type): pass",
    "base by the name of its own class": "class E(Exception): pass\nE = dict\nclass A(E): pass",
    "own descriptor": "class A:\n    def __set_name__(self, o, n): pass",
    "own membership": "class A:\n    def __contains__(self, n): pass",
    "variable by a text": "np.bmat('In')",
    "module by a text": "np.info('os', toplevel='sys')",
    "help": "help(print)",
    "object of an error": "try: x.y\nexcept AttributeError as e: e.obj",
    "context of its own": "from contextlib import contextmanager",
    "private attribute of another object as self": "class A:\n    def f(self): return self._module",
    "method of an imported class": "from collections import Counter\nCounter.update = print",
    "memory that was given back": "x.resize(1, refcheck=False)",
    "file by a figure": "fig.savefig('a')",
    "memory of a random generator": "np.random.default_rng().bit_generator.ctypes",
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
    "timed check": "%%time\ncheck_exercise('03.2')",
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
    "display": "from IPython.display import display\ndisplay(x)",
    "kind and shape": "type(p), p.shape",
    "attribute": "hasattr(p, 'ndim') and p.__class__.__name__ == 'ndarray'",
    "its own class": "class A:\n    def __repr__(self): return self.__class__.__name__",
    "printed": "from pprint import pprint\npprint({'a': 1})",
    "constants": "from typing import Final, TypeAlias\nN: Final = 3\nRow: TypeAlias = list[float]",
    "order": "class Node:\n    def __lt__(self, other): return self.p < other.p",
    "truth": "class Heap:\n    def __bool__(self): return self.size > 0",
    "exit": "exit_code = 3\nquit_early = exit_code == 3",
    "mistake in the syntax of a name": "exited 3",
}

# Honest answers in many styles, each below its name.
STYLES = r"""
# %% dataclass
from dataclasses import dataclass
@dataclass(frozen=True)
class Code:
    letter: str
    bits: np.ndarray
    p: float = 0.5
    def length(self) -> float:
        return self.p * len(self.bits)
print(Code('a', '01').length(), Code('b', '1').bits)

# %% named tuple
from collections import namedtuple
Row = namedtuple('Row', 'letter p')
row = Row('a', 0.5)
print(row.letter, row.p)

# %% NamedTuple
from typing import NamedTuple
class Row(NamedTuple):
    p: float
    q: float = 1.0
Row(1).q

# %% subclass
class Loss:
    def __init__(self, eps=1e-12):
        self.eps = eps
class Log(Loss):
    def __init__(self):
        super().__init__(1e-9)
        self._cache = {}
    def __call__(self, p):
        self._cache[p] = -np.log(p + self.eps)
        return self._cache[p]
model = Log()
model.eps = 0
model.eps *= 2

# %% own error
class NotADistribution(ValueError):
    pass
try:
    raise NotADistribution('sum is not 1') from None
except (NotADistribution, ZeroDivisionError) as error:
    print(error, error.args, type(error).__name__)
finally:
    pass

# %% recursion, cached
from functools import lru_cache
@lru_cache(maxsize=None)
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)
fib.cache_clear()

# %% einsum
G = np.einsum('ij,kj->ik', A, B)
np.einsum('ii', A, optimize=True)

# %% reduce
from functools import reduce
import operator
total = reduce(operator.mul, [1, 2, 3], 1)
best = max([(1, 2)], key=operator.itemgetter(1))

# %% lambda
entropy_of = lambda p: -sum(q * np.log2(q) for q in p if q > 0)

# %% generator
def gen(p):
    for q in p:
        yield -q * np.log2(q)
def both(p):
    yield from gen(p)
total = sum(both([0.5, 0.5]))

# %% f-strings
p = 0.25
print(f'{p = :.3f} {np.log2(p)!r:>10} {type(p).__name__} {type(p)} {{}}')

# %% texts
line = '{:<10} {:>8.3f}'
print(line.format('a', 3.0), '{0[0]} {x:d}'.format([1], x=3), '%s %5.2f' % ('a', 2.0))

# %% sorting
items = sorted({'a': 1}.items(), key=lambda pair: (-pair[1], pair[0]))
sorted('abc', key={'a': 1}.get)
sorted(d, key=d.__getitem__)

# %% vectorize
@np.vectorize
def f(q):
    return -q * np.log2(q) if q else 0.0
g = np.frompyfunc(lambda q: q, 1, 1)
np.apply_along_axis(f, 0, [1.0])

# %% errstate
with np.errstate(divide='ignore', invalid='ignore'):
    x = np.where(p > 0, p * np.log2(p), 0)
old = np.seterr(all='ignore')
np.seterr(**old)

# %% warnings
import warnings
with warnings.catch_warnings():
    warnings.simplefilter('ignore', RuntimeWarning)
    np.log(0)

# %% walrus
if (total := sum([1, 2])) != 1:
    p = [q / total for q in [1, 2]]

# %% exact
from decimal import Decimal, getcontext, localcontext
from fractions import Fraction
getcontext().prec = 50
with localcontext() as context:
    context.prec = 60
    x = Decimal(2).ln() / Decimal(10).ln()
Fraction(3, 4).limit_denominator(10).numerator

# %% plot
import matplotlib.pyplot as plt
plt.style.use('ggplot')
plt.rcParams['figure.figsize'] = (8, 4)
fig, (left, right) = plt.subplots(1, 2, figsize=(8, 3), sharey=True)
left.plot(p, -np.log2(p), 'o-', label='surprise')
left.set_xlabel('p')
left.set(title='a', ylim=(0, 1))
left.spines['top'].set_visible(False)
left.legend()
right.bar(range(3), [1, 2, 3], color=plt.cm.viridis([0.1]))
right.annotate('$\\hat{y}$', (0, 0))
fig.tight_layout()
plt.show()

# %% plot 2
%matplotlib inline
%config InlineBackend.figure_format = 'svg'
from matplotlib import pyplot as plt
ax = plt.gca()
ax.imshow(np.eye(3))
plt.title(f'{3}')
plt.colorbar()

# %% debug
print('p:', p, p.shape, p.dtype, type(p), sep='\n', end='\n\n')
print(*zip([1], [2]), sep=', ')
print(np.__version__, entropy_of.__name__, entropy_of.__doc__)
print(dir(p), id(p), repr(p))
assert isinstance(p, (list, np.ndarray)), f'{type(p)} is no list'
display(p)

# %% types
def f(
    x: np.ndarray, y: 'np.ndarray' = None, *, z: list[np.ndarray] | None = None
) -> tuple[np.ndarray, float]:
    if type(x) is list or type(x) in (tuple, set) or type(x) == np.ndarray:
        x = np.asarray(x)
    return type(x)(x), isinstance(x, np.ndarray | list)

# %% typed
from typing import Optional, Union, Callable
from numpy.typing import NDArray, ArrayLike
def f(x: NDArray[np.float64], g: Optional[Callable[[np.ndarray], float]] = None) -> ArrayLike:
    return x

# %% timed
%timeit -n 10 entropy_of([0.5, 0.5])
%time entropy_of([0.5])

# %% timing
import time
start = time.perf_counter()
print(f'{time.perf_counter() - start:.3f} s')

# %% timer
class Timer:
    def __enter__(self):
        self.start = time.time()
        return self
    def __exit__(self, *error):
        self.took = time.time() - self.start
with Timer() as timer: pass
print(timer.took)

# %% random
import random
random.seed(0)
random.choices('abc', weights=[1, 2, 3], k=10)
rng = np.random.default_rng(0)
rng.normal(size=3); rng.integers(0, 3); np.random.seed(1); np.random.rand(3)

# %% counter
from collections import Counter, defaultdict, deque
c = Counter('hello')
c.most_common(2); c.total(); c['a'] += 1; c.update('abc')
d = defaultdict(lambda: defaultdict(int))
d['a']['b'] += 1
q = deque(maxlen=3); q.append(1); q.popleft()

# %% huffman
import heapq
from itertools import count
ticket = count()
heap = [(p, next(ticket), x) for x, p in {'a': 1}.items()]
heapq.heapify(heap)
while len(heap) > 1:
    a, b = heapq.heappop(heap), heapq.heappop(heap)
    heapq.heappush(heap, (a[0] + b[0], next(ticket), (a, b)))

# %% itertools
import itertools as it
from itertools import accumulate, product, groupby, chain
list(it.combinations('abc', 2)); list(chain.from_iterable([[1], [2]]))

# %% match
match [1, 2]:
    case [x, *rest] if x > 0: y = x
    case {'a': 1, **others}: y = 0
    case int() | float(): y = 1
    case np.ndarray(): y = 2
    case _: pass

# %% global
calls = 0
def f():
    global calls
    calls += 1
    memo = 0
    def g():
        nonlocal memo
        memo += 1
    return g
f.calls = 0
f.calls += 1

# %% property
class Coin:
    __slots__ = ('_p',)
    def __init__(self, p): self.p = p
    @property
    def p(self): return self._p
    @p.setter
    def p(self, value): self._p = float(value)
    @classmethod
    def fair(cls): return cls(0.5)
    @staticmethod
    def flip(n): return n
    def __len__(self): return 2
    def __iter__(self): yield from (self.p, 1 - self.p)
Coin.fair().p

# %% linear algebra
from numpy.linalg import norm, inv
import numpy.linalg as la
w, V = np.linalg.eigh(np.eye(2)); la.svd(np.eye(3)).S
norm(w) + inv(V).T @ V

# %% in place
x = np.zeros((2, 3)); x.flat[0] = 1; x.T[0] = 2; x.shape = 6
x.sort()
x.fill(0)
np.add.at(x, [0, 0], 1)
x[...] = np.newaxis is None
np.r_[1, 2]
np.r_[:3]
np.c_[x, x]

# %% oldstyle
import string, re, math
x = [c for c in 'Hello' if c in string.ascii_lowercase]
m = re.match(r'(\w+)', 'ab')
if m: print(m.group(1), m.start())
math.isclose(1, 1.0)

# %% tests
np.testing.assert_allclose([1], [1])
from numpy.testing import assert_allclose
def test_entropy(): assert np.isclose(1, 1.0)
test_entropy()

# %% bits
x = np.float32(1).view(np.int32)
np.finfo(np.float64).eps
np.iinfo(np.int64).max
(1.5).hex()
(3).bit_length()
np.nextafter(1, 2)

# %% windows
np.lib.stride_tricks.sliding_window_view(np.arange(5), 2)

# %% private helper
def _xlogx(x): return x * np.log2(x)
_EPS = 1e-12
print(_xlogx(0.5))

# %% gd
class Model:
    def __init__(self, n):
        self.W, self.b = np.zeros((n, n)), np.zeros(n)
        self.history = []
    def forward(self, X):
        self.logits = X @ self.W + self.b
        return self.logits
    def step(self, lr):
        for name, value in {'W': 1}.items(): pass
        self.W -= lr
        self.history.append({'loss': 1.0})
    def evaluate(self, X, y): return (self.forward(X).argmax(axis=1) == y).mean()
m = Model(2); m.W[0] = 1; m.history[-1]['loss']

# %% main guard
def main():
    input_ = 3
if __name__ == '__main__': main()

# %% input
def f(input, target, max=3): return input.mean() - target * max

# %% try
try:
    from math import log2
except ImportError:
    log2 = lambda x: np.log(x) / np.log(2)
else:
    pass

# %% softmax by map
def softmax(z):
    e = list(map(math.exp, z))
    return [*map(lambda x: x / sum(e), e)]

# %% numbers
from numbers import Number
isinstance(3, Number)

# %% polynomial
from numpy.polynomial import Polynomial as P
p = P([1, 2]); p.deriv()(0)
"""


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


@pytest.mark.parametrize("code", STYLES.split("\n# %% ")[1:], ids=lambda code: code.split("\n")[0])
def test_honest_code_in_many_styles_is_not_remarked(code):
    code = code.partition("\n")[2]
    assert parsed(code), "is not Python"
    assert remarks(code) == []


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


MADE = {  # values that answers can make
    "generator": (number for number in [1]),
    "function": lambda: 0,
    "array": np.ones(1),
    "flags": np.ones(1).flags,
    "vectorized": np.vectorize(abs),
    "random": np.random.default_rng(),
    "polynomial": np.polynomial.Polynomial([1]),
    "partial": functools.partial(abs),
    "cached": functools.cache(abs),
    "warnings": warnings.catch_warnings(),
    "error": ValueError(1),
    "match": re.match("", ""),
}
NEVER = types.ModuleType, types.FrameType, types.CodeType


def dangers(risky):
    """Yield how attributes but those that are risky lead to modules, frames or makers of arrays.

    One value of each class is looked at, and all classes, dictionaries, lists and tuples.
    """
    queue = collections.deque(MADE.items())
    queue += [(name, getattr(builtins, name, 0)) for name in BUILTINS - {"type"}]
    for module, names in MODULES.items():
        if not module.startswith("matplotlib"):  # which is not there when answers are graded
            found = importlib.import_module(module)
            queue += [(f"{module}.{x}", getattr(found, x)) for x in names]
    queue = collections.deque(pair for pair in queue if pair[0] not in MAKERS)
    kept, kinds = {}, set()  # values are kept: another one could get the same number
    while queue:
        path, value = queue.popleft()
        several = isinstance(value, (type, dict, types.MappingProxyType, list, tuple))
        if id(value) in kept or (type(value) in kinds and not several):
            continue
        kept[id(value)] = value
        kinds.add(type(value))
        if isinstance(value, NEVER) or value is type or value is np.ndarray:
            yield path
            continue
        for name in dir(value):
            if not name.startswith("__") and name not in risky:
                with contextlib.suppress(Exception):
                    queue.append((f"{path}.{name}", getattr(value, name)))
        if isinstance(value, (dict, types.MappingProxyType)):
            queue += [(f"{path}[{key!r}]", item) for key, item in value.items()]
        if isinstance(value, (list, tuple)):
            queue += [(f"{path}[{key}]", item) for key, item in enumerate(value[:9])]
        if isinstance(value, type):
            with contextlib.suppress(Exception):
                queue.append((f"{path}()", value()))
            if "mro" not in risky:  # the one method of classes, which `dir` leaves out
                queue.append((f"{path}.mro()", value.mro()))


def test_no_allowed_attribute_leads_to_modules_or_frames():
    """A new version of Python or NumPy may bring others."""
    assert [*dangers(RISKY)] == []


def test_no_allowed_class_makes_arrays_whose_attributes_can_be_replaced():
    modules = [name for name in MODULES if not name.startswith("matplotlib")]
    allowed = {
        f"{m}.{x}": getattr(importlib.import_module(m), x) for m in modules for x in MODULES[m]
    }
    classes = {name for name, value in allowed.items() if isinstance(value, type)}
    assert {name for name in classes if issubclass(allowed[name], np.ndarray)} == {"numpy.ndarray"}
    assert dir(type) and [name for name in vars(type) if name[0] != "_"] == ["mro"]


@pytest.mark.parametrize("name", ["func_globals", "gi_code", "mro", "_module"])
def test_attribute_that_leads_to_modules_or_frames_is_found(name):
    assert name in next(dangers(RISKY - {name}))


RUNS = re.compile(r"\b(open|eval|exec|_getframe|__import__|import_module|attrgetter|pickle)\(")


def test_nothing_allowed_runs_or_reads_what_a_text_says():
    """A new version of Python or NumPy may bring others."""
    found = set()
    for module in MODULES:
        for name in () if module.startswith("matplotlib") else MODULES[module]:
            with contextlib.suppress(TypeError, OSError):  # of no file, as what is written in C
                value = getattr(importlib.import_module(module), name)
                source = inspect.getsource(getattr(value, "_implementation", value))
                found |= {name} if RUNS.search(source) else set()
    assert found == {"namedtuple"}  # which evaluates only names that are none but names


def test_cell_too_deep_to_read_is_remarked():
    assert "cannot be read" in str(remarks("x" + "._a" * 600))


@pytest.mark.parametrize("name", NAMES)
def test_solutions_and_blank_notebooks_are_not_remarked(name):
    assert suspicious(student(name), student(name)) == []
    assert suspicious(read(name), student(name)) == []
