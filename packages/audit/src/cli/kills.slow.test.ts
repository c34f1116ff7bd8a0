// Audits that are killed at fifty random moments (FA_KILLS says how many, where time is short).
// Oracle: the audit that nobody killed: every file but run.json must have the same bytes.

import { rm } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Rng } from "@fa/tensor";
import { inTemporaryFolder, resultsIn, runMain, sameFiles } from "./_test_cli.ts";

const test = suite("kill -9");

const kills = Number(process.env.FA_KILLS ?? 50);

test(`${kills} times, and every byte is as it would have been`, async () => {
  await inTemporaryFolder(async (folder) => {
    const small = [
      ...["--preset", "tiny", "--methods", "bp,dfa,cb", "--epochs", "6", "--limit", "1280"],
      ...["--width", "8", "--depth", "2", "--keep-last", "2", "--keep-epochs", "1,3"],
      ...["--stop-after", "5", "--probes", "final"],
    ];
    const whole = join(folder, "whole");
    const started = performance.now();
    const undisturbed = await runMain([...small, "--out", whole]);
    assert.is(undisturbed.code, 0, undisturbed.stderr);
    const milliseconds = performance.now() - started;
    const expected = await resultsIn(whole);

    const rng = Rng.fromSeed(50);
    const out = join(folder, "out");
    const count = { kills: 0, atWork: 0, resumed: 0, finished: 0 };
    const check = async (stdout: string): Promise<void> => {
      assert.is(stdout.replaceAll(out, whole), undisturbed.stdout);
      sameFiles(await resultsIn(out), expected);
      await rm(out, { recursive: true });
      count.finished++;
    };
    while (count.kills < kills) {
      // One in four at any moment, such as before the folder is locked or while the lock of the one
      // killed before is watched; the others when runs are at work, for up to half of the whole.
      const ending = rng.uniform() < 0.25
        ? { after: rng.uniform() * 5000 }
        : { at: "worker", after: rng.uniform() * milliseconds / 2 };
      const found = await runMain([...small, "--out", out], { signal: "SIGKILL", ...ending });
      assert.not.match(found.stderr, /error|damaged|missing|Cannot/);
      if (/^resuming: /m.test(found.stderr)) count.resumed++;
      if (found.code === null) {
        count.kills++;
        if (/ on \d+ workers?$/m.test(found.stderr)) count.atWork++;
      } else {
        assert.is(found.code, 0, found.stderr);
        await check(found.stdout);
      }
    }
    const last = await runMain([...small, "--out", out]);
    assert.is(last.code, 0, last.stderr);
    await check(last.stdout);
    console.log(`  ${JSON.stringify(count)}`);
    assert.ok(count.atWork >= kills / 2 && count.resumed >= kills / 2);
  });
});

test.run();
