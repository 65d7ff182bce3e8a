"""Cross-entropy of a layer whose classes are split over processes.

The program compares it with one process that has them all. Chapter 11 explains
`parallel_loss`. Two processes on this machine, on GPUs if it has two, else on
CPUs:

    torchrun --standalone --nproc-per-node 2 parallel_loss.py

Two machines with eight GPUs each, the same line on both, with the name of the
first one:

    torchrun --nnodes 2 --nproc-per-node 8 --rdzv-backend c10d \
        --rdzv-endpoint first-machine parallel_loss.py
"""

import os

import torch
import torch.distributed as dist
import torch.nn.functional as F


def parallel_loss(z, labels, first):
    """Return the mean loss, and its gradient in `z`.

    `z` has the columns first, first + 1, ... of the logits.
    """
    top = z.max(1).values
    dist.all_reduce(top, dist.ReduceOp.MAX)
    e, row = (z - top[:, None]).exp(), torch.arange(len(z), device=z.device)
    mine = (labels >= first) & (labels < first + z.shape[1])
    at = torch.where(mine, labels - first, 0)
    pair = torch.stack([e.sum(1), torch.where(mine, z[row, at] - top, 0)])
    dist.all_reduce(pair)
    total, target = pair
    grad = e / total[:, None]
    grad[row, at] -= mine.to(z.dtype)
    return (total.log() - target).mean(), grad / len(z)


def linear_parallel_loss(features, weights, labels, first):
    """Return the mean loss, and its gradients in features and weights.

    `weights` has the rows first, first + 1, ... of those of all classes.
    """
    loss, grad = parallel_loss(features @ weights.T, labels, first)
    features_grad = grad @ weights  # from the classes of this process alone
    dist.all_reduce(features_grad)
    return loss, features_grad, grad.T @ features


def main(tokens=64, d=32, classes=1000):
    """Compare a random layer with one that is not split."""
    on_gpus = torch.cuda.device_count() >= int(os.environ["LOCAL_WORLD_SIZE"])
    dist.init_process_group("nccl" if on_gpus else "gloo")
    rank, size = dist.get_rank(), dist.get_world_size()
    local = int(os.environ["LOCAL_RANK"])  # torchrun counts within a machine
    device = torch.device("cuda", local) if on_gpus else torch.device("cpu")
    if on_gpus:
        torch.cuda.set_device(device)

    torch.manual_seed(0)  # the same numbers in every process
    features = torch.randn(tokens, d, dtype=torch.float64).to(device)
    whole = torch.randn(classes, d, dtype=torch.float64).to(device)
    labels = torch.randint(classes, (tokens,)).to(device)

    first, end = rank * classes // size, (rank + 1) * classes // size
    found = linear_parallel_loss(features, whole[first:end], labels, first)

    features.requires_grad = whole.requires_grad = True
    loss = F.cross_entropy(features @ whole.T, labels)
    loss.backward()
    wanted = loss.detach(), features.grad, whole.grad[first:end]
    for ours, theirs in zip(found, wanted, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-10, atol=1e-12)
    print(
        f"process {rank} of {size}, {dist.get_backend()}, "
        f"classes {first} to {end - 1}: loss {found[0]:.6f}, as in one process"
    )
    dist.destroy_process_group()


if __name__ == "__main__":
    main()
