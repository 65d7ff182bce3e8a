"""Gradient descent, Adam and the two models: worked numbers, oracles, edges, wrong calls."""

# ruff: noqa: E501 (the table of wrong calls has one call per line)

import numpy as np
import pytest
import torch
from sklearn import linear_model
from sklearn.base import clone, is_classifier
from sklearn.model_selection import GridSearchCV, StratifiedKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from xent_lib.losses import softmax_cross_entropy
from xent_lib.models import LogisticRegression, SoftmaxRegression
from xent_lib.optimizers import adam, gradient_descent

# Six points in the plane, two per class, and four on a line.
POINTS = np.array([[1, 0], [0, 1], [-1, -1], [2, 0], [0, 2], [-2, -1]], float)
CLASSES = [0, 1, 2, 0, 1, 2]
LINE = [[0.0], [1.0], [2.0], [3.0]]
HALVES = [0, 0, 1, 1]

MODELS = [LogisticRegression, SoftmaxRegression]
NAN = float("nan")


def parabola(w):
    return w**2, 2 * w


def bowl(x):
    return (x**2).sum(), 2 * x


def valley(x):
    """Rosenbrock's function: curved, and steep in one direction only."""
    s, t = x
    return (1 - s) ** 2 + 100 * (t - s**2) ** 2, np.array(
        [-2 * (1 - s) - 400 * s * (t - s**2), 200 * (t - s**2)]
    )


def overlapping(num_classes, n=60, d=3, seed=0):
    """Features and labels of classes that overlap, so that a best model exists."""
    rng = np.random.default_rng([seed, num_classes])
    y = rng.integers(0, num_classes, n)
    return rng.normal(size=(n, d)) + rng.normal(size=(num_classes, d))[y], y


# ---------------------------------------------------------------------- optimizers


@pytest.mark.parametrize(
    ("rate", "end"), [(0.1, 0.0115), (0.5, 0), (0.9, 0.0115), (1, 1), (1.1, 38.3)]
)
def test_learning_rates_on_the_parabola(rate, end):
    w, history = gradient_descent(parabola, 1.0, learning_rate=rate, max_iter=20)
    assert abs(w) == pytest.approx(end, rel=3e-3, abs=1e-15)
    np.testing.assert_allclose(history, (1 - 2 * rate) ** (2 * np.arange(21)), rtol=1e-12)


def test_gradient_descent_agrees_with_torch_sgd():
    x, history = gradient_descent(valley, [-1.2, 1.0], learning_rate=1e-3, max_iter=50)
    theirs, losses = torch_walk(torch.optim.SGD, valley, [-1.2, 1.0], 50, lr=1e-3)
    np.testing.assert_allclose(x, theirs, rtol=1e-12)
    np.testing.assert_allclose(history, losses, rtol=1e-12)


@pytest.mark.parametrize("steps", [1, 2, 3, 5, 50])
@pytest.mark.parametrize("options", [{}, {"beta1": 0.5, "beta2": 0.9, "eps": 1e-3}])
def test_adam_agrees_with_torch(steps, options):
    x, history = adam(valley, [-1.2, 1.0], learning_rate=0.05, max_iter=steps, **options)
    betas = (options.get("beta1", 0.9), options.get("beta2", 0.999))
    eps = options.get("eps", 1e-8)
    theirs, losses = torch_walk(
        torch.optim.Adam, valley, [-1.2, 1.0], steps, lr=0.05, betas=betas, eps=eps
    )
    np.testing.assert_allclose(x, theirs, rtol=1e-12)
    np.testing.assert_allclose(history, losses, rtol=1e-11)


def torch_walk(optimizer, function, x0, steps, **options):
    x = torch.tensor(x0, dtype=torch.float64)
    walker = optimizer([x], **options)
    losses = []
    for _ in range(steps):
        value, grad = function(x.numpy())
        losses.append(value)
        x.grad = torch.from_numpy(grad)
        walker.step()
    return x.numpy(), [*losses, function(x.numpy())[0]]


