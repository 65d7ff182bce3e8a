"""Remark what in a notebook looks as if it got round the checks instead of solving the exercises.

The checks run in the same process as the answers, so code can look for a way round them. What it
would need is rare in honest answers. The lists below say which modules, built-in functions, special
methods and commands of the notebook are allowed; all others are remarked. A remark is no proof:
look at the cell.

From a module there is a way to everything. So its name may only stand before a dot, as in `np.exp`,
and what follows must be on the list; before any other dot, there is never a module. The attributes
that lead from other values to modules, frames or memory begin with an underscore or are `RISKY`.
"""

import ast
import builtins
import collections
import contextlib
import functools
import importlib
import re
import types

from IPython.core.inputtransformer2 import TransformerManager
from numpy import random

from exercises.generate import is_marked

ENTIRE = """
    math cmath itertools fractions decimal statistics random bisect heapq operator numbers re
    collections collections.abc numpy numpy.linalg numpy.random numpy.fft numpy.typing
    numpy.exceptions numpy.polynomial numpy.strings
""".split()
EXCEPT = set(  # what uses files or memory, or takes a text for the name of an attribute or variable
    """
    load loadtxt genfromtxt fromfile fromregex save savez savez_compressed savetxt memmap
    frombuffer recarray chararray matrix asmatrix bmat info test f2py attrgetter methodcaller
""".split()
)
PARTLY = {
    "functools": "partial reduce lru_cache cache cmp_to_key",
    "time": "time time_ns perf_counter perf_counter_ns process_time monotonic sleep",
    "copy": "copy deepcopy",
    "dataclasses": "dataclass replace asdict astuple",
    "pprint": "pprint pformat",
    "IPython.display": "display",  # not Markdown, which reads files
    "string": "ascii_letters ascii_lowercase ascii_uppercase digits punctuation whitespace",
    "warnings": "warn simplefilter filterwarnings catch_warnings",
    "typing": "Any Callable ClassVar Dict Final Generator Iterable Iterator List Literal "
    "NamedTuple Optional Sequence Set Tuple TypeAlias TypeVar Union",
    "__future__": "annotations division print_function",  # others change how Python reads cells
    "numpy.testing": "assert_allclose assert_equal assert_almost_equal assert_array_equal",
    "numpy.lib": "",
    "numpy.lib.stride_tricks": "sliding_window_view",
    "matplotlib": "rcParams",
    "matplotlib.pyplot": "rcParams figure subplots subplot show title suptitle xlabel ylabel xlim "
    "ylim xticks yticks xscale yscale axis close clf gca gcf legend grid colorbar tight_layout "
    "plot scatter bar barh hist imshow matshow contour contourf pcolormesh fill_between errorbar "
    "step stem pie boxplot semilogx semilogy loglog axhline axvline hlines vlines text annotate",
    "matplotlib.pyplot.style": "use",
    "matplotlib.pyplot.cm": "viridis plasma coolwarm tab10 Blues Reds",
}
BUILTINS = set(
    """
    abs all any ascii bin bool bytes callable chr classmethod complex dict dir display divmod
    enumerate filter float format frozenset hash hex id input int isinstance issubclass iter len
    list map max min next object oct ord pow print property range repr reversed round set slice
    sorted staticmethod str sum super tuple type zip Ellipsis NotImplemented hasattr __name__
""".split()
)
EXCEPTIONS = {
    name
    for name, value in vars(builtins).items()
    if isinstance(value, type) and issubclass(value, BaseException)
}
NOT_ALLOWED = set(dir(builtins)) - BUILTINS - EXCEPTIONS
HISTORY = re.compile(  # names that IPython binds
    r"In|Out|get_ipython|_(_(?!name__|doc__)\w*|i*|i?\d+|[iod]h)"
)
SPECIAL = re.compile(  # what a class may define; by `==` or `+`, it could say what is compared
    "__(init|post_init|call|[gs]etitem|len|iter|next|enter|exit|repr|str|bool|[lg][te]|slots)__"
)
# What may only be used: also instead of + and *, and of named tuples.
KNOWN = re.compile(r"__([ir]?(add|sub|mul|truediv|matmul|pow)|name|doc)__|_(replace|asdict)")
FRAMES = (types.FrameType, types.TracebackType, types.CodeType, types.GeneratorType)
FRAMES += (types.CoroutineType, types.AsyncGeneratorType, type(random.Generator.normal))
RISKY = {name for kind in FRAMES for name in dir(kind) if re.match("([a-z]{1,2}|func)_", name)}
RISKY |= set(
    """
    format format_map obj register mro ctypes cffi tofile dump dumps savefig cast resize _module
    _evaluate
""".split()
)
# Beside `type`, what makes arrays in any memory or holds a module: see `is_handed_on`.
MAKERS = {"numpy.ndarray", "numpy.typing.NDArray", "warnings.catch_warnings"}
CHECK = "check_exercise"  # what the check cells call
# What notebooks know beside Python: commands that cannot help, and those that time what follows.
HARMLESS = set("matplotlib pip conda config precision pinfo pinfo2".split())
TIMING = set("time timeit capture".split())
PLAIN_TEXT = re.compile(r"[\w .,:/+=<>~'\"-]*")  # nothing that a command would evaluate
SETTING = re.compile(  # %config runs it, and may set how IPython reads cells and shows points
    r"(InlineBackend\.\w+|InteractiveShell\.ast_node_interactivity)"
    r" *= *('(?!none')[\w-]*'|\"(?!none\")[\w-]*\"|True|False|\d+) *"
)
OPTIONS = re.compile(r" *(-([nrp] *\d+|[tcqo]+) +)*")  # of %timeit


