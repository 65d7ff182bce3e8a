"""The contrastive loss against PyTorch and a complex step."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

import xent_lib as xl

RNG = np.random.default_rng(4)


@pytest.mark.parametrize("temperature", [1.0, 0.1])
@pytest.mark.parametrize("corrected", [False, True])
def test_info_nce_against_torch(corrected, temperature):
    x, y = RNG.normal(size=(2, 6, 3))
    log_q = np.log(RNG.dirichlet(np.ones(6))) if corrected else None

    queries, keys = (torch.tensor(v, requires_grad=True) for v in (x, y))
    scores = queries @ keys.T / temperature - (torch.tensor(log_q) if corrected else 0)
    loss = F.cross_entropy(scores, torch.arange(6))
    loss.backward()
    theirs = loss.item(), queries.grad.numpy(), keys.grad.numpy()
    ours = xl.info_nce_value_and_grad(x, y, temperature=temperature, log_q=log_q)
    for our, their in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(our, their, rtol=1e-11, atol=1e-14)
    value = xl.info_nce(x, y, temperature=temperature, log_q=log_q)
    assert value == pytest.approx(ours[0], rel=1e-15)
    numeric = xl.complex_step(lambda a: xl.info_nce(a, y, temperature=temperature, log_q=log_q), x)
    np.testing.assert_allclose(ours[1], numeric, rtol=1e-11, atol=1e-14)


def test_info_nce_has_temperature_1_and_keeps_its_precision():
    x, y = RNG.normal(size=(2, 4, 3)).astype(np.float32)
    log_q = np.log(RNG.dirichlet(np.ones(4)))  # in double precision
    assert xl.info_nce(x, y) == xl.info_nce(x, y, temperature=1)
    assert xl.info_nce_value_and_grad(x, y)[0] == pytest.approx(xl.info_nce(x, y), rel=1e-6)
    assert xl.info_nce(x, y, log_q=log_q).dtype == np.float32
