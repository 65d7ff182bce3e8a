"""`xent_lib.feedback`: which answers pass, which message a wrong one gets, and the score."""

import functools
import re
import subprocess
import sys
import types
import warnings
from collections import UserList
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from fractions import Fraction
from itertools import tee

import numpy as np
import pytest
import sklearn.datasets
from IPython.core.interactiveshell import InteractiveShell

from xent_lib import feedback, log_softmax, softmax
from xent_lib.feedback import (
    EPSILONS,
    Exercise,
    Mistake,
    NotSolved,
    chapter_01,
    chapter_03,
    chapter_05,
    data,
    score,
    training,
)


@pytest.fixture(autouse=True)
def fresh_score(monkeypatch):
    monkeypatch.setattr(feedback, "_scores", {})


def double(x):
    return 2 * np.asarray(x)


def judge(answer, right, cases=((),), mistakes=None, **options):
    """Return the points of an answer to an exercise of one point, and the message."""
    name = getattr(answer, "__name__", "")
    task = Exercise("Title", 1, name, right, cases, mistakes or {}, **options)
    return feedback._judge(answer, task, cases)


def passes(*arguments, **options):
    assert judge(*arguments, **options) == (1, "")


def fails(*arguments, **options):
    """Assert that the answer gets no points, and return the message."""
    points, message = judge(*arguments, **options)
    assert points == 0
    assert message and "\n" not in message
    return message


# --- comparing results ------------------------------------------------------------------------


@pytest.mark.parametrize("task", [chapter_01.exercise_6(), chapter_03.exercise_5()])
def test_text_of_the_wanted_outcome_is_no_answer(task):
    assert feedback._judge(lambda *_: str(task.right), task, task.cases)[0] == 0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1.0, 1.0 + 1e-7),
        (0.0, 1e-13),
        (2, 2.0),
        (True, 1),
        ([1, 2], np.array([1.0, 2.0], dtype=np.float32)),
        ((1, 2), [1, 2]),
        ([1.0, np.nan], [1.0, np.nan]),
        ([np.inf, 1 + 1j], [np.inf, 1 + 1j]),
        (np.uint8(3), 3),
        (Fraction(21, 8), 2.625),
        ([Decimal("0.1"), 3], [0.1, 3.0]),
        ("a", "a"),
        (["a", "b"], np.array(["a", "b"])),
        (None, None),
        ({"a": 1}, {"a": 1}),
        ([[1], [1, 2]], [[1], [1, 2]]),
        ([np.ones((2, 2)), np.ones(2)], (np.ones((2, 2)), [1.0, 1.0])),
        ([], []),
    ],
)
def test_equal_results_pass_in_either_order(one, other):
    passes(one, other)
    passes(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1.0, 1.0 + 1e-5),
        (0.0, 1e-11),
        (1, [1]),
        ([1, 2], [[1, 2]]),
        ([1, 2], [1, 2, 3]),
        (np.nan, 0.0),
        (np.inf, -np.inf),
        ("a", "b"),
        ("1", 1),
        ("a", None),
        (None, 0),
        ({"a": 1}, {"a": 2}),
        ([[1], [1, 2]], [[1], [1, 3]]),
        ([np.ones(2), np.ones(3)], [np.ones(2), np.zeros(3)]),
        ([np.ones((2, 2)), np.ones(2)], [np.ones((2, 2)), np.zeros(2)]),
        ({"a": np.ones(2)}, {"a": np.ones(2)}),  # not comparable
    ],
)
def test_different_results_fail_in_either_order(one, other):
    fails(one, other)
    fails(other, one)


def test_tolerances_are_configurable():
    fails(1.0, 1.01)
    passes(1.0, 1.01, rtol=0.02)
    passes(0.0, 0.01, atol=0.02)
    fails(1.0, 1.0 + 1e-9, rtol=1e-12)


def test_errors_are_compared_by_type():
    def wrong_index(x):
        raise IndexError("mine")

    passes(wrong_index, lambda x: [][x], cases=[0])
    assert "expected the error IndexError" in fails(double, wrong_index, cases=[0])
    message = fails(wrong_index, double, cases=[0])
    assert message == "wrong_index(0) raises IndexError: mine, expected 0."
    assert "KeyError" in fails(lambda x: {}[x], wrong_index, cases=[0])


