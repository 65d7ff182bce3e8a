"""Measure a step of softmax cross-entropy over a large vocabulary on one GPU: memory, time, error.

    python benchmarks/large_vocabulary.py

It writes large_vocabulary.md, which the book shows. By our count its tensors take 31 GB there; it
has not been run on one yet. A smaller try, on the CPU, prints times and errors only:

    python benchmarks/large_vocabulary.py --device cpu --tokens 256 --features 64 --classes 1000
"""

import argparse
import statistics
import time
from datetime import date
from pathlib import Path

import torch
from torch.nn import LinearCrossEntropyOptions
from torch.nn import functional as F


def in_float32(h, W, y):
    logits = h @ W.T  # with a name it stays in memory, as in most programs
    return F.cross_entropy(logits.float(), y)


FORMS = {
    "`cross_entropy(h @ W.T)`": lambda h, W, y: F.cross_entropy(h @ W.T, y),
    "the same, logits in float32": in_float32,
    "`linear_cross_entropy`": F.linear_cross_entropy,
    "with `LinearCrossEntropyOptions()`": lambda h, W, y: F.linear_cross_entropy(
        h, W, y, options=LinearCrossEntropyOptions()
    ),
    "with `batch_chunk_size=512`": lambda h, W, y: F.linear_cross_entropy(
        h, W, y, options=LinearCrossEntropyOptions(batch_chunk_size=512)
    ),
}
REPEATS = 20
ROWS = 128  # of the reference at a time: its logits have 8 bytes each


def reference(h, W, y):
    """Return the gradient in the weights, in float64, from the same features and weights."""
    W64, gradient = W.double(), torch.zeros(W.shape, dtype=torch.float64, device=W.device)
    for part, labels in zip(h.double().split(ROWS), y.split(ROWS), strict=True):
        p = torch.softmax(part @ W64.T, dim=1)
        p[torch.arange(len(labels), device=p.device), labels] -= 1
        gradient += p.T @ part / len(h)
    return gradient


def step(loss, h, W, y):
    h.grad = W.grad = None
    loss(h, W, y).backward()


def seconds(run, on_gpu):
    """Return the time of one run; the GPU is waited for."""
    if not on_gpu:
        start = time.perf_counter()
        run()
        return time.perf_counter() - start
    first, last = (torch.cuda.Event(enable_timing=True) for _ in range(2))
    first.record()
    run()
    last.record()
    torch.cuda.synchronize()
    return first.elapsed_time(last) / 1000


def peak(run, on_gpu):
    """Return the most memory that one run adds, in MiB; on a CPU, a dash."""
    if not on_gpu:
        return "–"
    torch.cuda.synchronize()
    torch.cuda.reset_peak_memory_stats()
    before = torch.cuda.memory_allocated()
    run()
    return f"{(torch.cuda.max_memory_allocated() - before) / 2**20:,.0f}"


def measure(loss, h, W, y, truth, repeats=REPEATS):
    """Return the peaks of the forward pass and of a step, median time, gradient error."""
    on_gpu = h.is_cuda
    step(loss, h, W, y)
    error = ((W.grad.double() - truth).norm() / truth.norm()).item()
    h.grad = W.grad = None
    forward = peak(lambda: loss(h, W, y), on_gpu)
    both = peak(lambda: step(loss, h, W, y), on_gpu)
    times = [seconds(lambda: step(loss, h, W, y), on_gpu) for _ in range(repeats)]
    return forward, both, statistics.median(times), error


def table(device, tokens, features, classes, repeats=REPEATS):
    """Return the results as lines of Markdown."""
    torch.manual_seed(0)
    make = {"dtype": torch.bfloat16, "device": device}
    h = torch.randn(tokens, features, **make).requires_grad_()
    W = (torch.randn(classes, features, **make) / features**0.5).requires_grad_()
    y = torch.randint(classes, (tokens,), device=device)
    truth = reference(h.detach(), W.detach(), y)
    lines = [
        f"{tokens:,} tokens, {features:,} features, {classes:,} classes, bfloat16; "
        f"a table of logits has {tokens * classes * 2 / 2**20:,.0f} MiB. "
        "Memory beyond features and weights, gradients included; "
        f"median time of {repeats} steps; error of the gradient in the weights, against float64.",
        "",
        "| form | peak of the forward pass, MiB | of the step, MiB | time, ms | error |",
        "|---|---|---|---|---|",
    ]
    for name, loss in FORMS.items():
        forward, both, duration, error = measure(loss, h, W, y, truth, repeats)
        lines.append(f"| {name} | {forward} | {both} | {1000 * duration:,.1f} | {error:.1e} |")
    return lines


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--tokens", type=int, default=8192)
    parser.add_argument("--features", type=int, default=2304)
    parser.add_argument("--classes", type=int, default=256_000)
    options = parser.parse_args()
    lines = table(options.device, options.tokens, options.features, options.classes)
    if options.device.startswith("cuda"):
        lines += [
            "",
            f"Measured on {date.today()} on one {torch.cuda.get_device_name()}, "
            f"PyTorch {torch.__version__}, CUDA {torch.version.cuda}.",
        ]
        target = Path(__file__).with_suffix(".md")
        target.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