def test_the_first_step_of_adam_is_the_learning_rate():
    x, _ = adam(bowl, [1.0, -2.0], learning_rate=0.1, max_iter=1)
    np.testing.assert_allclose(x, [0.9, -1.9], rtol=1e-8)
    x, _ = adam(bowl, [1e5, -1e-3], max_iter=1)  # the default learning rate is 10⁻³
    np.testing.assert_allclose(x, [1e5 - 1e-3, 0], rtol=1e-12, atol=1e-8)


def test_adam_does_not_move_where_the_gradient_is_zero():
    x, _ = adam(bowl, [0.0, 1.0], learning_rate=0.1, max_iter=3)
    assert x[0] == 0


@pytest.mark.parametrize("optimizer", [gradient_descent, adam])
def test_history_and_stopping(optimizer):
    x0 = np.array([3.0, -4.0])
    x, history = optimizer(bowl, x0, learning_rate=0.1, max_iter=7)
    assert len(history) == 8
    assert history[0] == 25 and history[-1] == bowl(x)[0]
    assert all(type(value) is float for value in history)
    assert np.array_equal(x0, [3, -4])

    x, history = optimizer(bowl, x0, learning_rate=0.1, max_iter=0)
    assert history == [25] and np.array_equal(x, x0) and not np.shares_memory(x, x0)

    x, history = optimizer(bowl, x0, learning_rate=0.1, max_iter=9999, tol=1e-2)
    assert len(history) < 9999 and np.abs(2 * x).max() < 1e-2
    _, before = optimizer(bowl, x0, learning_rate=0.1, max_iter=len(history) - 2, tol=1e-2)
    assert len(before) == len(history) - 1  # it stopped at the first step within the tolerance

    _, history = optimizer(bowl, [0.0, 0.0], learning_rate=0.1, max_iter=5)
    assert len(history) == 6  # tol=0 takes all the steps


@pytest.mark.parametrize("optimizer", [gradient_descent, adam])
@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (np.float32, np.float32),
        (np.float64, np.float64),
        (np.float16, np.float32),
        (np.int64, np.float64),
        (bool, np.float64),
    ],
)
def test_precision_is_kept(optimizer, given, kept):
    x, _ = optimizer(lambda x: (0.0, np.ones(2)), np.ones(2, given), learning_rate=0.1, max_iter=3)
    assert x.dtype == kept


@pytest.mark.parametrize("optimizer", [gradient_descent, adam])
@pytest.mark.parametrize("shape", [(), (1,), (2, 3), (0,)])
def test_any_shape(optimizer, shape):
    x, history = optimizer(bowl_of_any_shape, np.ones(shape), learning_rate=0.1, max_iter=2)
    assert x.shape == shape and len(history) == 3


def bowl_of_any_shape(x):
    return np.sum(x**2), 2 * x


@pytest.mark.parametrize("optimizer", [gradient_descent, adam])
def test_nan_is_not_hidden_and_does_not_count_as_convergence(optimizer):
    x, history = optimizer(bowl, [1.0, NAN], learning_rate=0.1, max_iter=3, tol=1.0)
    assert np.isnan(x[1]) and len(history) == 4 and np.isnan(history).all()


# ---------------------------------------------------------------------- worked numbers


def test_fit_of_six_points():
    model = SoftmaxRegression(learning_rate=1, max_iter=1000).fit(POINTS, CLASSES)
    assert [round(model.history_[step], 6) for step in (0, 1, 2, 10, 100, 1000)] == [
        1.098612, 0.482671, 0.317651, 0.095831, 0.012393, 0.001317,
    ]  # fmt: skip
    assert model.n_iter_ == 1000 and model.score(POINTS, CLASSES) == 1
    assert model.weights_.shape == (3, 2) and model.bias_.shape == (3,)
    loss = softmax_cross_entropy(model.decision_function(POINTS), CLASSES)
    assert model.history_[-1] == pytest.approx(loss, rel=1e-12)


def test_the_first_gradient_of_the_six_points():
    model = SoftmaxRegression(learning_rate=1, max_iter=1).fit(POINTS, CLASSES)
    np.testing.assert_allclose(
        -model.weights_, [[-1 / 2, 1 / 18], [0, -4 / 9], [1 / 2, 7 / 18]], atol=1e-15
    )
    np.testing.assert_allclose(model.bias_, 0, atol=1e-15)  # the classes are equally frequent