def test_a_special_case_of_the_expected_error_is_right_but_not_the_other_way_round():
    class TooLarge(IndexError):
        pass

    def special(x):
        raise TooLarge

    def general(x):
        raise IndexError

    passes(special, general, cases=[0])
    assert "expected the error TooLarge" in fails(general, special, cases=[0])


# --- messages ---------------------------------------------------------------------------------


def test_message_shows_the_first_wrong_case():
    def square(x):
        return np.square(x)

    assert fails(square, double, cases=[0, 2, 3, 4]) == "square(3) gives 9, expected 6."
    message = fails(square, double, cases=[np.array([[1.0, 0.5]])])
    assert message == "square([[1. , 0.5]]) gives [[1. , 0.25]], expected [[2., 1.]]."


def test_tuple_case_is_unpacked_into_arguments():
    def add(x, y):
        return x * y

    cases = [(2, 2), (2, [1.5, 3.25])]
    message = fails(add, lambda x, y: np.add(x, y), cases=cases)
    assert message.startswith("add(2, [1.5, 3.25]) gives [1.5, 3.25, 1.5, 3.25], expected [3.5")


def test_expected_value_is_hidden_for_answers_without_arguments():
    def guess():
        return 2.5

    assert fails(guess, 2.625) == "guess() gives 2.5."
    assert fails(2.5, 2.625) == "Your answer is 2.5."


def test_message_asks_for_a_missing_return():
    message = fails(lambda x: None, double, cases=[1])
    assert message.endswith("gives None. Is a return statement missing?")


@pytest.mark.parametrize("case", [1, 2], ids=["first case", "second case"])
def test_unimplemented_answer_is_reported_as_not_done(case):
    def stub(x):
        if x >= case:
            raise NotImplementedError
        return 2 * x

    assert fails(stub, double, cases=[1, 2]) == "not done yet."


def test_long_values_are_shortened_in_messages():
    message = fails(lambda x: x, double, cases=[np.arange(1000) / 7])
    assert len(message) < 200
    message = fails(lambda x: list(range(1000)), double, cases=["a" * 1000])
    assert len(message) < 200


def test_functions_are_shown_by_name_and_floats_with_six_digits():
    assert "(double) gives True, expected False" in fails(
        lambda f: True, lambda f: False, cases=[double]
    )
    assert "expected 0.333333." in fails(lambda x: 0.0, lambda x: np.float32(1 / 3), cases=[1])


# --- known mistakes ---------------------------------------------------------------------------

MISTAKES = {
    "Squared.": lambda x: np.square(x),
    "No change.": lambda x: x,
    "Halved.": lambda x: np.asarray(x) / 2,
    "Zero.": 0,
}


def test_known_mistake_is_named():
    def answer(x):
        return np.asarray(x) / 2

    message = fails(answer, double, [3.0, 5.0], MISTAKES)
    assert message == "Halved. answer(3) gives 1.5, expected 6."
    assert fails(lambda x: 0, double, [3, 5], MISTAKES).startswith("Zero. ")
    assert "." not in fails(lambda x: 77, double, [3, 5], MISTAKES).split("(")[0]


def test_first_wrong_case_decides_between_two_mistakes():
    def answer(x):
        return np.asarray(x) / 2 if x < 4 else np.nan

    assert fails(answer, double, [0.0, 3.0, 5.0], MISTAKES).startswith("Halved. answer(3)")


def test_mistake_that_agrees_in_most_cases_is_named():
    mistakes = {"Only small.": lambda x: x / 2 if x < 4 else 0.0} | MISTAKES
    assert fails(lambda x: x / 2, double, [3.0, 5.0], mistakes).startswith("Halved. ")
    assert fails(lambda x: x / 2, double, [3.0], mistakes).startswith("Only small. ")


@pytest.mark.parametrize("wrong", [True, 7, "a", None], ids=repr)
def test_mistake_with_a_scalar_result_must_agree_in_all_cases(wrong):
    mistakes = {"Always.": lambda x: wrong}
    right = {3: 0, 5: 1, 6: 2}
    assert fails(lambda x: wrong, right.get, [3, 5, 6], mistakes).startswith("Always. ")
    message = fails(lambda x: wrong if x < 6 else "b", right.get, [3, 5, 6], mistakes)
    assert not message.startswith("Always. ")


