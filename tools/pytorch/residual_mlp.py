"""The ResidualMLP of @fa/models as a PyTorch module: its state dict has the same names."""

import torch
from torch import nn


class Block(nn.Module):
    """F_l(h) = w2(GELU(w1(LN(h)))), without the skip."""

    def __init__(self, width):
        super().__init__()
        self.ln = nn.LayerNorm(width)  # eps = 1e-5, PyTorch's default
        self.w1 = nn.Linear(width, width)
        self.w2 = nn.Linear(width, width)
        nn.init.normal_(self.w2.weight, std=0.01)
        nn.init.zeros_(self.w2.bias)

    def forward(self, h):
        return self.w2(nn.functional.gelu(self.w1(self.ln(h))))


class ResidualMLP(nn.Module):
    """h_0 = embed(x); h_{l+1} = h_l + F_l(h_l); logits = out_head(out_ln(h_L))."""

    def __init__(self, input_size, width=256, depth=4, classes=10):
        super().__init__()
        self.embed = nn.Linear(input_size, width)
        self.blocks = nn.ModuleList(Block(width) for _ in range(depth))
        self.out_ln = nn.LayerNorm(width)
        self.out_head = nn.Linear(width, classes)

    def forward(self, x):
        h = self.embed(torch.flatten(x, 1))
        for block in self.blocks:
            h = h + block(h)
        return self.out_head(self.out_ln(h))