def offered(module):
    """Return the public names of a module that are not modules themselves."""
    module = importlib.import_module(module)
    names = {name for name in getattr(module, "__all__", dir(module)) if name[0] != "_"}
    return {x for x in names - EXCEPT if not isinstance(getattr(module, x), types.ModuleType)}


MODULES = {name: offered(name) for name in ENTIRE}
MODULES |= {name: set(names.split()) for name, names in PARTLY.items()}


def suspicious(notebook, original):
    """Return remarks on the student's cells, each with the number of the cell.

    `original` is the notebook that was handed out: what its cells before an answer import is free
    to use, what its later cells import may be what the student has to write.
    """
    ids = [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in original.cells]
    imports = [imported(cell) if is_marked(cell, "locked") else set() for cell in original.cells]
    given = {cell.source.strip() for cell in original.cells}  # copies of these are harmless
    names = Names(original.cells + notebook.cells)
    remarks, place = [], 0
    for number, cell in enumerate(notebook.cells, start=1):
        known = cell.metadata.get("nbgrader", {}).get("grade_id")
        place = ids.index(known) if known in ids and known else place  # a new cell follows another
        own = cell.source.strip() not in given and not is_marked(cell, "locked")
        if cell.cell_type == "code" and own:
            free = set().union(*imports[:place])
            later = set().union(*imports[place:]) - free
            try:
                found = sorted({part[:60] for part in odd_parts(cell, names, free, later)})[:9]
            except Exception:  # nothing that a student writes may stop the grading
                found = ["code that cannot be read"]
            remarks += [f"cell {number} uses {', '.join(found)}"] if found else []
    return remarks


def imported(cell):
    """Return the names that a cell gets from the library, also under another name."""
    found = [pair for node in nodes_of(cell) for pair in imports(node)]
    return {name for name, path in found if path.startswith("xent_lib")}


def nodes_of(cell):
    """Return all parts of the code of a cell."""
    return (
        [*ast.walk(parsed(cell.source) or ast.Module([], []))] if cell.cell_type == "code" else []
    )


@functools.cache
def parsed(source):
    """Return the syntax tree of a cell, as IPython runs it, or None if it cannot run."""
    flags = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    try:
        source = TransformerManager().transform_cell(source)
        tree = compile(source, "cell", "exec", flags)
    except (SyntaxError, ValueError):
        called = re.match(r"\s*(exit|quit)\b", source)  # some kernels read `exit x` as `exit(x)`
        return ast.parse(called[1]) if called else None
    return Commands().visit(tree)


class Commands(ast.NodeTransformer):
    """Replaces harmless commands of the notebook by None, and timings by the code they time."""

    def visit_Call(self, node):
        self.generic_visit(node)
        parts = [part.value for part in node.args if isinstance(part, ast.Constant)]
        command = re.fullmatch(r"get_ipython\(\).run_(line|cell)_magic", ast.unparse(node.func))
        if not command or node.keywords or not 2 <= len(parts) == len(node.args):
            return node
        name, line, *body = parts
        plain = (SETTING if name == "config" else PLAIN_TEXT).fullmatch(line)
        if name in HARMLESS and plain and not body:
            return ast.Constant(None)
        if name in TIMING and (name != "capture" or plain):
            texts = ["" if name == "capture" else line, *body]
            texts[0] = OPTIONS.sub("", texts[0], 1) if name == "timeit" else texts[0]
            trees = [parsed(text) for text in texts]
            return ast.Module(trees, []) if all(trees) else node
        return node