def test_mistake_with_an_integer_table_may_agree_in_some_cases():
    mistakes = {"Transposed.": np.transpose}
    cases = [np.array([[1, 2], [3, 4]]), np.zeros((2, 3), dtype=int)]
    message = fails(lambda x: x.T if x.any() else 0, lambda x: x, cases, mistakes)
    assert message.startswith("Transposed. ")


def test_mistake_that_raises_matches_only_an_answer_that_raises():
    assert not fails(lambda x: 0.3, double, [3.0], {"Breaks.": lambda x: [][1]}).startswith("Br")
    assert fails(lambda x: [][2], double, [3.0], {"Breaks.": lambda x: [][1]}).startswith("Br")


# --- robustness -------------------------------------------------------------------------------


def test_answer_that_modifies_its_arguments_leaves_the_cases_unchanged():
    def in_place(x):
        x *= 2
        return x

    case = np.array([1.0, 2.0])
    passes(in_place, double, [case, case], {"Left.": lambda x: x})
    assert case.tolist() == [1.0, 2.0]


def test_warnings_are_suppressed(recwarn, capsys):
    import warnings

    def answer(x):
        warnings.warn("mind", stacklevel=1)
        return x + np.log(np.zeros(2))

    fails(answer, double, [np.zeros(2)], {"Infinite.": lambda x: np.divide(1, x)})
    assert not recwarn
    assert capsys.readouterr().err == ""


def test_keyboard_interrupt_stops_the_check():
    def endless(x):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        judge(endless, double, [1])


# --- exercises of the book --------------------------------------------------------------------


@pytest.fixture
def chapter(monkeypatch):
    """A chapter 00 with an exercise 1, whose fields a test may set."""
    module = types.ModuleType("xent_lib.feedback.chapter_00")
    fields = dict(title="Double", points=4, function="doubled", right=double, cases=[3.0, 5.0])
    module.exercise_1 = lambda: Exercise(**fields)
    monkeypatch.setitem(sys.modules, module.__name__, module)
    return fields


def ask(answer, exercise="00.1", **options):
    """Check an exercise in a notebook where `doubled` is this answer."""
    notebook = {"doubled": answer, "check_exercise": feedback.check_exercise, "options": options}
    before = dict(notebook)
    try:
        return eval(f"check_exercise({exercise!r}, **options)", notebook)
    finally:
        notebook.pop("__builtins__")
        assert notebook == before


def refused(answer, **options):
    with pytest.raises(NotSolved) as error:
        ask(answer, **options)
    assert feedback._scores == {"1 Double": (0, 4)}
    return str(error.value).removeprefix("✗ 1 Double: ")


def test_exercise_is_solved_by_the_function_with_its_name(chapter, capsys):
    assert ask(double) is None
    assert capsys.readouterr().out == "✓ 1 Double: 4 of 4 points. So far: 4 of 4.\n"
    assert refused(lambda x: x) == "doubled(3) gives 3, expected 6."


def test_missing_function_is_reported_without_losing_anything(chapter):
    with pytest.raises(NotSolved, match="✗ 1 Double: there is no doubled yet"):
        exec("check_exercise('00.1')", {"check_exercise": feedback.check_exercise})
    assert feedback._scores == {}


def test_hidden_cases_are_judged_with_the_visible_ones_and_silently(chapter, capsys):
    chapter["mistakes"] = {"Always 6.": lambda x: x if x > 6 else 2 * x}

    def large_unchanged(x):
        return 2 * x if x < 6 else x

    ask(large_unchanged)
    capsys.readouterr()
    message = refused(large_unchanged, hidden=lambda np, cases: [np.float64(7), *cases])
    assert message == "Always 6. doubled(7) gives 7, expected 14."
    assert ask(double, hidden=lambda rng, softmax: [rng.normal(), softmax([1.0])]) is None
    assert capsys.readouterr().out == ""


def test_answer_that_calls_the_library_is_refused(chapter):
    chapter["right"], chapter["cases"] = softmax, [np.array([1.0, 2.0])]
    sentence = "doubled calls xent_lib.softmax. Write it yourself."
    rename = softmax
    assert refused(softmax) == sentence
    assert refused(functools.partial(softmax, axis=-1)) == sentence
    assert refused(lambda z: rename(z)) == sentence
    assert refused(lambda z: np.apply_along_axis(rename, -1, z)) == sentence
    assert refused(lambda z: max([z], key=rename) * 0 + [0.26894142, 0.73105858]) == sentence
    chapter["may_use"] = ["softmax"]
    ask(lambda z: rename(z))