def test_fit_of_four_points_on_a_line():
    model = LogisticRegression(learning_rate=1, max_iter=2).fit(LINE, HALVES)
    assert [round(loss, 6) for loss in model.history_] == [0.693147, 0.545475, 0.50558]
    assert model.weights_.shape == (1,) and isinstance(model.bias_, float)


@pytest.mark.parametrize(("l2", "norm"), [(0.01, 3.588), (0.1, 1.849), (1, 0.599)])
def test_the_penalty_bounds_the_weights(l2, norm):
    model = SoftmaxRegression(learning_rate=0.5, max_iter=5000, l2=l2).fit(POINTS, CLASSES)
    assert model.n_iter_ < 5000
    assert round(float(np.linalg.norm(model.weights_)), 3) == norm
    loss = softmax_cross_entropy(model.decision_function(POINTS), CLASSES)
    objective = loss + l2 / 2 * np.linalg.norm(model.weights_) ** 2
    assert model.history_[-1] == pytest.approx(objective, rel=1e-12)


@pytest.mark.parametrize("num_classes", [2, 3, 7])
def test_the_loss_starts_at_log_k(num_classes):
    X, y = overlapping(num_classes)
    models = MODELS if num_classes == 2 else MODELS[1:]
    for model in models:
        assert model(max_iter=1).fit(X, y).history_[0] == pytest.approx(
            np.log(num_classes), rel=1e-12
        )


# ---------------------------------------------------------------------- oracles


@pytest.mark.parametrize(
    ("num_classes", "model"),
    [(2, LogisticRegression), (3, SoftmaxRegression), (5, SoftmaxRegression)],
)
@pytest.mark.parametrize("l2", [0.0, 0.01, 0.3])
@pytest.mark.parametrize(("solver", "rate"), [("gd", 0.5), ("adam", 0.02)])
def test_scikit_learn(num_classes, model, l2, solver, rate):
    X, y = overlapping(num_classes)
    ours = model(l2=l2, tol=1e-8, max_iter=20_000, learning_rate=rate, solver=solver).fit(X, y)
    assert ours.n_iter_ < 20_000
    penalty = {"C": 1 / (len(X) * l2)} if l2 else {"C": np.inf}
    theirs = linear_model.LogisticRegression(tol=1e-10, max_iter=5000, **penalty).fit(X, y)
    # A vector added to all rows of W and b changes no probability, and Adam does not determine it.
    common = 0 if num_classes == 2 else ours.weights_.mean(axis=0)
    np.testing.assert_allclose(ours.weights_ - common, theirs.coef_.squeeze(), atol=1e-5)
    common = 0 if num_classes == 2 else ours.bias_.mean() - theirs.intercept_.mean()
    np.testing.assert_allclose(ours.bias_ - common, theirs.intercept_.squeeze(), atol=1e-5)
    np.testing.assert_allclose(ours.predict_proba(X), theirs.predict_proba(X), atol=1e-6)
    assert np.array_equal(ours.predict(X), theirs.predict(X))
    assert ours.score(X, y) == theirs.score(X, y)


@pytest.mark.parametrize(
    ("num_classes", "model"),
    [(2, LogisticRegression), (2, SoftmaxRegression), (4, SoftmaxRegression)],
)
@pytest.mark.parametrize(
    ("solver", "optimizer"), [("gd", torch.optim.SGD), ("adam", torch.optim.Adam)]
)
@pytest.mark.parametrize("l2", [0.0, 0.1])
def test_torch_step_for_step(num_classes, model, solver, optimizer, l2):
    X, y = overlapping(num_classes)
    outputs = 1 if model is LogisticRegression else num_classes
    linear = torch.nn.Linear(X.shape[1], outputs, dtype=torch.float64)
    torch.nn.init.zeros_(linear.weight)
    torch.nn.init.zeros_(linear.bias)
    walker = optimizer(linear.parameters(), lr=0.3)
    inputs, labels = torch.from_numpy(X), torch.from_numpy(y)
    ours = model(learning_rate=0.3, max_iter=8, l2=l2, solver=solver).fit(X, y)
    for step in range(9):
        logits = linear(inputs)
        if outputs == 1:
            loss = torch.nn.functional.binary_cross_entropy_with_logits(
                logits[:, 0], labels.double()
            )
        else:
            loss = torch.nn.functional.cross_entropy(logits, labels)
        loss = loss + l2 / 2 * (linear.weight**2).sum()
        assert ours.history_[step] == pytest.approx(loss.item(), rel=1e-12)
        if step < 8:
            walker.zero_grad()
            loss.backward()
            walker.step()
    np.testing.assert_allclose(
        ours.weights_, linear.weight.detach().numpy().squeeze(), rtol=1e-9, atol=1e-12
    )
    np.testing.assert_allclose(
        ours.bias_, linear.bias.detach().numpy().squeeze(), rtol=1e-9, atol=1e-12
    )