class Names:
    """What the names in a notebook stand for, in any of its cells."""

    def __init__(self, cells):
        self.imports = collections.defaultdict(set)  # as {"np": {"numpy"}}
        self.bound, self.classes, self.texts = (collections.Counter() for _ in range(3))
        for cell in cells:
            with contextlib.suppress(Exception):  # remarked as a cell that cannot be read
                for node in nodes_of(cell):
                    self.add(node)

    def add(self, node):
        """Note what a part of the code binds."""
        self.bound.update(filter(None, bound(node)))
        for name, path in imports(node):
            self.imports[name].add(path)
        if isinstance(node, ast.ClassDef):
            self.classes[node.name] += 1
        elif isinstance(node, ast.Assign) and is_text(node.value):
            self.texts.update(name for target in node.targets for name in bound(target))

    def paths(self, node):
        """Return what an expression may be of a module, as {"numpy.exp"} for `np.exp`."""
        if isinstance(node, ast.Attribute):
            return {f"{path}.{node.attr}" for path in self.paths(node.value)}
        return self.imports.get(node.id, set()) if isinstance(node, ast.Name) else set()

    def is_free(self, node):
        """Return whether an expression is a name that is only built in or imported."""
        return isinstance(node, ast.Name) and not self.bound[node.id]


def bound(node):
    """Yield the names that a node binds, except imports that are not renamed."""
    if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        yield node.id
    elif isinstance(node, ast.alias):
        yield node.asname or ""
    elif isinstance(node, ast.arg):
        yield node.arg
    elif isinstance(node, ast.MatchMapping):
        yield node.rest or ""
    elif hasattr(node, "name"):  # functions, classes, patterns, errors
        yield node.name or ""


def imports(node):
    """Yield (name, path) of all that a node imports, as ("np", "numpy")."""
    for alias in node.names if isinstance(node, (ast.Import, ast.ImportFrom)) else ():
        path = f"{node.module}.{alias.name}" if isinstance(node, ast.ImportFrom) else alias.name
        first = path.split(".")[-1 if isinstance(node, ast.ImportFrom) else 0]
        yield alias.asname or first, path if alias.asname or first == alias.name else first


def is_text(node):
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def is_risky(attribute):
    return attribute.startswith("_") or attribute in RISKY


def odd_parts(cell, names, free, later):
    """Yield what is odd in a cell."""
    nodes = nodes_of(cell)
    parents = {part: node for node in nodes for part in ast.iter_child_nodes(node)}
    checks = called_checks(nodes)
    for node in nodes:
        for name in bound(node):
            if name == CHECK or (re.fullmatch("_.*[^_].*_", name) and not SPECIAL.fullmatch(name)):
                yield f"its own {name}"
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            yield from odd_imports(node, free)
        elif isinstance(node, ast.ClassDef):
            yield from odd_bases(node, names)
        elif isinstance(node, ast.MatchClass):
            yield from filter(is_risky, node.kwd_attrs)
        elif is_text(node) and "{" in node.value:  # "{0.attribute}" gets attributes
            yield from filter(is_risky, re.findall(r"\.(\w+)", node.value))
        elif isinstance(node, ast.Attribute) and is_odd_attribute(node, parents[node], names):
            yield ast.unparse(node)
        elif is_handed_on(node, parents, names):
            yield f"{ast.unparse(node)} as a value"
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            if node.id == CHECK and node not in checks:
                yield f"{CHECK} in its code"
            elif node.id in later or node.id in NOT_ALLOWED or HISTORY.fullmatch(node.id):
                yield node.id


def called_checks(nodes):
    """Return what is called in lines of their own, with nothing but numbers and texts."""
    bodies = [node.body for node in nodes if isinstance(node, ast.Module)]  # also of timed code
    calls = [part.value for body in bodies for part in body if isinstance(part, ast.Expr)]
    return {
        call.func
        for call in calls
        if isinstance(call, ast.Call)
        and not call.keywords
        and all(isinstance(argument, ast.Constant) for argument in call.args)
    }


