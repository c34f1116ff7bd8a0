// The whole tiny preset. Oracle: metamorphic: workers, threads and a second execution change nothing
// but run.json; specification: every run and both self-controls are there.

import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { AuditReport } from "@fa/protocol/report";
import { inTemporaryFolder, resultsIn, runMain, sameFiles } from "./_test_cli.ts";

const test = suite("tiny preset");

test("gives the same files with 1, 2 and 3 workers, on 3, 1 and 2 threads each", async () => {
  await inTemporaryFolder(async (folder) => {
    let first: Map<string, string> | undefined;
    for (const [workers, threads] of [["1", "3"], ["2", "1"], ["3", "2"]] as const) {
      const out = join(folder, workers);
      const cores = ["--workers", workers, "--threads", threads];
      const found = await runMain(["--preset", "tiny", ...cores, "--out", out]);
      assert.is(found.code, 0, found.stderr);
      const files = await resultsIn(out);
      const report: AuditReport = JSON.parse(files.get("audit.json")!);
      assert.equal(report.selfControls.map(({ met }) => met === null), [false, false]);
      first ??= files;
      sameFiles(files, first);
      assert.is(files.size, 3 + 7 * 3); // audit.json, audit.md, configuration.json; seven runs
    }
  });
});

test.run();
