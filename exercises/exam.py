"""Check the answers of an exam in the grading process: `make grade EXAM=yes SUBMISSIONS=folder`.

Usually a check runs in the student's kernel, together with the right answers and the hidden cases,
so that code there can look at them or change the check. In an exam, the kernel cannot read them
(see `kernels/confined/start.py`). The check runs in the grading process, and whenever it calls the
student's function, the kernel is asked for the result. What the two processes exchange is JSON:
numbers, texts, lists, arrays and errors. Anything else that an answer returns is sent as its text.
"""

import ast
import base64
import builtins
import contextlib
import importlib
import inspect
import io
import json
import re
import sys
import time
from decimal import Decimal
from numbers import Number
from pathlib import Path

import nbformat
import numpy as np
from jupyter_client.utils import run_sync
from nbformat.v4 import new_output
from nbgrader.preprocessors import Execute

from exercises.generate import is_check
from xent_lib.feedback import check_exercise

HERE = Path(__file__).parent
CHECK = re.compile(r'check_exercise\(\s*"(\d\d)\.(\d)"')  # its chapter and number
IMPORTS = """
import base64, builtins, json
from decimal import Decimal
from numbers import Number
import numpy as np
"""


class Refused(BaseException):
    """Ends a check, which would take any `Exception` for one that the answer raises."""


# --- both processes -----------------------------------------------------------------------------


def encode(value, functions=None):
    """Return what JSON can hold; functions are put into a list, and numbered."""
    if value is None or type(value) in (bool, int, float, str):
        return value
    if isinstance(value, Exception):
        known = next(kind for kind in type(value).__mro__ if kind.__module__ == "builtins")
        return {"error": known.__name__, "text": str(value)}
    if functions is not None and callable(value):
        functions.append(value)
        return {"function": len(functions) - 1}
    if isinstance(value, (list, tuple)):
        kind = "list" if isinstance(value, list) else "tuple"
        return {kind: [encode(part, functions) for part in value]}
    array = np.asarray(value)
    if array.dtype.kind != "O":
        data = base64.b64encode(array.tobytes()).decode()
        return {"array": data, "dtype": array.dtype.str, "shape": array.shape}
    if isinstance(value, np.ndarray):  # of objects
        return encode(value.tolist())
    return float(value) if isinstance(value, (Number, Decimal)) else str(value)


def decode(said, function=None):
    """Return the value that was encoded; `function` makes a function from its number."""
    if not isinstance(said, dict):
        return said
    if "error" in said:
        kind = getattr(builtins, said["error"], None)
        known = isinstance(kind, type) and issubclass(kind, Exception)
        return (kind if known else Exception)(said["text"])
    if "function" in said and function:
        return function(said["function"])
    if "array" in said:
        dtype = np.dtype(said["dtype"])
        if dtype.kind not in "biufcSU":
            raise TypeError(f"an array of {dtype}")
        data = base64.b64decode(said["array"])
        return np.ndarray(said["shape"], dtype, data).copy()[()]
    kind = list if "list" in said else tuple
    return kind(decode(part, function) for part in said[kind.__name__])


# --- the student's kernel -----------------------------------------------------------------------


def answer(notebook, name, arguments):
    """Call the student's function and send the result, as what `input` asks for.

    The functions among the arguments stay in the grading process: calling one asks for its result.
    """
    from xent_lib.feedback import _result

    def ask(**request):
        return json.loads(input(json.dumps(request)))

    def function(number):
        def ask_for_result(*arguments):
            result = decode(ask(function=number, arguments=encode(arguments)))
            if isinstance(result, Exception):
                raise result
            return result

        return ask_for_result

    if name not in notebook or arguments is None:
        return ask(known=name in notebook)
    arguments = decode(json.loads(arguments), function)
    used = set()
    result = encode(_result(notebook[name], arguments, used))
    return ask(result=result, used=sorted(used), arguments=encode(arguments))


CODE = IMPORTS + "\n".join(map(inspect.getsource, (encode, decode, answer)))
# Binds no name in the notebook.
CALL = "(lambda names: exec({}, names) or names['answer'](globals(), {!r}, {!r}))({{}})"