# ---------------------------------------------------------------------- what must hold


def test_two_weight_rows_are_equivalent_to_one():
    """W = (−w/2, w/2) has half the squared norm of w, so it takes twice the λ."""
    X, y = overlapping(2)
    options = {"learning_rate": 0.5, "max_iter": 5000, "tol": 1e-10}
    one = LogisticRegression(l2=0.1, **options).fit(X, y)
    two = SoftmaxRegression(l2=0.2, **options).fit(X, y)
    np.testing.assert_allclose(two.weights_[1] - two.weights_[0], one.weights_, atol=1e-8)
    np.testing.assert_allclose(two.predict_proba(X), one.predict_proba(X), atol=1e-9)
    assert one.decision_function(X).shape == (60,) and two.decision_function(X).shape == (60, 2)


@pytest.mark.parametrize("model", MODELS)
def test_probabilities_and_predictions_agree(model):
    X, y = overlapping(2)
    fitted = model(learning_rate=1, max_iter=50).fit(X, y)
    probs = fitted.predict_proba(X)
    assert probs.shape == (60, 2) and ((probs >= 0) & (probs <= 1)).all()
    np.testing.assert_allclose(probs.sum(axis=-1), 1, rtol=1e-15)
    assert np.array_equal(fitted.predict(X), probs.argmax(axis=-1))
    assert fitted.score(X, y) == np.mean(fitted.predict(X) == y)
    z = fitted.decision_function(X)
    assert np.array_equal(fitted.predict(X) == 1, z > 0 if z.ndim == 1 else z[:, 1] > z[:, 0])


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize(
    "names",
    [
        ["no", "yes"],
        [-1, 1],
        [False, True],
        [3, 70],
        np.array(["b", "é"], object),
        [0.0, 1.0],
        np.array([1, 2], np.uint8),
        np.array(["2024-01-01", "2025-01-01"], "M8[D]"),
    ],
)
def test_any_sortable_labels_are_accepted(model, names):
    X, y = overlapping(2)
    plain = model(max_iter=50).fit(X, y)
    named = model(max_iter=50).fit(X, np.array(names)[y])
    assert np.array_equal(named.classes_, names)
    assert np.array_equal(named.weights_, plain.weights_)
    assert np.array_equal(named.predict(X), np.array(names)[plain.predict(X)])
    assert named.predict(X).dtype == np.array(names).dtype
    assert named.score(X, np.array(names)[y]) == plain.score(X, y)


@pytest.mark.parametrize("model", MODELS)
def test_the_order_of_the_rows_does_not_matter(model):
    X, y = overlapping(2)
    order = np.random.default_rng(1).permutation(60)
    first, second = (model(max_iter=50).fit(X[rows], y[rows]) for rows in (np.arange(60), order))
    np.testing.assert_allclose(first.weights_, second.weights_, rtol=1e-12)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (np.float32, np.float32),
        (np.float64, np.float64),
        (np.float16, np.float32),
        (np.int8, np.float64),
        (bool, np.float64),
    ],
)
def test_the_model_keeps_the_precision_of_its_features(model, given, kept):
    X = np.array([[0, 1], [1, 0], [1, 1], [0, 0]], given)
    fitted = model(l2=0.1, max_iter=50).fit(X, HALVES)
    for result in (
        fitted.weights_,
        fitted.bias_,
        fitted.decision_function(X),
        fitted.predict_proba(X),
    ):
        assert result.dtype == kept


