#!/usr/bin/env python3
"""Trains the ResidualMLP with DFA, and once more with frozen blocks, and writes a bundle.

    PYTHONPATH=tools/pytorch python3 tools/pytorch/dfa_bundle.py FOLDER [--dtype float64] [--lr 0.01]

The folder can then be judged: deno task audit diagnose FOLDER. The exporter is the program that
docs/audit-your-model.md prints. Beside the bundle lie the weights (weights-*.safetensors) and what
they were measured with (measured.safetensors), from which the same can be measured elsewhere.
"""

import argparse
import copy
import os
import re

import torch
from fa_safetensors import save_file
from residual_mlp import ResidualMLP

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
INPUT, WIDTH, DEPTH, CLASSES, BATCH, BATCHES = 12, 16, 3, 4, 8, 4


def exporter():
    """The functions of the page."""
    with open(os.path.join(ROOT, "docs", "audit-your-model.md"), encoding="utf-8") as file:
        (program,) = re.findall(r"```python\n(.*?)```", file.read(), re.S)
    names = {}
    exec(program, names)  # the page's own code, as it is printed
    return names["trace"], names["write_snapshot"], names["write_bundle"]


trace, write_snapshot, write_bundle = exporter()


def step(model, feedback, optimizer, x, y, trained):
    """One step of DFA: each block is taught by its own normalised credit alone."""
    hidden, _, error = trace(model, x, y)
    hidden = [h.detach() for h in hidden]
    credits = [error @ b.T for b in feedback]
    credits = [a / a.pow(2).mean(1, keepdim=True).sqrt() for a in credits]
    loss = (model.embed(x) * credits[0]).sum(1).mean()
    if trained:
        for h, a, block in zip(hidden, credits, model.blocks):
            loss = loss + (block(h) * a).sum(1).mean()
    logits = model.out_head(model.out_ln(hidden[-1]))
    loss = loss + torch.nn.functional.cross_entropy(logits, y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--dtype", choices=["float32", "float64"], default="float32")
    parser.add_argument("--lr", type=float, default=1e-2)
    parser.add_argument("--steps", type=int, default=60)
    options = parser.parse_args()
    dtype = getattr(torch, options.dtype)
    os.makedirs(options.folder, exist_ok=True)
    path = lambda name: os.path.join(options.folder, name)

    torch.manual_seed(42)
    torch.set_num_threads(1)
    teacher = torch.randn(INPUT, CLASSES)
    images = torch.randn(BATCHES, BATCH, INPUT)
    batches = [(x.to(dtype), (x @ teacher).argmax(1)) for x in images]
    start = ResidualMLP(INPUT, WIDTH, DEPTH, CLASSES).to(dtype).eval()
    feedback = [torch.randn(WIDTH, CLASSES, dtype=dtype) / CLASSES**0.5 for _ in range(DEPTH)]
    credits = lambda hidden, error: [error @ b.T for b in feedback]

    runs = []
    for role in ("method", "baseline"):
        model = copy.deepcopy(start)
        parameters = [p for name, p in model.named_parameters()
                      if role == "method" or not name.startswith("blocks.")]
        optimizer = torch.optim.AdamW(parameters, lr=options.lr)
        snapshots = []
        for epoch in (0, 1):
            if epoch > 0:
                for i in range(options.steps):
                    step(model, feedback, optimizer, *batches[i % BATCHES], role == "method")
            name = f"{role}-epoch-{epoch}.safetensors"
            write_snapshot(path(name), model, credits, batches)
            save_file(model.state_dict(), path(f"weights-{name}"))
            snapshots.append({"epoch": epoch, "file": name})
        snapshots[-1]["learningRate"] = options.lr
        correct = sum(int((model(x).argmax(1) == y).sum()) for x, y in batches)
        total = BATCHES * BATCH
        runs.append({
            "method": "dfa", "role": role, "seed": 42,
            "creditIndex": "input", "creditNormalization": "sample",
            "dataset": {"name": "random teacher", "split": "the training samples",
                        "trainSize": total, "testSize": total},
            "model": {"terminalNorm": True, "residual": True},
            "batchSize": BATCH, "backend": f"PyTorch {torch.__version__}",
            "configuration": {"lr": options.lr, "steps": options.steps},
            "finalAccuracy": {"correct": correct, "total": total},
            "snapshots": snapshots,
        })
    write_bundle(options.folder, runs)
    measured = {f"feedback.{l}": b for l, b in enumerate(feedback)}
    for i, (x, y) in enumerate(batches):
        measured |= {f"x.{i}": x, f"y.{i}": y}
    save_file(measured, path("measured.safetensors"))


if __name__ == "__main__":
    main()
