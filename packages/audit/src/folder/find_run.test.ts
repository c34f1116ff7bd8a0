// What is found of a run after every kind of damage. Oracle: metamorphic: whatever happened to its
// files, a run that goes on from what was found ends with the very files of an undisturbed one.

import { copyFile, cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { KeepPolicy } from "@fa/methods";
import { exampleEvidence, type JsonObject, type RunEvidence } from "@fa/protocol";
import { resolveConfiguration } from "../plan/configuration.ts";
import { planRuns } from "../plan/plan_runs.ts";
import type { RunSpec } from "../run/run_spec.ts";
import { findRun, type FoundRun } from "./find_run.ts";
import { RunFiles } from "./run_files.ts";

const test = suite<{ folder: string }>("findRun");

test.before.each(async (context) => {
  context.folder = await mkdtemp(join(tmpdir(), "fa-run-"));
});
test.after.each(({ folder }) => rm(folder, { recursive: true, force: true }));

const [spec, other] = planRuns(resolveConfiguration({ preset: "tiny", epochs: 6 })).runs as [
  RunSpec,
  RunSpec,
];
const keep: KeepPolicy = { keepLast: 2, keepEpochs: [2, 3] };
const kept = [2, 3, 5, 6].map((epoch) => `checkpoint-epoch-000${epoch}.safetensors`);
const all = ["SHA256SUMS", ...kept, "evidence.json"];

/** Stands for a checkpoint: long enough to be cut, different for each run and epoch. */
const checkpoint = (epoch: number, { id }: RunSpec = spec) =>
  new TextEncoder().encode(`checkpoint of ${id} after epoch ${epoch}`);

/** Knows a good one byte by byte, as the hash inside of a real one does. */
function check(bytes: Uint8Array, epoch: number, name: string): Promise<void> {
  const [found, good] = [bytes, checkpoint(epoch)].map((bytes) => new TextDecoder().decode(bytes));
  return found === good ? Promise.resolve() : Promise.reject(new Error(`Cannot read ${name}`));
}

function evidenceOf({ id: _, method, role, seed, ...configuration }: RunSpec): RunEvidence {
  const evidence = exampleEvidence({ method, role, seed });
  return { ...evidence, configuration: configuration as unknown as JsonObject };
}

/** Does what is left of a run. */
async function goOn(folder: string, found: FoundRun, run = spec): Promise<void> {
  if (found.state === "finished") return;
  const files = new RunFiles({ path: folder, from: found.from, sums: found.sums, keep });
  const resumed = await files.resume();
  assert.equal(
    resumed && new Uint8Array(resumed),
    found.from ? checkpoint(found.from, run) : undefined,
  );
  for (let epoch = found.from + 1; epoch <= run.stopAfter; epoch++) {
    await files.save(checkpoint(epoch, run), epoch);
  }
  await files.finish(evidenceOf(run));
}

async function contentOf(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(folder)).sort();
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), "latin1")));
  return Object.fromEntries(names.map((name, i) => [name, texts[i]!]));
}

const fresh: FoundRun = { state: "open", from: 0, sums: {} };

test("finds nothing, then a finished run", async ({ folder }) => {
  const path = join(folder, "runs", spec.id);
  assert.equal(await findRun(path, spec, check), fresh);
  await goOn(path, fresh);
  assert.equal((await readdir(path)).sort(), all);
  const found = await findRun(path, spec, check);
  assert.equal(found, { state: "finished", evidence: evidenceOf(spec) });
  // The same run of another configuration is another run.
  const longer = await findRun(path, { ...spec, lambda: 1 }, check);
  assert.is(
    longer.state === "open" && longer.damage,
    `${spec.id} goes on from epoch 6: evidence.json is not of this run`,
  );
});