def test_answer_that_hides_its_call_of_the_library_is_refused(chapter):
    class Lazy:
        def __init__(self, z):
            self.z = z

        def __array__(self, dtype=None, copy=None):
            return softmax(self.z)

    def unwatched(z):
        sys.setprofile(None)
        return softmax(z)

    def in_a_thread(z):
        with ThreadPoolExecutor(1) as threads:
            return threads.submit(softmax, z).result()

    chapter["right"], chapter["cases"] = softmax, [np.array([1.0, 2.0])]
    assert refused(Lazy) == "doubled calls xent_lib.softmax. Write it yourself."
    assert refused(in_a_thread) == "doubled calls xent_lib.softmax. Write it yourself."
    assert refused(unwatched) == "doubled calls sys.setprofile. Write it yourself."
    same = types.FunctionType(softmax.__code__, softmax.__globals__)
    same.__kwdefaults__ = softmax.__kwdefaults__
    assert refused(same) == "doubled calls xent_lib.softmax. Write it yourself."


@pytest.mark.parametrize("name", ["allclose", "asarray"])
def test_answer_cannot_replace_how_results_are_compared(chapter, monkeypatch, name):
    same = np.array(True)
    monkeypatch.setattr(np, name, lambda *_, **__: same)
    assert "expected" in refused(lambda x: 7 * x)


def test_result_that_calls_the_library_later_is_refused(chapter):
    class Later(UserList):
        def __init__(self, z):
            self.z, self.looks = z, 0

        @property
        def data(self):
            self.looks += 1
            return softmax(self.z).tolist() if self.looks > 3 else [0]

    chapter["right"], chapter["cases"] = softmax, [np.array([1.0, 2.0])]
    assert refused(Later) == "doubled calls xent_lib.softmax. Write it yourself."
    chapter["observed"] = ("", lambda result, z: np.array(result, dtype=float))
    assert refused(Later) == "doubled calls xent_lib.softmax. Write it yourself."


def test_answer_that_calls_the_library_after_it_returned_is_refused(chapter):
    filled = np.zeros(2)

    def later():
        try:
            yield
        finally:
            filled[:] = softmax([1.0, 2.0])

    def with_the_warnings(z):
        generator = later()
        next(generator)
        warnings.simplefilter("ignore", category=generator)  # thrown away with the filters
        return filled

    class Argument:
        def __len__(self):
            filled[:] = softmax([1.0, 2.0])
            return 1

        def __getitem__(self, place):
            raise IndexError

    def with_the_argument(z):
        z[0] = Argument()
        return filled

    chapter["right"], chapter["cases"] = softmax, [[1.0, 2.0]]
    for answer in (with_the_warnings, with_the_argument):
        filled[:] = 0
        assert refused(answer) == "doubled calls xent_lib.softmax. Write it yourself."
        assert filled.sum() == 1


def test_answer_that_has_the_library_call_another_function_is_refused(chapter):
    def through_softmax(z):
        inner, kept = tee(map(log_softmax, [z]))

        class Row:
            __iter__ = functools.partial(iter, inner)

            def __len__(self):
                return 1

            def __getitem__(self, place):
                return 0

        softmax(Row())
        return next(kept)

    chapter["right"], chapter["cases"] = log_softmax, [np.array([1.0, 2.0])]
    chapter["may_use"] = ["softmax"]
    assert refused(through_softmax) == "doubled calls xent_lib.log_softmax. Write it yourself."


def test_error_that_is_returned_is_not_raised(chapter):
    def right(x):
        raise IndexError(x)

    chapter["right"] = right
    message = refused(lambda x: IndexError("no"))
    assert "returns IndexError: no, and does not raise it, expected the error Ind" in message
    chapter["observed"] = ("", lambda result, x: result)
    assert refused(lambda x: IndexError("no")) == message