def test_refit_starts_from_scratch_and_a_failed_fit_changes_nothing():
    X, y = overlapping(2)
    model = LogisticRegression(max_iter=50)
    assert model.fit(X, y) is model
    weights = model.weights_.copy()
    with pytest.raises(ValueError, match="at least two classes"):
        model.fit(X[:, :1], np.zeros(60))
    assert np.array_equal(model.weights_, weights)
    assert np.array_equal(model.fit(LINE, HALVES).fit(X, y).weights_, weights)
    assert len(model.history_) == model.n_iter_ + 1


def test_constructor_only_stores_its_arguments():
    model = SoftmaxRegression(learning_rate=-1, max_iter="many", tol=None, l2=-2, solver="?")
    assert vars(model) == {
        "learning_rate": -1,
        "max_iter": "many",
        "tol": None,
        "l2": -2,
        "solver": "?",
    }


def test_without_features_the_model_learns_the_frequencies():
    y = [0, 0, 1, 2, 2, 2]
    model = SoftmaxRegression(learning_rate=1, max_iter=2000).fit(np.empty((6, 0)), y)
    np.testing.assert_allclose(
        model.predict_proba(np.empty((1, 0))), [[2 / 6, 1 / 6, 3 / 6]], atol=1e-5
    )


@pytest.mark.parametrize("model", MODELS)
def test_prediction_of_no_rows(model):
    fitted = model(max_iter=5).fit(LINE, HALVES)
    nothing = np.empty((0, 1))
    assert fitted.predict(nothing).shape == (0,) and fitted.predict_proba(nothing).shape == (0, 2)
    assert np.isnan(fitted.score(nothing, []))


def test_small_probabilities_far_from_the_boundary_keep_their_digits():
    model = fitted()
    model.weights_, model.bias_ = np.array([1.0]), 0.0
    np.testing.assert_allclose(
        model.predict_proba([[40.0], [-700.0]])[[0, 1], [0, 1]],
        [4.248354255291589e-18, np.exp(-700)],
        rtol=1e-14,
    )


def test_ties_go_to_the_first_class():
    for model in MODELS:
        assert model(max_iter=0).fit(LINE, ["b", "a", "b", "a"]).predict([[9.0]]) == ["a"]


def test_separable_classes_have_no_best_weights():
    norms = [
        np.linalg.norm(SoftmaxRegression(learning_rate=1, max_iter=n).fit(POINTS, CLASSES).weights_)
        for n in (100, 300, 900)
    ]
    assert norms[0] < norms[1] < norms[2]


# ---------------------------------------------------------------------- as scikit-learn's own


@pytest.mark.parametrize("Model", MODELS)
def test_scikit_learn_copies_the_options_and_not_the_fit(Model):
    options = {"learning_rate": 0.5, "max_iter": 7, "tol": 0, "l2": 0.1, "solver": "adam"}
    model = Model(**options).fit(*overlapping(2))
    copy = clone(model)
    assert type(copy) is Model and copy.get_params() == options
    assert not hasattr(copy, "weights_")
    assert Model().get_params() != options


@pytest.mark.parametrize("Model", MODELS)
def test_cross_validation(Model):
    X, y = overlapping(2, n=200)
    model = Model(max_iter=200)
    folds = StratifiedKFold(4)  # what scikit-learn chooses for a classifier
    expected = [
        model.fit(X[train], y[train]).score(X[test], y[test]) for train, test in folds.split(X, y)
    ]
    assert is_classifier(model)
    assert cross_val_score(model, X, y, cv=4).tolist() == expected


def test_a_grid_search_chooses_the_penalty_with_the_best_score():
    X, y = overlapping(3, n=120)
    model = make_pipeline(StandardScaler(), SoftmaxRegression(max_iter=200))
    name, penalties = "softmaxregression__l2", [0.0, 0.1, 5.0]
    search = GridSearchCV(model, {name: penalties}, scoring="neg_log_loss", cv=3).fit(X, y)
    scores = [
        cross_val_score(model.set_params(**{name: l2}), X, y, scoring="neg_log_loss", cv=3).mean()
        for l2 in penalties
    ]
    assert len(set(scores)) == 3
    assert search.best_params_[name] == penalties[np.argmax(scores)]
    assert search.best_score_ == max(scores)


