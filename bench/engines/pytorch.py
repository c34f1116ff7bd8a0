"""PyTorch. Takes the same order and prints the same answer as child.ts."""

import json
import math
import struct
import sys
import time

try:
    import torch
except ImportError as error:
    print(json.dumps({"unavailable": str(error)}))
    sys.exit()

from torch.nn import functional as F

LN_EPS = 1e-5
ADAMW = {"lr": 1e-3, "betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 0.01}
LOSSES = 3
EPS = {"float32": 1e-6, "float64": 1e-14}  # of a product's element, times sqrt(K)

torch.set_num_threads(1)
order = json.loads(sys.argv[-1])
dtype = getattr(torch, order["dtype"])


def read_problem(path):
    with open(path, "rb") as file:
        data = file.read()
    start = 8 + struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:start])
    labels = [int(label) for label in header.pop("__metadata__")["labels"].split()]
    tensors = {}
    for name, entry in header.items():
        first, last = entry["data_offsets"]
        values = torch.frombuffer(bytearray(data[start + first:start + last]), dtype=torch.float32)
        tensors[name] = values.reshape(entry["shape"]).to(dtype)
    return tensors, torch.tensor(labels)


class Net(torch.nn.Module):
    def __init__(self, inputs, d, depth, classes):
        super().__init__()
        self.embed = torch.nn.Linear(inputs, d)
        self.blocks = torch.nn.ModuleList(Block(d) for _ in range(depth))
        self.out_ln = torch.nn.LayerNorm(d, eps=LN_EPS)
        self.out_head = torch.nn.Linear(d, classes)


class Block(torch.nn.Module):
    def __init__(self, d):
        super().__init__()
        self.ln = torch.nn.LayerNorm(d, eps=LN_EPS)
        self.w1 = torch.nn.Linear(d, d)
        self.w2 = torch.nn.Linear(d, d)

    def forward(self, h):
        return self.w2(F.gelu(self.w1(self.ln(h))))


def trainer(method, tensors, y):
    feedback = [v for name, v in tensors.items() if name.startswith("feedback.")]
    x = tensors["x"]
    state = {k: v for k, v in tensors.items() if k != "x" and not k.startswith("feedback.")}
    net = Net(x.shape[1], feedback[0].shape[0], len(feedback), feedback[0].shape[1]).to(dtype)
    net.load_state_dict(state)
    optimizer = torch.optim.AdamW(net.parameters(), **ADAMW)

    def bp():
        h = net.embed(x)
        for block in net.blocks:
            h = h + block(h)
        loss = F.cross_entropy(net.out_head(net.out_ln(h)), y)
        return loss, loss

    def dfa():
        # Each part is a graph of its own: no gradient crosses the stream.
        h0 = h = net.embed(x)
        branches = []
        for block in net.blocks:
            branches.append(block(h.detach()))
            h = h.detach() + branches[-1].detach()
        logits = net.out_head(net.out_ln(h))
        loss = F.cross_entropy(logits, y)
        error = logits.detach().softmax(1)
        error[torch.arange(len(y)), y] -= 1
        credits = [error @ matrix.T for matrix in feedback]
        credits = [a / (a.square().mean(1, keepdim=True).sqrt() * len(y)) for a in credits]
        # The gradient of mean_b <output, credit> at each output is the scaled credit itself.
        torch.autograd.backward([loss, h0, *branches], [None, credits[0], *credits])
        return loss, None

    def step():
        optimizer.zero_grad(set_to_none=True)
        loss, objective = bp() if method == "bp" else dfa()
        if objective is not None:
            objective.backward()
        optimizer.step()
        return loss.item()

    return step


def factor(size, seed):
    values, state = [], seed
    for _ in range(size):
        state = (state * 1664525 + 1013904223) & 0xFFFFFFFF
        values.append((state - 2**32 if state >= 2**31 else state) / 2**31)
    return torch.tensor(values, dtype=torch.float32).to(dtype)


def product(m, k, n, layout):
    a = factor(m * k, 1).reshape([k, m] if layout == "tn" else [m, k])
    b = factor(k * n, 2).reshape([n, k] if layout == "nt" else [k, n])
    left = a.T if layout == "tn" else a
    right = b.T if layout == "nt" else b
    result = left @ right
    for row, column in [(0, 0), (m - 1, n - 1), (m // 2, n // 4), (m // 4, n // 2)]:
        expected = math.fsum((left[row].double() * right[:, column].double()).tolist())
        if not abs(result[row, column].item() - expected) <= math.sqrt(k) * EPS[order["dtype"]]:
            raise AssertionError(f"wrong product at [{row},{column}] of {m}x{k}x{n}")
    return lambda: left @ right


def repeat(step, budget_ms):
    before, start, n = time.process_time(), time.perf_counter(), 0
    while True:
        step()
        n += 1
        cpu_ms = 1000 * (time.process_time() - before)
        if cpu_ms >= budget_ms:
            return {"cpuMs": cpu_ms / n, "wallMs": 1000 * (time.perf_counter() - start) / n, "n": n}


def timed(step, part):
    """The second quickest of eight blocks, as in child.ts."""
    repeat(step, part * order["warmUpMs"])
    blocks = [repeat(step, part * order["budgetMs"] / 8) for _ in range(8)]
    blocks.sort(key=lambda block: block["cpuMs"])
    return {**blocks[1], "n": sum(block["n"] for block in blocks)}


tensors, y = read_problem(order["problem"])
losses, timings = {}, []
for name in order["workloads"]:
    if name.endswith("-step"):
        method = name[:-len("-step")]
        step = trainer(method, tensors, y)
        losses[method] = [step() for _ in range(LOSSES)]
        timing = timed(step, 1)
    elif not name.startswith("gemm:"):
        continue
    else:
        _, sizes, layout = name.split(":")
        timing = timed(product(*map(int, sizes.split("x")), layout), 1 / 3)
    timings.append({"workload": name, **timing})
print(json.dumps({
    "version": torch.__version__, "losses": losses, "timings": timings, "notes": {},
}))