// Oracle: `sha256sum -c`, as documented.
test("SHA256SUMS has the form of sha256sum", async ({ folder }) => {
  await goOn(folder, fresh);
  const text = await readFile(join(folder, "SHA256SUMS"), "utf8");
  const lines = text.trimEnd().split("\n");
  assert.equal(lines.map((line) => line.slice(66)), [...kept, "evidence.json"]);
  for (const line of lines) assert.match(line, /^[0-9a-f]{64} {2}[\w.-]+$/);
  // printf 'checkpoint of bp-42 after epoch 6' | sha256sum
  assert.is(
    lines[3]!.slice(0, 64),
    "8620c36e01d428fde46394e0709b3257c605549ea12f5e38e4132a95354755ab",
  );
});

test("an interrupted run goes on from its newest checkpoint, whenever that was", async ({ folder }) => {
  const undisturbed = join(folder, "undisturbed");
  await goOn(undisturbed, fresh);
  const expected = await contentOf(undisturbed);
  for (let last = 1; last <= spec.stopAfter; last++) {
    const path = join(folder, `until-${last}`);
    const files = new RunFiles({ path, from: 0, sums: {}, keep });
    for (let epoch = 1; epoch <= last; epoch++) await files.save(checkpoint(epoch), epoch);
    const found = await findRun(path, spec, check);
    assert.is(found.state === "open" && found.from, last);
    await goOn(path, found);
    assert.equal(await contentOf(path), expected);
  }
});

// Oracle: metamorphic: whoever is killed between writing a checkpoint and deleting the one before, also
// the last one of the run, ends with the same files; so does who wants fewer of them than before.
test("checkpoints that need not stay go, also after the last epoch", async ({ folder }) => {
  const undisturbed = join(folder, "undisturbed");
  await goOn(undisturbed, fresh);
  const expected = await contentOf(undisturbed);
  for (const keepMore of [{ ...keep, keepLast: 3 }, { ...keep, keepEpochs: [1, 2, 3] }]) {
    const path = join(folder, JSON.stringify(keepMore).replace(/\W/g, ""));
    const files = new RunFiles({ path, from: 0, sums: {}, keep: keepMore });
    for (let epoch = 1; epoch <= spec.stopAfter; epoch++) {
      await files.save(checkpoint(epoch), epoch);
    }
    const found = await findRun(path, spec, check);
    assert.is(found.state === "open" && found.from, spec.stopAfter);
    await goOn(path, found);
    assert.equal(await contentOf(path), expected);
  }
});

test("a checkpoint that is gone when the run wants it is named", async ({ folder }) => {
  const files = new RunFiles({ path: folder, from: 3, sums: {}, keep });
  const message = await files.resume().then(() => "", (error) => error.message);
  const path = join(folder, "checkpoint-epoch-0003.safetensors");
  assert.is(message, `Cannot go on from ${path} as it is missing`);
  await mkdir(path);
  const other = await files.resume().then(() => "", (error) => error.message);
  assert.match(other, `Cannot read ${path}: EISDIR`);
});

const damages: [string, (bytes: Uint8Array) => Uint8Array | undefined][] = [
  ["removed", () => undefined],
  ["emptied", () => new Uint8Array()],
  ["without its last byte", (bytes) => bytes.slice(0, -1)],
  ["half of it", (bytes) => bytes.slice(0, bytes.length >> 1)],
  ["with a byte more", (bytes) => Uint8Array.of(...bytes, 10)],
  ["another text", () => new TextEncoder().encode("{}")],
  ...[0, 0.3, 0.5, 0.7, 0.99].map((part): typeof damages[number] => [
    `a bit flipped at ${part}`,
    (bytes) => {
      const flipped = bytes.slice();
      flipped[Math.floor(part * bytes.length)]! ^= 1;
      return flipped;
    },
  ]),
];

