"""Remark what in a notebook looks as if it got round the checks instead of solving the exercises.

The checks run in the same process as the answers, so code can always find a way round them. What
it would need is rare in honest answers: other modules than NumPy and a few of Python's, private
names, changes to modules. A remark is no proof: look at the cell.
"""

import ast
import re

from IPython.core.inputtransformer2 import TransformerManager

from exercises.generate import is_marked

MODULES = set(
    """
    numpy math cmath itertools functools collections fractions decimal statistics random time
    typing string warnings dataclasses scipy matplotlib __future__
""".split()
)
NAMES = set(
    """
    eval exec compile globals locals vars getattr setattr delattr open breakpoint get_ipython
    attrgetter methodcaller In Out exit quit
""".split()
)
ATTRIBUTES = set(
    """
    sys os gc inspect builtins ctypes ctypeslib f2py importlib types modules mock attrgetter
    methodcaller fromfile memmap loadtxt genfromtxt DataSource get_type_hints ForwardRef Formatter
    make_dataclass
""".split()
)
FRAMES = re.compile(r"(f_(back|globals|locals|builtins|code)|(gi|cr|ag|tb|co)_\w+)")
CHECK = "check_exercise"  # what the check cells call
PLAIN = {
    "__init__",
    "__call__",
    "__getitem__",
    "__repr__",
    "__str__",
    "__name__",
    "__doc__",
    "__len__",
}
SUMS = re.compile(r"__[ir]?(add|sub|mul|truediv|matmul|pow)__")  # called instead of + and *
ARRAY = {"shape", "dtype", "real", "imag", "flat", "writeable"}  # of an array, may be set
# What notebooks know beside Python: commands that cannot help, and those that time what follows.
HARMLESS = re.compile(r"^ *(%(matplotlib|pip|conda|config|precision)\b.*|[\w.]+\?+ *)$", re.M)
TIMING = re.compile(r"^( *)%%?(time|timeit|capture)\b( +-\w+( +\d+)?)*", re.M)


def suspicious(notebook, original):
    """Return remarks on the student's cells, each with the number of the cell.

    `original` is the notebook that was handed out: what its cells before an answer import is free
    to use, what its later cells import may be what the student has to write.
    """
    ids = [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in original.cells]
    imports = [imported(cell) if is_marked(cell, "locked") else set() for cell in original.cells]
    given = {cell.source.strip() for cell in original.cells}  # copies of these are harmless
    remarks, place = [], 0
    for number, cell in enumerate(notebook.cells, start=1):
        known = cell.metadata.get("nbgrader", {}).get("grade_id")
        place = ids.index(known) if known in ids and known else place  # a new cell follows another
        own = cell.source.strip() not in given and not is_marked(cell, "locked")
        if cell.cell_type == "code" and own:
            free = set().union(*imports[:place])
            later = set().union(*imports[place:]) - free
            try:
                found = sorted({part[:60] for part in odd_parts(cell.source, free, later)})[:9]
            except Exception:  # nothing that a student writes may stop the grading
                found = ["code that cannot be read"]
            remarks += [f"cell {number} uses {', '.join(found)}"] if found else []
    return remarks


def imported(cell):
    """Return the names that a cell gets from the library, also under another name."""
    nodes = ast.walk(parsed(cell.source)) if cell.cell_type == "code" else ()
    nodes = [node for node in nodes if isinstance(node, ast.ImportFrom)]
    nodes = [node for node in nodes if (node.module or "").startswith("xent_lib")]
    return {alias.asname or alias.name for node in nodes for alias in node.names}


def parsed(source):
    """Return the syntax tree of a cell, as IPython reads it; one that cannot run is empty."""
    text = TIMING.sub(r"\1", HARMLESS.sub("pass", source))
    flags = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    try:
        return compile(TransformerManager().transform_cell(text), "cell", "exec", flags)
    except (SyntaxError, ValueError, RecursionError):
        return ast.Module([], [])


def odd_parts(source, free, later):
    """Yield what is odd in a cell."""
    for node in ast.walk(parsed(source)):
        if isinstance(node, ast.Name):
            private = node.id.startswith("__") and node.id not in PLAIN
            stored = not isinstance(node.ctx, ast.Load)
            if private or (node.id in (NAMES | later) and not stored):
                yield node.id
            if stored and node.id == CHECK:
                yield f"its own {CHECK}"
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            yield from odd_imports(node, free)
        elif isinstance(node, ast.MatchClass):
            yield from (name for name in node.kwd_attrs if name.startswith("_"))
        elif isinstance(node, ast.Attribute):
            private = node.attr.startswith("_") and node.attr not in PLAIN
            private = private and not SUMS.fullmatch(node.attr)
            private = private and not (isinstance(node.value, ast.Name) and node.value.id == "self")
            if private or node.attr in ATTRIBUTES or FRAMES.fullmatch(node.attr):
                yield ast.unparse(node)
            elif not isinstance(node.ctx, ast.Load) and not is_own(node):
                yield f"{ast.unparse(node)} = …"
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            special = node.name.startswith("__") and node.name not in PLAIN
            if special or node.name == CHECK:
                yield f"its own {node.name}"
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            if node.func.id == "type" and len(node.args) > 1:
                yield "type(…) with three arguments"


def odd_imports(node, free):
    """Yield what is odd in an import."""
    for alias in node.names:
        module = getattr(node, "module", alias.name) or ""
        name = "" if isinstance(node, ast.Import) else alias.name
        if module.startswith("xent_lib") and name in free | {CHECK, "score"}:
            odd = False
        else:
            odd = module.split(".")[0] not in MODULES
            odd = odd or name in ATTRIBUTES or name.startswith("_") or name == "*"
        if odd:
            yield ".".join(filter(None, (module, name)))
        if alias.asname == CHECK:
            yield f"its own {CHECK}"


def is_own(node):
    """Return whether an attribute that is set belongs to an object of the student, or an array."""
    return node.attr in ARRAY or (isinstance(node.value, ast.Name) and node.value.id == "self")
