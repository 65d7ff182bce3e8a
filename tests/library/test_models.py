"""The two models: worked numbers, oracles, edges, and their use in scikit-learn."""

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

# Six points in the plane, two per class, and four on a line.
POINTS = np.array([[1, 0], [0, 1], [-1, -1], [2, 0], [0, 2], [-2, -1]], float)
CLASSES = [0, 1, 2, 0, 1, 2]
LINE = [[0.0], [1.0], [2.0], [3.0]]
HALVES = [0, 0, 1, 1]

MODELS = [LogisticRegression, SoftmaxRegression]


def overlapping(num_classes, n=60, d=3, seed=0):
    """Features and labels of classes that overlap, so that a best model exists."""
    rng = np.random.default_rng([seed, num_classes])
    y = rng.integers(0, num_classes, n)
    return rng.normal(size=(n, d)) + rng.normal(size=(num_classes, d))[y], y


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
    model = LogisticRegression(max_iter=5).fit(LINE, HALVES)
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
        ValueError, match=r"LogisticRegression has no option 'C'; it has \w+(, \w+)*, max_iter"
    ):
        model.set_params(l2=2.0, C=1)
    assert model.get_params()["l2"] == 1.0


def test_prediction_uses_logits_where_probabilities_round_to_a_tie():
    model = LogisticRegression(max_iter=1).fit([[0.0], [1.0]], ["no", "yes"])
    model.weights_, model.bias_ = np.array([1e-17]), 0.0
    assert model.predict_proba([[1.0]]).tolist() == [[0.5, 0.5]]
    assert model.predict([[1.0], [-1.0], [0.0]]).tolist() == ["yes", "no", "no"]


def test_text_labels_of_one_type_are_accepted():
    for a, b in (("a", "b"), (b"a", b"b")):
        for y in ([a, b, a, b], np.array([a, b, a, b])):
            assert LogisticRegression(max_iter=2).fit(LINE, y).classes_.tolist() == [a, b]


def test_masked_labels_without_masked_entries_are_accepted():
    y = np.ma.array(HALVES, mask=False)
    assert LogisticRegression(max_iter=2).fit(LINE, y).classes_.tolist() == [0, 1]


def test_a_fit_without_penalty_never_squares_its_weights():
    model = LogisticRegression(max_iter=1).fit([[1e160], [-1e160]], [0, 1])
    assert np.isfinite(model.history_).all()


def test_defaults_are_those_of_the_signature():
    model = LogisticRegression()
    assert (model.learning_rate, model.max_iter, model.tol) == (0.1, 1000, 1e-6)
    assert (model.l2, model.solver) == (0.0, "gd")