def test_functions_reach_the_answer_without_name_and_docstring(chapter):
    def same(x, *, scale=1.0):
        """This one keeps x."""
        return scale * x

    def keeps(f):
        return f(2.0) == 2 and f(2.0, scale=2.0) == 4

    chapter["right"], chapter["cases"] = keeps, [same]
    assert ask(keeps) is None
    wrong = "doubled(same) gives False, expected True. same: This one keeps x."
    assert refused(lambda f: "same" in f.__name__ + f.__qualname__ + repr(f)) == wrong
    assert refused(lambda f: bool(f.__doc__)) == wrong
    assert refused(lambda f: f is same) == wrong


def test_answer_may_call_the_functions_that_it_gets(chapter):
    chapter["right"], chapter["cases"] = lambda f: f(1.0), [softmax, lambda x: softmax(x) + 1]
    ask(lambda f: f(1.0))


def test_profiler_of_others_is_restored(chapter):
    before = sys.getprofile()
    ask(double)
    assert sys.getprofile() is before


def test_partly_right_answer_gets_the_points_of_its_only_mistake(chapter, capsys):
    chapter["mistakes"] = {"One too many.": Mistake(lambda x: 2 * x + 1, points=3)}
    assert ask(lambda x: 2 * x + 1) is None
    shown = "◐ 1 Double: 3 of 4 points. One too many. doubled(3) gives 7, expected 6.\n"
    assert capsys.readouterr().out == shown
    assert feedback._scores == {"1 Double": (3, 4)}
    hidden = {"hidden": lambda: [8.0]}
    points = ask(lambda x: 2 * x + 1, **hidden)
    assert points == 3
    shown = points._repr_mimebundle_()["text/plain"]  # by no printer that can be replaced
    assert float(shown) == 3, "nbgrader reads the points from the output"
    assert capsys.readouterr().out == "", "said before"
    assert refused(lambda x: 2 * x + 1 if x < 6 else 0, **hidden).startswith("One too many.")


def test_mistake_may_have_many_variants(chapter):
    chapter["mistakes"] = {"An ε.": Mistake(*(lambda x, e=e: 2 * x + e for e in EPSILONS))}
    chapter["rtol"] = chapter["atol"] = 0
    for epsilon in (1e-3, 1e-12, 1e-13, float(np.finfo(np.float32).eps)):
        assert refused(lambda x, e=epsilon: 2 * x + e).startswith("An ε.")
    assert not refused(lambda x: 2 * x + 0.5).startswith("An ε.")


def test_other_things_than_the_result_can_be_compared(chapter):
    chapter["right"] = lambda x: (2 * x) % 5
    chapter["observed"] = ("the remainder", lambda result, x: result % 5)
    ask(lambda x: 2 * x + 10)
    assert refused(lambda x: 2 * x + 1) == "doubled(3) gives the remainder 2, expected 1."
    assert refused(lambda x: None) == "doubled(3) gives None. Is a return statement missing?"
    assert "raises ZeroDivisionError" in refused(lambda x: 1 / 0)


def test_result_of_which_nothing_can_be_observed_is_wrong(chapter):
    chapter["right"] = lambda x: "six"
    chapter["observed"] = ("the name", lambda result, x: result.item()["name"])
    ask(lambda x: {"name": "six"})
    assert refused(lambda x: "six") == "doubled(3) gives 'six', expected the name 'six'."


class SaysOneTenth(np.ndarray):
    def max(self, *_, **__):
        return 0.1

    min = max


class Changes:
    def __init__(self, picture):
        self.picture, self.looks = picture, 0

    def __len__(self):
        return len(self.picture)

    def __getitem__(self, place):
        self.looks += place == 0
        return (self.picture if self.looks < 4 else -100 * self.picture)[place].item()

    def max(self, *_, **__):
        return 0.1

    min = max


@pytest.mark.parametrize(
    "answer", [lambda x, *_: (-100 * x).view(SaysOneTenth), lambda x, *_: Changes(x)]
)
def test_class_of_a_result_does_not_say_what_is_observed(answer):
    task = chapter_05.exercise_6()
    assert feedback._judge(answer, task, task.cases)[0] == 0


def test_arguments_must_stay_as_they_are_if_the_exercise_says_so(chapter):
    def in_place(x):
        x *= 2
        return x

    chapter["cases"] = [np.ones(2)]
    ask(in_place)
    chapter["unchanged"] = True
    ask(double)
    message = "The result is right, but doubled changes its arguments. Use a copy."
    assert refused(in_place) == message


