"""`xent_lib.feedback`: which answers pass, which message a wrong one gets, and the score."""

import functools
import re

import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell

from xent_lib import feedback
from xent_lib.feedback import NotSolved, check, score


@pytest.fixture(autouse=True)
def fresh_score(monkeypatch):
    monkeypatch.setattr(feedback, "_scores", {})


def double(x):
    return 2 * np.asarray(x)


def fails(*arguments, **options):
    """Assert that the check fails, and return its message."""
    with pytest.raises(NotSolved) as error:
        check("1", *arguments, **options)
    message = str(error.value)
    assert message.startswith("✗ 1: ")
    assert "\n" not in message
    return message.removeprefix("✗ 1: ")


# --- comparing results ------------------------------------------------------------------------


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
        ("a", "a"),
        (["a", "b"], np.array(["a", "b"])),
        (None, None),
        ({"a": 1}, {"a": 1}),
        ([[1], [1, 2]], [[1], [1, 2]]),
        ([], []),
    ],
)
def test_equal_results_pass_in_either_order(one, other):
    check("1", one, other)
    check("1", other, one)


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
        ([np.ones(2), np.ones(3)], [np.ones(2), np.ones(3)]),  # not comparable
    ],
)
def test_different_results_fail_in_either_order(one, other):
    fails(one, other)
    fails(other, one)


def test_tolerances_are_configurable():
    fails(1.0, 1.01)
    check("1", 1.0, 1.01, rtol=0.02)
    check("1", 0.0, 0.01, atol=0.02)
    fails(1.0, 1.0 + 1e-9, rtol=1e-12)


def test_errors_are_compared_by_type():
    def wrong_index(x):
        raise IndexError("mine")

    check("1", wrong_index, lambda x: [][x], cases=[0])
    assert "expected the error IndexError" in fails(double, wrong_index, cases=[0])
    assert fails(wrong_index, double, cases=[0]) == "wrong_index(0) raises IndexError: mine."
    assert "KeyError" in fails(lambda x: {}[x], wrong_index, cases=[0])


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

    assert fails(stub, double, cases=[1, 2], points=3) == "not done yet."
    assert feedback._scores == {"1": (0, 3)}


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


def test_unnamed_callable_is_shown_as_the_function():
    message = fails(functools.partial(np.multiply, 3), double, cases=[2])
    assert message == "the function(2) gives 6, expected 4."


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
    check("1", in_place, double, [case, case], {"Left.": lambda x: x})
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
        check("1", endless, double, [1])


# --- the score --------------------------------------------------------------------------------


def test_score_lists_each_exercise_and_the_total(capsys):
    check("1 One", 1, 1, points=2)
    with pytest.raises(NotSolved):
        check("2 Two", 1, 2, points=3.5)
    check("3 Three", 1, 1)
    score()
    assert capsys.readouterr().out == (
        "✓ 1 One: 2 of 2 points. So far: 2 of 2.\n"
        "1 One: 2 of 2\n2 Two: 0 of 3.5\nTotal: 2 of 5.5 points\n"
    )
    check("2 Two", 2, 2, points=3.5)
    assert capsys.readouterr().out == "✓ 2 Two: 3.5 of 3.5 points. So far: 5.5 of 5.5.\n"


def test_check_without_points_prints_nothing_and_can_only_cancel_points(capsys):
    check("1", 1, 1, points=2)
    capsys.readouterr()
    check("1", 1, 1)
    assert capsys.readouterr().out == ""
    assert feedback._scores == {"1": (2, 2)}
    fails(1, 2)
    assert feedback._scores == {"1": (0, 2)}
    check("1", 1, 1)
    assert feedback._scores == {"1": (0, 2)}


def test_score_before_any_check_is_zero(capsys):
    score()
    assert capsys.readouterr().out == "Total: 0 of 0 points\n"


# --- in a notebook ----------------------------------------------------------------------------


def test_notebook_shows_only_the_message(capsys):
    shell = InteractiveShell.instance()
    done = shell.run_cell("from xent_lib.feedback import check\ncheck('1', 1.5, 2.5)")
    assert isinstance(done.error_in_exec, NotSolved)
    shown = re.sub(r"\x1b\[[\d;]*m", "", capsys.readouterr().out)
    assert shown == "✗ 1: Your answer is 1.5.\n"
