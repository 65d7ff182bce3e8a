"""PyTorch as a reference: same input, same results; where the rules differ, the reason."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

import xent_lib as xl

REDUCTIONS = ["none", "mean", "sum"]
SHAPES = [(1, 2), (7, 3), (4, 10), (3, 100)]


def draw(shape, seed=0):
    """Logits, indices (with some −100), soft labels and weights of a shape (N, K)."""
    rng = np.random.default_rng([seed, *shape])
    n, k = shape
    x = rng.normal(0, 3, shape)
    labels = rng.integers(0, k, n)
    return x, labels, rng.dirichlet(np.ones(k), n), rng.uniform(0.1, 3, k)


def torch_loss_and_grad(function, x, *arguments, **options):
    """Loss and gradient by autograd; with reduction="none" the rows' losses are summed for it."""
    x = torch.tensor(x, requires_grad=True)
    tensors = [torch.tensor(v) if isinstance(v, np.ndarray) else v for v in arguments]
    options = {k: torch.tensor(v) if isinstance(v, np.ndarray) else v for k, v in options.items()}
    loss = function(x, *tensors, **options)
    loss.sum().backward()
    return loss.detach().numpy(), x.grad.numpy()


def assert_same(ours, theirs):
    loss, grad = ours
    np.testing.assert_allclose(loss, theirs[0], rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(grad, theirs[1], rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("smoothing", [0.0, 0.1, 1.0])
@pytest.mark.parametrize("ignoring", [False, True])
def test_hard_labels(shape, reduction, weighted, smoothing, ignoring):
    x, labels, _, weight = draw(shape)
    if ignoring:
        labels[1::2] = -100
    weight = weight if weighted else None
    ours = xl.softmax_cross_entropy_value_and_grad(
        x,
        labels,
        weight=weight,
        ignore_index=-100,
        label_smoothing=smoothing,
        reduction=reduction,
    )
    theirs = torch_loss_and_grad(
        F.cross_entropy,
        x,
        labels,
        weight=weight,
        ignore_index=-100,
        label_smoothing=smoothing,
        reduction=reduction,
    )
    assert_same(ours, theirs)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_soft_labels(shape, reduction, smoothing):
    x, _, soft, _ = draw(shape)
    options = {"label_smoothing": smoothing, "reduction": reduction}
    ours = xl.softmax_cross_entropy_value_and_grad(x, soft, **options)
    assert_same(ours, torch_loss_and_grad(F.cross_entropy, x, soft, **options))


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("reduction", ["none", "sum"])
def test_soft_labels_with_weights(shape, reduction):
    x, _, soft, weight = draw(shape)
    options = {"weight": weight, "reduction": reduction}
    ours = xl.softmax_cross_entropy_value_and_grad(x, soft, **options)
    assert_same(ours, torch_loss_and_grad(F.cross_entropy, x, soft, **options))


def test_the_weighted_mean_of_soft_labels_is_not_that_of_torch():
    """PyTorch divides it by N, so an index and its one-hot row differ (its issue 107680).

    Here both divide by the total weight of the labels, Σ_n Σ_c w_c q_nc.
    """
    x = np.array([[2.3, 2.1, 4.5], [4.2, 3.2, 5.1]])
    weight = np.array([25.0, 25.0, 100.0])
    labels = np.array([1, 2])
    one_hot = xl.one_hot(labels, 3)

    hard, _ = torch_loss_and_grad(F.cross_entropy, x, labels, weight=weight)
    soft, _ = torch_loss_and_grad(F.cross_entropy, x, one_hot, weight=weight)
    assert np.isclose(hard, 0.87048350145262)
    assert np.isclose(soft, 54.405219)

    ours = xl.softmax_cross_entropy(x, one_hot, weight=weight)
    assert np.isclose(ours, hard)
    assert np.isclose(ours, soft * len(x) / (weight * one_hot).sum())


def test_a_zero_weight_on_an_infinite_loss_is_not_that_of_torch():
    """PyTorch multiplies 0·∞ to NaN; here a class of weight 0 costs nothing."""
    x, weight = np.array([[-np.inf, 0.0], [0.0, 0.0]]), np.array([0.0, 1.0])
    theirs, _ = torch_loss_and_grad(F.cross_entropy, x, np.array([0, 1]), weight=weight)
    assert np.isnan(theirs)
    assert np.isclose(xl.softmax_cross_entropy(x, [0, 1], weight=weight), np.log(2))


def test_a_masked_class_without_target_is_not_that_of_torch_for_soft_labels():
    """PyTorch multiplies 0·∞ to NaN here, too."""
    x, soft = np.array([[-np.inf, 0.0, 0.0]]), np.array([[0.0, 0.5, 0.5]])
    theirs, _ = torch_loss_and_grad(F.cross_entropy, x, soft)
    assert np.isnan(theirs)
    assert np.isclose(xl.softmax_cross_entropy(x, soft), np.log(2))


def test_the_class_axis_is_the_last_one_and_not_torchs_second():
    rng = np.random.default_rng(0)
    x, labels = rng.normal(size=(2, 5, 4)), rng.integers(0, 4, (2, 5))
    theirs = F.cross_entropy(torch.tensor(x).transpose(1, 2), torch.tensor(labels))
    assert np.isclose(xl.softmax_cross_entropy(x, labels), theirs.item())


def test_all_rows_ignored():
    """The mean is NaN for both; torch leaves the gradient 0, here it is NaN like its loss."""
    x, labels = np.zeros((2, 3)), np.array([-100, -100])
    theirs = torch_loss_and_grad(F.cross_entropy, x, labels)
    ours = xl.softmax_cross_entropy_value_and_grad(x, labels, ignore_index=-100)
    assert np.isnan(theirs[0])
    assert np.isnan(ours[0])
    assert (theirs[1] == 0).all()
    assert np.isnan(ours[1]).all()


def test_a_confident_prediction_keeps_digits_that_torch_loses():
    x, labels = np.array([[40.0, 0.0]]), np.array([0])
    theirs = torch_loss_and_grad(F.cross_entropy, x, labels)
    loss, grad = xl.softmax_cross_entropy_value_and_grad(x, labels)
    assert theirs[0] == 0
    assert theirs[1][0, 0] == 0
    assert np.isclose(loss, np.exp(-40), rtol=1e-14, atol=0)
    assert np.isclose(grad[0, 0], -np.exp(-40), rtol=1e-14, atol=0)


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("ignoring", [False, True])
def test_nll_of_probabilities(reduction, weighted, ignoring):
    x, labels, _, weight = draw((8, 5))
    probs = xl.softmax(x)
    if ignoring:
        labels[::3] = 2
    options = {"weight": weight if weighted else None, "ignore_index": 2 if ignoring else None}
    ours = (
        xl.categorical_nll(probs, labels, reduction=reduction, **options),
        xl.categorical_nll_grad(probs, labels, reduction=reduction, **options),
    )
    options["ignore_index"] = 2 if ignoring else -100
    theirs = torch_loss_and_grad(
        lambda p, y, **o: F.nll_loss(p.log(), y, **o), probs, labels, reduction=reduction, **options
    )
    assert_same(ours, theirs)


@pytest.mark.parametrize("shape", [(6,), (4, 3), (2, 3, 4)])
@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("soft", [False, True])
@pytest.mark.parametrize("weighted", ["", "weight", "pos_weight", "weight pos_weight"])
def test_binary_losses(shape, reduction, soft, weighted):
    rng = np.random.default_rng(len(shape))
    z = rng.normal(0, 4, shape)
    y = rng.uniform(0, 1, shape) if soft else rng.integers(0, 2, shape).astype(float)
    options = {"reduction": reduction}
    if "weight" in weighted.split():
        options["weight"] = rng.uniform(0, 2, shape)
    if "pos_weight" in weighted.split():
        options["pos_weight"] = rng.uniform(0.5, 3, shape[-1])
    theirs = torch_loss_and_grad(F.binary_cross_entropy_with_logits, z, y, **options)
    ours = (
        xl.sigmoid_cross_entropy(z, y, **options),
        xl.sigmoid_cross_entropy_grad(z, y, **options),
    )
    np.testing.assert_allclose(ours[0], theirs[0], rtol=1e-10, atol=1e-14)
    np.testing.assert_allclose(ours[1], theirs[1], rtol=1e-10, atol=1e-14)

    if "pos_weight" not in options:
        p = xl.sigmoid(z)
        theirs = torch_loss_and_grad(F.binary_cross_entropy, p, y, **options)
        ours = xl.binary_nll(p, y, **options), xl.binary_nll_grad(p, y, **options)
        np.testing.assert_allclose(ours[0], theirs[0], rtol=1e-10, atol=1e-14)
        np.testing.assert_allclose(ours[1], theirs[1], rtol=1e-8, atol=1e-12)


def test_certain_mistake_is_not_clamped_as_in_torch():
    """PyTorch clamps the log of BCELoss at −100; here the loss is infinite."""
    p, y = np.array([0.0]), np.array([1.0])
    theirs, _ = torch_loss_and_grad(F.binary_cross_entropy, p, y)
    assert theirs == 100
    assert xl.binary_nll(p, y) == np.inf


@pytest.mark.parametrize("gamma", [0.0, 0.5, 2.0])
@pytest.mark.parametrize("alpha", [None, 0.25])
@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_focal(gamma, alpha, reduction):
    """The formula written in torch and differentiated by autograd."""

    def torch_focal(z, y):
        p_t = torch.sigmoid(torch.where(y == 1, z, -z))
        losses = -((1 - p_t) ** gamma) * p_t.log()
        if alpha is not None:
            losses = losses * torch.where(y == 1, alpha, 1 - alpha)
        return {"none": losses, "mean": losses.mean(), "sum": losses.sum()}[reduction]

    rng = np.random.default_rng(0)
    z, y = rng.normal(0, 2, (5, 3)), rng.integers(0, 2, (5, 3))
    theirs = torch_loss_and_grad(torch_focal, z, y)
    ours = (
        xl.sigmoid_focal_loss(z, y, gamma=gamma, alpha=alpha, reduction=reduction),
        xl.sigmoid_focal_loss_grad(z, y, gamma=gamma, alpha=alpha, reduction=reduction),
    )
    assert_same(ours, theirs)


@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_brier_sums_the_squares_of_a_row_where_mse_loss_averages_all_cells(reduction):
    x, labels, _, _ = draw((6, 4))
    probs = xl.softmax(x)
    one_hot = xl.one_hot(labels, 4)
    theirs = torch_loss_and_grad(F.mse_loss, probs, one_hot, reduction=reduction)
    factor = 4 if reduction == "mean" else 1
    ours = (
        xl.brier_score(probs, labels, reduction=reduction) / factor,
        xl.brier_score_grad(probs, labels, reduction=reduction) / factor,
    )
    assert_same(ours, theirs)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_activations(dtype):
    x = np.random.default_rng(0).normal(0, 5, (6, 7)).astype(dtype)
    t = torch.tensor(x)
    rtol, atol = (1e-5, 1e-6) if dtype is np.float32 else (1e-12, 1e-15)
    pairs = [
        (xl.softmax(x), torch.softmax(t, -1)),
        (xl.log_softmax(x), torch.log_softmax(t, -1)),
        (xl.logsumexp(x), torch.logsumexp(t, -1)),
        (xl.sigmoid(x), torch.sigmoid(t)),
        (xl.log_sigmoid(x), F.logsigmoid(t)),
        (xl.softplus(x), F.softplus(t, threshold=1e9)),  # beyond 20 torch returns z itself
    ]
    for ours, theirs in pairs:
        assert ours.dtype == dtype
        np.testing.assert_allclose(ours, theirs.numpy(), rtol=rtol, atol=atol)


def test_kl_divergence():
    rng = np.random.default_rng(0)
    p, q = rng.dirichlet(np.ones(4), (2, 5))
    theirs = F.kl_div(torch.tensor(np.log(q)), torch.tensor(p), reduction="batchmean")
    assert np.isclose(xl.kl_divergence(p, q).mean(), theirs.item())