def test_repr_is_the_call_that_makes_the_model():
    assert repr(LogisticRegression()) == "LogisticRegression()"
    model = SoftmaxRegression(l2=0.1, solver="adam")
    assert repr(model) == "SoftmaxRegression(l2=0.1, solver='adam')"
    assert eval(repr(model)).get_params() == model.get_params()


def test_set_params_changes_known_options_and_rejects_others():
    model = LogisticRegression(l2=1.0)
    assert model.set_params(max_iter=3, tol=0.5) is model
    assert model.fit(LINE, HALVES).n_iter_ == 1
    with pytest.raises(
        ValueError, match=r"LogisticRegression has no option 'C'; it has .*max_iter"
    ):
        model.set_params(l2=2.0, C=1)
    assert model.get_params()["l2"] == 1.0


@pytest.mark.parametrize("walk", [gradient_descent, adam])
def test_a_function_that_changes_its_argument_changes_nothing(walk):
    def greedy(x):
        value, grad = (x**2).sum(), 2 * x
        x[:] = 1e6
        return value, grad

    expected = walk(bowl, [1.0, -2.0], learning_rate=0.1, max_iter=5)
    found = walk(greedy, [1.0, -2.0], learning_rate=0.1, max_iter=5)
    assert found[1] == expected[1] and np.array_equal(found[0], expected[0])


# ---------------------------------------------------------------------- wrong calls


def fitted():
    return LogisticRegression(max_iter=5).fit(LINE, HALVES)


def fit(X=LINE, y=HALVES, model=LogisticRegression, **options):
    return model(**{"max_iter": 5} | options).fit(X, y)


def descend(function=bowl, x0=(1.0, 2.0), learning_rate=0.1, max_iter=3, **options):
    return gradient_descent(function, x0, learning_rate=learning_rate, max_iter=max_iter, **options)


