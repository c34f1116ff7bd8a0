#!/usr/bin/env python3
"""Safetensors files from and to PyTorch state dicts, with nothing but torch and numpy.

    python3 fa_safetensors.py export model.pt out.safetensors    state dict -> safetensors
    python3 fa_safetensors.py import in.safetensors model.pt     safetensors -> state dict

model.pt is what torch.save(model.state_dict(), "model.pt") wrote. All bits are kept.
"""

import argparse
import json
import math
import os
import struct
import sys

import torch

# Ranked as the format's reference writer does; types that this PyTorch lacks are left out.
NAMES = {"BOOL": "bool", "U8": "uint8", "I8": "int8", "I16": "int16", "U16": "uint16",
         "F16": "float16", "BF16": "bfloat16", "I32": "int32", "U32": "uint32", "F32": "float32",
         "F64": "float64", "I64": "int64", "U64": "uint64"}
DTYPES = {name: getattr(torch, t) for name, t in NAMES.items() if hasattr(torch, t)}
RANKS = {dtype: (rank, name) for rank, (name, dtype) in enumerate(DTYPES.items())}
assert sys.byteorder == "little", "files are little-endian, this machine is not"


def save_file(tensors, path, metadata=None):
    """Writes a dict of tensors, widest types first, then by name: same content, same bytes."""
    for name, tensor in tensors.items():
        if not isinstance(tensor, torch.Tensor) or tensor.dtype not in RANKS:
            raise TypeError(f"Cannot write {name!r} as it must be a tensor of {', '.join(DTYPES)}")
    order = sorted(tensors, key=lambda name: (-RANKS[tensors[name].dtype][0], name))
    header = {"__metadata__": dict(sorted(metadata.items()))} if metadata else {}
    end = 0
    for name in order:
        begin, end = end, end + tensors[name].numel() * tensors[name].element_size()
        header[name] = {"dtype": RANKS[tensors[name].dtype][1], "shape": list(tensors[name].shape),
                        "data_offsets": [begin, end]}
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode("utf-8")
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for name in order:
            flat = tensors[name].detach().cpu().contiguous().reshape(-1)
            file.write(flat.view(torch.uint8).numpy().tobytes())


def load_file(path):
    """Reads a file as (dict of tensors, dict of metadata); refuses one that breaks the format."""
    def check(holds, rule):
        if not holds:
            raise ValueError(f"Cannot read {path} as {rule}")

    def distinct(pairs):
        check(len(dict(pairs)) == len(pairs), "names must differ")
        return dict(pairs)

    with open(path, "rb") as file:
        size = os.fstat(file.fileno()).st_size
        check(size >= 8, "it must begin with the length of its header")
        (length,) = struct.unpack("<Q", file.read(8))
        check(length <= min(100_000_000, size - 8), f"its header must fit: {length} bytes")
        header = json.loads(file.read(length).decode("utf-8"), object_pairs_hook=distinct)
        metadata, tensors, end = header.pop("__metadata__", {}), {}, 0
        for name, entry in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
            (begin, stop), shape = entry["data_offsets"], entry["shape"]
            check(entry["dtype"] in DTYPES, f"{name!r} has a type unknown here: {entry['dtype']}")
            dtype = DTYPES[entry["dtype"]]
            bytes_needed = math.prod(shape) * torch.empty(0, dtype=dtype).element_size()
            check(begin == end and stop - begin == bytes_needed and min(shape, default=0) >= 0,
                  f"{name!r} must fit its place: {entry}")
            check(8 + length + stop <= size, f"{name!r} must end within the file")
            data, end = bytearray(file.read(stop - begin)), stop
            flat = torch.frombuffer(data, dtype=dtype) if data else torch.empty(0, dtype=dtype)
            tensors[name] = flat.reshape(shape)
        check(8 + length + end == size, f"tensors must fill it: they end at {8 + length + end}")
    return tensors, metadata


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("action", choices=["export", "import"])
    parser.add_argument("source")
    parser.add_argument("target")
    options = parser.parse_args()
    if options.action == "export":
        state = torch.load(options.source, map_location="cpu", weights_only=True)
        save_file(state, options.target, {"format": "pt"})
    else:
        torch.save(load_file(options.source)[0], options.target)


if __name__ == "__main__":
    main()
