// A disk that is full. Oracle: the specification (one line that names file and reason, finished runs
// are kept), and the audit that had space enough. The disk is a small one in memory, which only a
// privileged user may mount.

import { execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { filesBelow, resultsIn, runMain, sameFiles } from "./_test_cli.ts";

const test = suite("disk full");

const folder = mkdtempSync(join(tmpdir(), "fa-full-"));
const mount = (...args: string[]) => execFileSync("mount", args, { stdio: "ignore" });

let mounted = false;
try {
  mount("-t", "tmpfs", "-o", "size=180k", "fa", folder);
  mounted = true;
} catch {
  // then there is nothing to test here
}

const name = "an audit says so, keeps what is finished, and goes on when there is space";
if (!mounted) {
  console.log(`skip disk full: this user may not mount a file system in memory`);
  test.skip(name, () => {});
} else {
  test.after(() => {
    execFileSync("umount", [folder]);
  });
  test(name, async () => {
    const small = [
      ...["--preset", "tiny", "--methods", "dfa", "--epochs", "3", "--limit", "1280"],
      ...["--no-controls", "--batch", "640", "--width", "8", "--depth", "2", "--workers", "1"],
    ];
    const out = join(folder, "out");
    const full = await runMain([...small, "--keep-last", "3", "--out", out]);
    assert.is(full.code, 1, full.stderr);
    assert.is(full.stdout, "");
    const lines = full.stderr.trimEnd().split("\n");
    assert.match(
      lines.at(-1)!,
      /^error: Cannot finish run dfa-frozen-42: Cannot write .*out\/runs\/dfa-frozen-42\/check\S+: ENOSPC\b.*; 1 of 2 runs were finished( and 1 has a checkpoint)?; started again, the audit goes on with what is kept in .*out$/,
    );
    const names = [...(await filesBelow(out)).keys()];
    assert.not.ok(names.some((name) => /(^|\/)\./.test(name)), names.join());

    mount("-o", "remount,size=8m", folder);
    const resumed = await runMain(["--out", out]);
    assert.is(resumed.code, 0, resumed.stderr);
    assert.match(
      resumed.stderr,
      /^resuming: 1 of 2 runs were finished(, 1 goes on from epoch [12])?\n/,
    );
    const whole = join(folder, "whole");
    const undisturbed = await runMain([...small, "--keep-last", "3", "--out", whole]);
    assert.is(undisturbed.code, 0, undisturbed.stderr);
    sameFiles(await resultsIn(out), await resultsIn(whole));
  });
}
test.after(() => rm(folder, { recursive: true, force: true }));

test.run();