def test_single_precision_has_wider_tolerances(chapter):
    chapter["cases"] = [np.ones(2)]
    assert "expected" in refused(lambda x: 2.001 * x)
    chapter["cases"] = [np.ones(2, np.float32)]
    ask(lambda x: 2.001 * x)
    assert "expected" in refused(lambda x: 2.01 * x)


def test_functions_among_the_arguments_are_described(chapter):
    def at_zero(f):
        """A function of the check."""

    at_zero.__module__ = "xent_lib.feedback.chapter_00"
    chapter["right"], chapter["cases"] = lambda f: True, [at_zero]
    expected = "doubled(at_zero) gives False, expected True. at_zero: A function of the check."
    assert refused(lambda f: False) == expected


def test_feedback_needs_numpy_alone_and_the_library_does_not_load_it():
    program = """
import sys
import xent_lib
assert "xent_lib.feedback" not in sys.modules
for number in range(1, 11):
    __import__(f"xent_lib.feedback.chapter_{number:02}")
print(*{"IPython", "matplotlib", "scipy", "torch"} & set(sys.modules))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("\n", "")


def test_data_are_those_of_scikit_learn():
    for ours, name in ((data.digits, "digits"), (data.iris, "iris")):
        X, y = getattr(sklearn.datasets, f"load_{name}")(return_X_y=True)
        rows, labels = ours()
        np.testing.assert_array_equal(rows, X[: len(rows)])
        np.testing.assert_array_equal(labels, y[: len(labels)])


@pytest.mark.parametrize("seed", range(100, 110))
def test_each_fault_shows_in_its_loss_curves(seed):
    runs = {fault: training.sick_run(fault, seed) for fault in (None, *training.FAULTS)}
    ends = {fault: run[:, -10:].mean(axis=1) for fault, run in runs.items()}
    starts = {fault: run[0, 0] for fault, run in runs.items()}
    rises = {fault: np.mean(np.diff(run[0]) > 0) for fault, run in runs.items()}
    guess = np.log(10)

    assert max(ends[None]) < 1, "without a fault it learns"
    assert starts["rate too large"] < 3 and runs["rate too large"][0, 20:].min() > 2 * guess
    assert rises["rate too large"] > 0.4
    assert 0.05 < starts["rate too small"] - ends["rate too small"][0] < 0.6
    assert rises["rate too small"] < 0.02
    assert np.isclose(starts["weights all 0"], guess) and np.ptp(runs["weights all 0"][0]) < 0.1
    assert starts["weights too large"] > max(2 * guess, 5 * ends["weights too large"][0])
    assert starts["labels shuffled"] < 3 and rises["labels shuffled"] > 0.3
    assert ends["labels shuffled"][0] < starts["labels shuffled"] - 0.2
    apart = {fault: valid - train for fault, (train, valid) in ends.items()}
    assert apart["labels shuffled"] > 0.3 > max(apart["rate too small"], apart["weights all 0"])


# --- the score --------------------------------------------------------------------------------


def test_score_lists_each_exercise_and_the_total(chapter, capsys):
    second = dict(chapter, title="Twice", points=3.5)
    sys.modules["xent_lib.feedback.chapter_00"].exercise_2 = lambda: Exercise(**second)
    ask(double)
    with pytest.raises(NotSolved):
        ask(lambda x: x, exercise="00.2")
    score()
    assert capsys.readouterr().out == (
        "✓ 1 Double: 4 of 4 points. So far: 4 of 4.\n"
        "1 Double: 4 of 4\n2 Twice: 0 of 3.5\nTotal: 4 of 7.5 points\n"
    )


def test_score_before_any_check_is_zero(capsys):
    score()
    assert capsys.readouterr().out == "Total: 0 of 0 points\n"


# --- in a notebook ----------------------------------------------------------------------------


def test_notebook_shows_only_the_message(chapter, capsys):
    shell = InteractiveShell.instance()
    program = "from xent_lib.feedback import check_exercise\ndoubled = 7\ncheck_exercise('00.1')"
    done = shell.run_cell(program)
    assert isinstance(done.error_in_exec, NotSolved)
    shown = re.sub(r"\x1b\[[\d;]*m", "", capsys.readouterr().out)
    assert shown == "✗ 1 Double: Your answer is 7.\n"
