"""Remark what in a notebook looks as if it got round the checks instead of solving the exercises.

The checks run in the same process as the answers, so code can always find a way round them. What
it would need is rare in honest answers: other modules than NumPy and a few of Python's, private
names, changes to modules, commands of the notebook. A remark is no proof: look at the cell.
"""

import ast
import re

import numpy as np
from IPython.core import magics
from IPython.core.alias import default_aliases
from IPython.core.inputtransformer2 import TransformerManager

from exercises.generate import is_marked

MODULES = set(
    """
    numpy math cmath itertools functools collections fractions decimal statistics random time
    typing string warnings dataclasses matplotlib re copy
""".split()
)
# Any other future, as barry_as_FLUFL, may change how Python reads the cells that follow.
FUTURE = {"annotations", "division", "print_function"}
NAMES = set(
    """
    eval exec compile globals locals vars getattr setattr delattr open breakpoint get_ipython
    attrgetter methodcaller In Out exit quit
""".split()
)
ATTRIBUTES = set(
    """
    sys os gc inspect builtins ctypes ctypeslib f2py importlib types modules mock ast atexit
    base64 contextlib copyreg datetime enum gzip hashlib io json locale logging operator pathlib
    plistlib pprint shlex shutil socket struct subprocess tempfile textwrap threading traceback
    urllib uuid weakref dispatch_table attrgetter methodcaller run_threaded fromfile memmap
    loadtxt genfromtxt DataSource get_type_hints ForwardRef Formatter make_dataclass
    singledispatch singledispatchmethod update_wrapper wraps pickle load open_memmap as_strided
    runstring rundocs measure decorate_methods distutils
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
# in a text, as "{0.__globals__}"
SPECIAL = re.compile(rf"\b__(?!main__|name__)\w+__\b|\.{FRAMES.pattern}\b")
STATISTICS = {"mean", "std", "var", "size", "min", "max"}  # which an object often has
# What notebooks know beside Python: commands that cannot help, and those that time what follows.
HARMLESS = set("matplotlib pip conda config precision pinfo pinfo2".split())
TIMING = set("time timeit capture".split())
PLAIN_TEXT = re.compile(r"[\w .,:/+=<>~'\"-]*")  # nothing that a command would evaluate
SETTING = re.compile(r"[\w.]* *(= *('[\w-]*'|\"[\w-]*\"|True|False|\d+) *)?")  # %config runs it
OPTIONS = re.compile(r" *(-([nrp] *\d+|[tcqo]+) +)*")  # of %timeit
GROUPS = [kind for kind in vars(magics).values() if getattr(kind, "magics", None)]
COMMANDS = {name for group in GROUPS for name in group.magics["line"]}
COMMANDS |= {name for name, _ in default_aliases()}


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
    """Return the syntax tree of a cell, as IPython runs it, or None if it cannot run."""
    flags = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    code = TransformerManager().transform_cell(source)
    texts = [code]
    if len(code.splitlines()) == 1 and re.split(r"\W", code)[0] in COMMANDS:
        texts.append(TransformerManager().transform_cell(f"%{code}"))  # IPython adds the sign
    for text in texts:
        try:
            tree = compile(text, "cell", "exec", flags)
        except (SyntaxError, ValueError):
            continue
        return Commands().visit(tree)
    return None


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


def odd_parts(source, free, later):
    """Yield what is odd in a cell."""
    tree = parsed(source) or ast.Module([], [])
    checks = [
        part.value.func
        for part in tree.body
        if isinstance(part, ast.Expr)
        and isinstance(part.value, ast.Call)
        and not part.value.keywords
        and all(isinstance(argument, ast.Constant) for argument in part.value.args)
    ]
    classes = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    methods = {id(part) for node in classes for part in node.body}
    for node in ast.walk(tree):
        for name in bound(node):
            if name == CHECK or (name.startswith("__") and name not in PLAIN):
                yield f"its own {name}"
            elif name == "self":
                yield "its own self"
        if isinstance(node, ast.Name):
            private = node.id.startswith("__") and node.id not in PLAIN
            stored = not isinstance(node.ctx, ast.Load)
            if private:
                yield node.id
            elif node.id in (NAMES | later) and not stored:
                yield node.id
            elif node.id == CHECK and not stored and node not in checks:
                yield f"{CHECK} in its code"
        elif isinstance(node, ast.AnnAssign) and FRAMES.fullmatch(ast.unparse(node.target)):
            yield ast.unparse(node.target)  # a field, which a pattern could read from a frame
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            yield from odd_imports(node, free)
        elif isinstance(node, ast.MatchClass):
            for name in node.kwd_attrs:
                if name.startswith("_") or name in ATTRIBUTES or FRAMES.fullmatch(name):
                    yield name
        elif isinstance(node, ast.Attribute):
            own = isinstance(node.value, ast.Name) and node.value.id == "self"
            private = node.attr.startswith("__" if own else "_") and node.attr not in PLAIN
            private = private and not SUMS.fullmatch(node.attr)
            if private or node.attr in ATTRIBUTES or FRAMES.fullmatch(node.attr):
                yield ast.unparse(node)
            elif not isinstance(node.ctx, ast.Load) and not is_own(node):
                yield f"{ast.unparse(node)} = …"
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from (found[0] for found in SPECIAL.finditer(node.value))
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            names = [argument.arg for argument in (*node.args.posonlyargs, *node.args.args)]
            if "self" in names and id(node) not in methods:
                yield "self outside a class"
        elif isinstance(node, ast.Call) and re.match(r"type\b", ast.unparse(node.func)):
            if len(node.args) > 2 or any(isinstance(part, ast.Starred) for part in node.args):
                yield "type(…) with three arguments"


def bound(node):
    """Yield the names that a node binds."""
    if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        yield node.id
    elif isinstance(node, ast.alias):
        yield node.asname or ""
    elif isinstance(node, ast.MatchMapping):
        yield node.rest or ""
    elif hasattr(node, "name"):  # functions, classes, patterns, errors
        yield node.name or ""


def odd_imports(node, free):
    """Yield what is odd in an import."""
    for alias in node.names:
        module = getattr(node, "module", alias.name) or ""
        name = "" if isinstance(node, ast.Import) else alias.name
        if module.startswith("xent_lib") and name in free | {CHECK, "score"}:
            odd = False
        elif module == "__future__":
            odd = name not in FUTURE
        else:
            parts = [*module.split("."), name]
            odd = parts[0] not in MODULES or name == "*"
            odd = odd or any(part.startswith("_") or part in ATTRIBUTES for part in parts)
        if odd or (name == CHECK and alias.asname):
            yield ".".join(filter(None, (module, name)))


def is_own(node):
    """Return whether an attribute that is set belongs to an object of the student, or an array."""
    own = isinstance(node.value, ast.Name) and node.value.id == "self"
    # A method can be called with a module for self; the checks need its functions.
    return node.attr in ARRAY or (own and (node.attr in STATISTICS or not hasattr(np, node.attr)))