test("a damaged file is named, and the run ends as if nothing had happened", async ({ folder }) => {
  const good = join(folder, "good");
  await goOn(good, fresh);
  const expected = await contentOf(good);
  for (const name of all) {
    for (const [what, damage] of damages) {
      const path = join(folder, "damaged");
      await rm(path, { recursive: true, force: true });
      await cp(good, path, { recursive: true });
      const bytes = damage(new Uint8Array(await readFile(join(good, name))));
      if (bytes) await writeFile(join(path, name), bytes);
      else await rm(join(path, name));
      const found = await findRun(path, spec, check);
      assert.is(found.state, "open", `${name} ${what}`);
      if (found.state !== "open") continue;
      const marked = !(name === "SHA256SUMS" && what === "removed"); // then it only looks unfinished
      assert.is(found.damage?.startsWith(spec.id) ?? false, marked, `${name} ${what}`);
      if (name !== "SHA256SUMS") {
        assert.match(found.damage!, name);
        // Epochs 2, 3, 5 and 6 were kept: what is older than the damage is used.
        const from = [0, 2, 3, 5][kept.indexOf(name)] ?? 6;
        assert.is(found.from, from, `${name} ${what}`);
      }
      await goOn(path, found);
      assert.equal(await contentOf(path), expected, `${name} ${what}`);
    }
  }
});

test("checkpoints of another run, another epoch, or under another name are not used", async ({ folder }) => {
  const [good, foreign] = [join(folder, "good"), join(folder, "foreign")];
  await goOn(good, fresh);
  await goOn(foreign, fresh, other);
  const expected = await contentOf(good);
  const path = join(folder, "mixed");
  await goOn(path, fresh);
  const copies = [[foreign, kept[3]!, kept[3]!], [path, kept[2]!, kept[3]!]] as const;
  for (const [source, from, to] of copies) {
    await copyFile(join(source, from), join(path, to));
    const found = await findRun(path, spec, check);
    assert.is(
      found.state === "open" && found.damage,
      `${spec.id} goes on from epoch 5: Cannot read ${to}`,
    );
    await goOn(path, found);
    assert.equal(await contentOf(path), expected);
  }
  // A whole folder of another run, every checksum right.
  for (const name of all) await copyFile(join(foreign, name), join(path, name));
  const found = await findRun(path, spec, check);
  const damage = `${spec.id} starts again: evidence.json is not of this run; Cannot read ${
    kept[0]
  }`;
  assert.is(found.state === "open" && found.damage, damage);
  await goOn(path, found);
  assert.equal(await contentOf(path), expected);
  // A checkpoint that the run cannot have come to.
  await rm(join(path, "SHA256SUMS"));
  await writeFile(join(path, "checkpoint-epoch-0009.safetensors"), checkpoint(9));
  const impossible = await findRun(
    path,
    { ...spec, epochs: 8, stopAfter: 8 },
    (bytes, epoch, name) =>
      epoch > 8 ? Promise.reject(new Error(`Cannot use ${name}`)) : check(bytes, epoch, name),
  );
  assert.is(impossible.state === "open" && impossible.from, 6);
  await goOn(path, impossible);
  assert.equal(await contentOf(path), expected);
  // Files that are none of ours stay, and disturb nobody.
  await writeFile(join(path, "checkpoint-epoch-7.safetensors"), "mine");
  assert.is((await findRun(path, spec, check)).state, "finished");
});

test("evidence is the same whatever the order of its keys", async ({ folder }) => {
  await goOn(folder, fresh);
  const text = await readFile(join(folder, "evidence.json"), "utf8");
  const reversed = (value: unknown): unknown =>
    typeof value !== "object" || value === null || Array.isArray(value)
      ? Array.isArray(value) ? value.map(reversed) : value
      : Object.fromEntries(Object.entries(value).reverse().map(([k, v]) => [k, reversed(v)]));
  const files = new RunFiles({ path: folder, from: 0, sums: {}, keep });
  const returned = await files.finish(reversed(JSON.parse(text)) as RunEvidence);
  assert.is(await readFile(join(folder, "evidence.json"), "utf8"), text);
  assert.is(JSON.stringify(returned), JSON.stringify(JSON.parse(text)));
});

test.run();
