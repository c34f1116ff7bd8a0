// Exchange with PyTorch, through tools/pytorch. Oracle: torch itself says which bits it holds.

import { spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { normal } from "../create/random.ts";
import { Rng } from "../random/rng.ts";
import type { Tensor } from "../tensor.ts";
import { encodeSafetensors } from "./encode_safetensors.ts";
import type { RawTensor } from "./raw_tensor.ts";
import { readSafetensors } from "./read_safetensors.ts";
import { hex, readFixtureBytes } from "./_test_files.ts";

const script = fileURLToPath(
  new URL("../../../../tools/pytorch/fa_safetensors.py", import.meta.url),
);

function run(python: string, ...args: string[]) {
  const result = spawnSync(python, ["-B", ...args], { encoding: "utf8", timeout: 120_000 });
  return { code: result.status, stdout: result.stdout ?? "", stderr: result.stderr ?? "" };
}

const candidates = [process.env["PYTHON"], "python3", "python", "/usr/bin/python3"];
const python = candidates.find((name) => name && run(name, "-c", "import torch, numpy").code === 0);
if (python === undefined) console.log("skip pytorch: no python3 with torch (PYTHON names another)");

/** Runs a command that must succeed. */
function must(...args: string[]): string {
  const { code, stdout, stderr } = run(python!, ...args);
  assert.is(code, 0, stderr);
  return stdout;
}

/** What torch holds in a state dict: name, dtype, shape, bits. */
const tell = `
import json, sys, torch
state = torch.load(sys.argv[1])
bits = lambda t: t.contiguous().reshape(-1).view(torch.uint8).numpy().tobytes().hex()
print(json.dumps([[n, str(t.dtype), list(t.shape), bits(t)] for n, t in state.items()]))
`;

const test = suite<{ folder: string }>("exchange with PyTorch");
const testHere = python === undefined ? test.skip : test;
test.before.each(async (context) => {
  context.folder = await mkdtemp(join(tmpdir(), "fa-pytorch-"));
});
test.after.each(({ folder }) => rm(folder, { recursive: true, force: true }));

testHere(
  "what is written here is in torch bit for bit, and comes back as it was",
  async (context) => {
    const rng = Rng.fromSeed(3);
    const file = await readSafetensors(readFixtureBytes("every_type.safetensors"));
    const content = new Map<string, Tensor | RawTensor>([
      ["blocks.0.w1.weight", normal(rng, [256, 256])],
      ["blocks.0.w1.bias", normal(rng, [256], { dtype: "float64" })],
    ]);
    for (const name of file.entries.keys()) content.set(name, await file.raw(name));
    const bytes = await encodeSafetensors(content, { metadata: new Map([["format", "pt"]]) });
    const [ours, model, theirs] = ["ours.safetensors", "model.pt", "theirs.safetensors"]
      .map((name) => join(context.folder, name)) as [string, string, string];
    await writeFile(ours, bytes);
    must(script, "import", ours, model);

    const held = JSON.parse(must("-c", tell, model)) as [string, string, number[], string][];
    assert.is(held.length, content.size);
    const names = new Map([["F32", "torch.float32"], ["F64", "torch.float64"]]);
    const written = await readSafetensors(bytes);
    for (const [name, dtype, shape, bits] of held) {
      const value = content.get(name)!;
      const raw = await written.raw(name);
      assert.is(dtype, names.get(raw.dtype) ?? dtype, name);
      assert.equal([...value.shape], shape, name);
      const expected = "bytes" in value ? value.bytes : new Uint8Array(value.dataSync().buffer);
      assert.is(bits, hex(expected), name);
    }

    must(script, "export", model, theirs);
    assert.is(hex(await readFile(theirs)), hex(bytes));
  },
);

testHere("the script refuses damaged files, too", async (context) => {
  const path = join(context.folder, "damaged.safetensors");
  const fixture = readFixtureBytes("every_type.safetensors");
  const target = join(context.folder, "model.pt");
  for (const bytes of [fixture.slice(0, 5), fixture.slice(0, -1), Uint8Array.of(...fixture, 0)]) {
    await writeFile(path, bytes);
    const { code, stderr } = run(python!, script, "import", path, target);
    assert.is(code, 1);
    assert.match(stderr, /ValueError: Cannot read .*damaged\.safetensors as /);
  }
});

test.run();