def is_odd_attribute(node, parent, names):
    """Return whether an attribute may not be got, or set, from what stands before the dot."""
    stored, paths = not isinstance(node.ctx, ast.Load), names.paths(node.value)
    if not paths.isdisjoint(MODULES):
        return stored or not all(map(is_offered, names.paths(node)))
    if node.attr in ("format", "format_map"):
        text = getattr(node.value, "id", None)  # not one that the code puts together
        return not is_text(node.value) and not 0 < names.bound[text] == names.texts[text]
    if getattr(node.value, "id", "") in ("self", "cls") and not node.attr.endswith("_"):
        return node.attr in RISKY
    if stored:
        return bool(paths) or is_risky(node.attr)
    usual = SPECIAL.fullmatch(node.attr) or KNOWN.fullmatch(node.attr)
    named = node.attr == "__class__" and getattr(parent, "attr", "") == "__name__"
    return is_risky(node.attr) and not usual and not named


def is_handed_on(node, parents, names):
    """Return whether a variable or function gets a module, or a class as `np.ndarray` or type(x).

    These may be called with two arguments and compared. With three, `type` makes classes of any
    kind, and type(x) may be `type`.
    """
    parent, paths = parents.get(node), names.paths(node)
    if not paths.isdisjoint(MODULES):
        return not isinstance(parent, ast.Attribute)
    if not paths.isdisjoint({"numpy.r_", "numpy.c_"}):  # np.r_[text] is a variable by its name
        return not isinstance(getattr(parent, "slice", None), (ast.Tuple, ast.Slice))
    maker = node.func if isinstance(node, ast.Call) else node
    is_type = getattr(maker, "id", "") == "type" and isinstance(maker.ctx, ast.Load)
    if not is_type and paths.isdisjoint(MAKERS):
        return False
    union = ast.BitOr  # a class may define what + or < gets, but not | or ==
    while isinstance(getattr(parent, "op", parent), (ast.Tuple, ast.List, ast.Subscript, union)):
        if isinstance(parent, ast.Subscript) and not names.is_free(parent.value):
            return True
        node, parent = parent, parents.get(parent)
    if isinstance(parent, ast.Call) and node is parent.func:
        plain = not parent.keywords and not any(isinstance(p, ast.Starred) for p in parent.args)
        within = isinstance(parents.get(parent), ast.withitem) and not is_type
        return not within and not (plain and len(parent.args) < 3)  # with catch_warnings(…)
    if isinstance(parent, ast.Call):
        looks = getattr(parent.func, "id", "") in ("isinstance", "issubclass", "print")
        return not looks or not names.is_free(parent.func)
    if isinstance(parent, ast.Expr):
        return parents.get(parents[parent]) is not None  # what %time returns
    hints = getattr(parent, "annotation", None), getattr(parent, "returns", None)
    compared = isinstance(parent, (ast.Compare, ast.FormattedValue, ast.MatchClass))
    compared &= {ast.Lt, ast.LtE, ast.Gt, ast.GtE}.isdisjoint(map(type, getattr(parent, "ops", ())))
    return not compared and node not in hints and getattr(parent, "attr", "") != "__name__"


def is_offered(path):
    """Return whether a module, or something in a module, is allowed."""
    module, _, name = path.rpartition(".")
    return path in MODULES or name in MODULES.get(module, ()) or name == "__version__"


def odd_imports(node, free):
    """Yield what is odd in an import."""
    for alias in node.names:
        module, name = getattr(node, "module", ""), alias.name
        path = f"{module}.{name}" if module else name
        if path.startswith("xent_lib."):
            usual = name in free | {CHECK, "score"} and not (name == CHECK and alias.asname)
        else:
            usual = is_offered(path)
        if not usual or getattr(node, "level", 0):  # `from . import x` goes by `__name__`
            yield path


def odd_bases(node, names):
    """Yield what is odd in a class: other bases than plain ones, metaclasses, modules in it."""
    for base in node.bases:
        name = getattr(base, "id", "")
        usual = name in (names.classes.keys() | EXCEPTIONS | {"object"}) - names.imports.keys()
        usual |= names.imports.get(name) == {"typing.NamedTuple"}
        if not usual or names.bound[name] != names.classes[name]:
            yield ast.unparse(base)
    yield from (ast.unparse(keyword) for keyword in node.keywords)
    if any(isinstance(part, (ast.Import, ast.ImportFrom)) for part in ast.walk(node)):
        yield "import in a class"