# --- the grading process ------------------------------------------------------------------------


class ExecuteExam(Execute):
    """Runs a notebook as nbgrader does, except for its checks."""

    def preprocess(self, notebook, resources, *args, **kwargs):
        name = resources["nbgrader"]["assignment"]
        source = nbformat.read(HERE / "source" / name / f"{name}.ipynb", as_version=4)
        # Never the text of the submission: this one runs here.
        self.checks = {
            cell.metadata.nbgrader.grade_id: cell.source
            for cell in source.cells
            if is_check(cell) and CHECK.search(cell.source)
        }
        return super().preprocess(notebook, resources, *args, **kwargs)

    def preprocess_cell(self, cell, resources, index):
        source = self.checks.get(cell.metadata.get("nbgrader", {}).get("grade_id"))
        if source is None:
            return super().preprocess_cell(cell, resources, index)
        cell.outputs, self.deadline = [], time.monotonic() + 2 * self.timeout
        try:
            cell.outputs = self.outputs_of(source)
        except TimeoutError:
            run_sync(self._async_check_alive)()
            run_sync(self.km.interrupt_kernel)()
            cell.outputs = [new_output("error", **self.error_on_timeout)]
        return cell, resources

    def outputs_of(self, source):
        """Run the last call of a check, the one with the hidden cases; return its outputs."""
        chapter, number = CHECK.search(source).groups()
        module = importlib.import_module(f"xent_lib.feedback.chapter_{chapter}")
        task = getattr(module, f"exercise_{number}")()
        names = {"check_exercise": check_exercise}
        if self.ask(task.function).get("known"):
            names[task.function] = lambda *arguments: self.result(task, arguments)
        call = ast.Expression(ast.parse(source).body[-1].value)
        printed, outputs = io.StringIO(), []
        try:
            with contextlib.redirect_stdout(printed):
                points = eval(compile(call, "check", "eval"), names)
            if points is not None:
                outputs = [new_output("execute_result", data={"text/plain": repr(points)})]
        except Refused as refused:
            if isinstance(refused.__cause__, TimeoutError):
                raise refused.__cause__ from None
            text = f"✗ {number} {task.title}: {refused}"
            outputs = [new_output("error", ename="Refused", evalue=text, traceback=[text])]
        except Exception as error:
            kind, text = type(error).__name__, str(error)
            outputs = [new_output("error", ename=kind, evalue=text, traceback=[text])]
        text = printed.getvalue()
        return [new_output("stream", text=text)] * bool(text) + outputs

    def result(self, task, arguments):
        """Return what the student's function returns, or raise what it raises."""
        functions = []
        watch = sys.getprofile()
        sys.setprofile(None)  # the check watches the calls of an answer in its own process
        try:
            said = self.ask(task.function, json.dumps(encode(arguments, functions)), functions)
        except TimeoutError as error:  # the other cases would take as long
            raise Refused from error
        finally:
            sys.setprofile(watch)
        borrowed = sorted(set(said["used"]) - {f"xent_lib.{name}" for name in task.may_use})
        if borrowed:
            raise Refused(f"{task.function} calls {borrowed[0]}. Write it yourself.")
        for argument, after in zip(arguments, decode(said["arguments"]), strict=True):
            if isinstance(argument, np.ndarray):
                argument[...] = after  # the check sees whether the answer changes it
        result = decode(said["result"])
        if isinstance(result, Exception):
            raise result
        return result

    def ask(self, name, arguments=None, functions=()):
        """Have the kernel call `answer`; return what it says last."""
        said = {}

        def hear(message):
            said.clear()
            with contextlib.suppress(Exception):  # it is what a student's own `input` says
                said.update(json.loads(message["content"]["prompt"]))
            result = None
            if "function" in said:
                try:
                    result = functions[said["function"]](*decode(said["arguments"]))
                except Exception as error:
                    result = error
            self.kc.input(json.dumps(encode(result)))

        run_sync(self.kc.execute_interactive)(
            CALL.format(repr(CODE), name, arguments),
            silent=True,
            allow_stdin=True,
            stdin_hook=hear,
            output_hook=lambda message: None,
            timeout=max(0, self.deadline - time.monotonic()),
        )
        return said