# (what is wrong, the call, the exception, what its message must match)
WRONG_CALLS = [
    # ------------------------------------------------------------------ not fitted
    ("predict too early", lambda: LogisticRegression().predict(LINE), AttributeError, r"this LogisticRegression is not fitted yet; call fit\(X, y\) first"),
    ("probabilities too early", lambda: SoftmaxRegression().predict_proba(LINE), AttributeError, r"this SoftmaxRegression is not fitted yet"),
    ("logits too early", lambda: SoftmaxRegression().decision_function(LINE), AttributeError, r"not fitted yet"),
    ("score too early", lambda: LogisticRegression().score(LINE, HALVES), AttributeError, r"not fitted yet"),
    # ------------------------------------------------------------------ features
    ("X of one axis", lambda: fit([0.0, 1.0, 2.0, 3.0]), ValueError, r"X has shape \(4,\), expected \(N, d\): one row per sample"),
    ("X a number", lambda: fit(3.0), ValueError, r"X has shape \(\)"),
    ("X of text", lambda: fit([["a"], ["b"]], [0, 1]), TypeError, r"X must hold numbers, got dtype <U1"),
    ("X of None", lambda: fit(None), TypeError, r"X must hold numbers, got dtype object"),
    ("X ragged", lambda: fit([[1.0], [2.0, 3.0]], [0, 1]), ValueError, r"X is ragged"),
    ("X complex", lambda: fit([[1j], [2j]], [0, 1]), TypeError, r"^X must be real, got dtype complex128"),
    ("NaN in X", lambda: fit([[0.0], [1.0], [NAN], [3.0]]), ValueError, r"X must be finite, but row 2 holds nan \(at position \(2, 0\)\)"),
    ("∞ in X", lambda: fit([[0.0], [-np.inf], [2.0], [3.0]]), ValueError, r"X must be finite, but row 1 holds -inf"),
    ("NaN to predict", lambda: fitted().predict([[0.0], [NAN]]), ValueError, r"X must be finite, but row 1 holds nan"),
    ("too many features", lambda: fitted().predict([[1.0, 2.0, 3.0]]), ValueError, r"X of shape \(1, 3\) has 3 features, the fit had 1"),
    ("too few features", lambda: fit(POINTS, CLASSES, SoftmaxRegression).predict_proba(LINE), ValueError, r"X of shape \(4, 1\) has 1 features, the fit had 2"),
    ("one row to predict", lambda: fitted().predict([1.0]), ValueError, r"X has shape \(1,\), expected \(N, d\)"),
    # ------------------------------------------------------------------ labels
    ("one class", lambda: fit(y=["cat"] * 4), ValueError, r"y must hold at least two classes, got 1: \['cat'\]"),
    ("one class, softmax", lambda: fit(y=[7] * 4, model=SoftmaxRegression), ValueError, r"at least two classes, got 1: \[7\]"),
    ("no rows", lambda: fit(np.empty((0, 2)), []), ValueError, r"at least two classes, got 0"),
    ("three classes", lambda: fit(POINTS, CLASSES), ValueError, r"LogisticRegression needs exactly two classes, but y has 3; use SoftmaxRegression"),
    ("too few labels", lambda: fit(y=[0, 1, 1]), ValueError, r"y has shape \(3,\), but X of 4 rows needs one label per row, shape \(4,\)"),
    ("(N, 1) labels", lambda: fit(y=[[0], [0], [1], [1]]), ValueError, r"y has shape \(4, 1\), .* shape \(4,\)"),
    ("one-hot labels", lambda: fit(y=np.eye(4), model=SoftmaxRegression), ValueError, r"y has shape \(4, 4\)"),
    ("no labels", lambda: fit(y=None), ValueError, r"y has shape \(\)"),
    ("ragged labels", lambda: fit(y=[0, 0, 1, [1, 2]]), ValueError, r"y is ragged"),
    ("a measured value", lambda: fit(y=[0.0, 1.0, 0.25, 1.0]), ValueError, r"y must hold class labels, got 0\.25 at position 2"),
    ("NaN label", lambda: fit(y=[0.0, 1.0, 1.0, NAN]), ValueError, r"y must hold class labels, got nan at position 3"),
    ("∞ label", lambda: fit(y=[0.0, np.inf, 1.0, 1.0]), ValueError, r"y must hold class labels, got inf at position 1"),
    ("missing name", lambda: fit(y=np.array(["a", "b", NAN, "b"], object)), ValueError, r"y must hold class labels, got nan at position 2"),
    ("missing date", lambda: fit(y=np.array(["2024", "NaT", "2025", "2025"], "M8[Y]")), ValueError, r"got NaT at position 1"),
    ("names and None", lambda: fit(y=["a", None, "b", "b"]), TypeError, r"y must hold labels of one kind \('<' not supported"),
    ("unknown class to score", lambda: fitted().score(LINE, [0, 1, 2, 0]), ValueError, r"label 2 at position 2 is not one of the classes of the fit, \[0 1\]"),
    ("text for numbers", lambda: fitted().score(LINE, ["0", "0", "1", "1"]), ValueError, r"label '0' at position 0 is not one of the classes"),
    ("too few labels to score", lambda: fitted().score(LINE, [0]), ValueError, r"y has shape \(1,\), but X of 4 rows"),
    # ------------------------------------------------------------------ options of a model
    ("negative learning rate", lambda: fit(learning_rate=-0.1), ValueError, r"learning_rate must be positive and finite, got -0\.1"),
    ("learning rate 0", lambda: fit(learning_rate=0), ValueError, r"learning_rate must be positive and finite, got 0"),
    ("learning rate in words", lambda: fit(learning_rate="fast"), TypeError, r"learning_rate must be a real number, got 'fast'"),
    ("negative l2", lambda: fit(l2=-1), ValueError, r"l2 must be finite and not negative, got -1"),
    ("l2 NaN", lambda: fit(l2=NAN), ValueError, r"l2 must be finite and not negative, got nan"),
    ("l2 a list", lambda: fit(l2=[0.1]), TypeError, r"l2 must be a real number"),
    ("unknown solver", lambda: fit(solver="lbfgs"), ValueError, r"unknown solver 'lbfgs'; choose one of \('gd', 'adam'\)"),
    ("solver a list", lambda: fit(solver=["gd"]), ValueError, r"unknown solver \['gd'\]"),
    ("max_iter −1", lambda: fit(max_iter=-1), ValueError, r"max_iter must not be negative, got -1"),
    ("max_iter 1e3", lambda: fit(max_iter=1e3), TypeError, r"max_iter must be an integer, got 1000\.0"),
    ("tol −1", lambda: fit(tol=-1), ValueError, r"tol must be finite and not negative, got -1"),
    ("tol None", lambda: fit(tol=None), TypeError, r"tol must be a real number, got None"),
    ("option by position", lambda: LogisticRegression(0.1), TypeError, r"positional"),
    ("unknown option", lambda: LogisticRegression(C=1.0), TypeError, r"unexpected keyword argument 'C'"),
    ("diverging", lambda: fit(l2=10, learning_rate=10, max_iter=200), FloatingPointError, r"the objective is inf after step \d+: scale the features, or lower the learning rate of 10"),
    ("huge features", lambda: fit([[-1e200], [1e200], [0.0], [1.0]]), FloatingPointError, r"the objective is (inf|nan) after step \d+:"),
    # ------------------------------------------------------------------ optimizers
    ("start of text", lambda: descend(x0="here"), TypeError, r"x0 must hold numbers"),
    ("start complex", lambda: descend(x0=[1j]), TypeError, r"x0 must be real"),
    ("infinite rate", lambda: descend(learning_rate=np.inf), ValueError, r"learning_rate must be positive and finite, got inf"),
    ("rate of a list", lambda: descend(learning_rate=[0.1]), TypeError, r"learning_rate must be a real number"),
    ("steps of a half", lambda: descend(max_iter=0.5), TypeError, r"max_iter must be an integer, got 0\.5"),
    ("negative steps", lambda: descend(max_iter=-2), ValueError, r"max_iter must not be negative, got -2"),
    ("infinite tol", lambda: descend(tol=np.inf), ValueError, r"tol must be finite and not negative, got inf"),
    ("gradient of another shape", lambda: descend(lambda x: (0.0, np.ones(3))), ValueError, r"x0 of shape \(2,\) and the gradient of shape \(3,\) do not match; nothing is broadcast"),
    ("gradient a number", lambda: descend(lambda x: (0.0, 1.0)), ValueError, r"the gradient of shape \(\) do not match"),
    ("gradient of None", lambda: descend(lambda x: (0.0, None)), TypeError, r"the gradient must hold numbers"),
    ("value a vector", lambda: descend(lambda x: (x**2, 2 * x)), TypeError, r"the value must be a real number, got array"),
    ("value alone", lambda: descend(lambda x: 0.0), TypeError, r"unpack"),
    ("beta1 of 1", lambda: adam(bowl, [1.0], beta1=1, max_iter=3), ValueError, r"beta1 must lie in \[0, 1\), got 1"),
    ("beta2 below 0", lambda: adam(bowl, [1.0], beta2=-0.1, max_iter=3), ValueError, r"beta2 must lie in \[0, 1\), got -0\.1"),
    ("beta NaN", lambda: adam(bowl, [1.0], beta1=NAN, max_iter=3), ValueError, r"beta1 must lie in"),
    ("beta None", lambda: adam(bowl, [1.0], beta2=None, max_iter=3), TypeError, r"beta2 must be a real number, got None"),
    ("eps 0", lambda: adam(bowl, [1.0], eps=0, max_iter=3), ValueError, r"eps must be positive and finite, got 0"),
    ("rate 0 of Adam", lambda: adam(bowl, [1.0], learning_rate=0, max_iter=3), ValueError, r"learning_rate must be positive"),
    ("no max_iter", lambda: adam(bowl, [1.0]), TypeError, r"max_iter"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("call", "exception", "message"), [pytest.param(*case[1:], id=case[0]) for case in WRONG_CALLS]
)
def test_wrong_call(call, exception, message):
    with pytest.raises(exception, match=message) as caught:
        call()
    assert caught.type is exception


def test_prediction_uses_logits_where_probabilities_round_to_a_tie():
    model = LogisticRegression(max_iter=1).fit([[0.0], [1.0]], ["no", "yes"])
    model.weights_, model.bias_ = np.array([1e-17]), 0.0
    assert model.predict_proba([[1.0]]).tolist() == [[0.5, 0.5]]
    assert model.predict([[1.0], [-1.0], [0.0]]).tolist() == ["yes", "no", "no"]
