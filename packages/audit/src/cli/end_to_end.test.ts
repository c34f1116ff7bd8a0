// The audit from the command line to its files. Oracles: the specification of the files, and the
// metamorphic property that neither the number of workers and threads nor an interruption changes
// anything but run.json.

import { mkdir, readFile } from "node:fs/promises";
import { Buffer } from "node:buffer";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parseEvidence } from "@fa/protocol";
import type { AuditReport } from "@fa/protocol/report";
import { renderTable } from "../output/render_table.ts";
import { inTemporaryFolder, resultsIn, runMain, sameFiles, writeBatchFile } from "./_test_cli.ts";

const test = suite("end to end");

// As small as it gets: 10 steps of 7 runs, wide enough for threads to have something to share.
const small = [
  "--preset",
  "tiny",
  "--epochs",
  "1",
  "--width",
  "24",
  "--depth",
  "2",
  "--limit",
  "1280",
];

/** The text of bytes that were read as Latin-1. */
const utf8 = (latin1: string) => Buffer.from(latin1, "latin1").toString("utf8");

const ids = [
  "bp-42",
  "bp-frozen-42",
  "bp-permuted-42",
  "bp-permuted-frozen-42",
  "dfa-42",
  "dfa-frozen-42",
  "dfa-penalty-42",
];

test("writes the same with one worker and with two, which have threads of their own", async () => {
  await inTemporaryFolder(async (folder) => {
    const [a, b] = ["one", "two"].map((name) => join(folder, name)) as [string, string];
    const [one, two] = await Promise.all([
      runMain([...small, "--workers", "1", "--out", a]),
      runMain([...small, "--workers", "2", "--threads", "2", "--out", b, "--json", "--quiet"]),
    ]);
    assert.is(one.code, 0, one.stderr);
    assert.is(two.code, 0, two.stderr);

    const first = await resultsIn(a);
    assert.equal([...first.keys()], [
      "audit.json",
      "audit.md",
      "configuration.json",
      ...ids.flatMap((id) =>
        ["SHA256SUMS", "checkpoint-epoch-0001.safetensors", "evidence.json"].map((name) =>
          `runs/${id}/${name}`
        )
      ),
    ]);
    sameFiles(await resultsIn(b), first);

    // --json prints the file and nothing else, --quiet nothing at all on stderr.
    assert.is(two.stdout, utf8(first.get("audit.json")!));
    assert.is(two.stderr, "");

    // Without them: the table of the record on stdout, progress in plain lines on stderr.
    const report: AuditReport = JSON.parse(utf8(first.get("audit.json")!));
    assert.is(one.stdout, renderTable(report, { out: a }));
    assert.match(one.stderr, /^(a few seconds|about \d+ \w+): 7 runs on 1 worker\n/);
    assert.is(one.stderr.match(/^done /gm)?.length, 7);

    const { starts, ...head } = JSON.parse(await readFile(join(a, "run.json"), "utf8"));
    assert.equal(head, { schemaVersion: 1, kind: "fa-run-facts" });
    assert.is(starts.length, 1);
    assert.equal(Object.keys(starts[0]), [
      ...["startedAt", "software", "runtime", "machine", "out", "dataDir", "workers", "threads"],
      ...["keep", "kept", "resumed", "outcome", "seconds"],
    ]);
    const { workers, threads, outcome } = starts[0];
    assert.equal([workers, threads, outcome], [1, 1, "finished"]);
    assert.is(report.configuration["preset"], "tiny");
    assert.is(report.selfControls.length, 2);
    for (const id of ids) {
      const evidence = parseEvidence(utf8(first.get(`runs/${id}/evidence.json`)!), id);
      assert.is(evidence.epochs.length, 1, id);
      assert.is(evidence.seed, 42);
      assert.is(
        evidence.role,
        id.includes("frozen") ? "baseline" : id.match(/penalty|permuted/) ? "control" : "method",
      );
      assert.is(
        evidence.dataset.name,
        id.includes("permuted") ? "synthetic+permuted-labels" : "synthetic",
      );
    }
  });
});

// Oracle: arithmetic on made-up files: all test images are black and of class 0, so are all train
// images; whoever learns anything is right on all of them.
test("reads CIFAR-10 from the folder of the archive", async () => {
  await inTemporaryFolder(async (folder) => {
    const inside = join(folder, "cifar-10-batches-bin");
    await mkdir(inside);
    for (const name of ["data_batch_1.bin", "data_batch_5.bin"]) {
      await writeBatchFile(join(inside, name));
    }
    const out = join(folder, "out");
    const found = await runMain([
      ...["--data", "cifar10-holdout", "--data-dir", folder, "--out", out, "--json", "--quiet"],
      ...["--seeds", "7", "--methods", "bp", "--epochs", "1", "--width", "4", "--depth", "2"],
      ...["--limit", "1280", "--batch", "4"],
    ]);
    assert.is(found.code, 0, found.stderr);
    const report: AuditReport = JSON.parse(found.stdout);
    assert.is(report.methods[0]!.perSeed[0]!.accuracy.correct, 1280);
    const data = report.configuration["data"] as { name: string; notes: string[] };
    assert.is(data.name, "cifar10-holdout");
    assert.is(data.notes.length, 2);
    assert.match(data.notes[0]!, "data_batch_1.bin is not the official file");
    const { starts } = JSON.parse(await readFile(join(out, "run.json"), "utf8"));
    assert.is(starts[0].dataDir, folder);
  });
});

test.run();
