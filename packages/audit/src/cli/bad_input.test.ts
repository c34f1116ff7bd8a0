// Bad input through the real command line. Oracle: the specification: exit code 2 for a wrong command
// line and 1 for a failure, one line on stderr that begins with "error: " and says what to do,
// nothing on stdout, no stack trace, nothing half-written.

import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { inTemporaryFolder, runMain, writeBatchFile } from "./_test_cli.ts";

const test = suite("bad input");

async function refuses(args: readonly string[], code: number, ...parts: string[]): Promise<void> {
  const found = await runMain(args);
  const what = `audit ${args.join(" ")}\n${found.stderr}`;
  assert.is(found.code, code, what);
  assert.is(found.stdout, "", what);
  assert.match(found.stderr, /^error: [^\n]+\n$/, what);
  assert.not.match(found.stderr, /\bat .*:\d+:\d+/, what);
  for (const part of parts) assert.ok(found.stderr.includes(part), `${what}misses: ${part}`);
}

test("a wrong command line", async () => {
  await Promise.all([
    refuses(["--epoch", "3"], 2, "unknown option '--epoch': did you mean --epochs?"),
    refuses(["--epochs", "-1"], 2, "epochs must be an integer from 1 to 100000: -1"),
    refuses(["--methods", "bp,dfaa"], 2, "Cannot find method 'dfaa': did you mean 'dfa'?"),
    refuses(["--set", "dfa"], 2, "--set as it must be method.option=value between commas: 'dfa'"),
    refuses(["--set", "dfa.feedbackScal=2"], 2, "did you mean 'feedbackScale'?"),
    refuses(["--set", "__proto__.a=2"], 2, "Cannot find method '__proto__'"),
    refuses(["--data", "cifar10"], 2, "add --data-dir <folder>", "data_batch_1.bin"),
  ]);
});

test("a folder that is not there", async () => {
  await inTemporaryFolder(async (folder) => {
    const missing = join(folder, "missing");
    const data = ["--data", "cifar10", "--data-dir", missing];
    await refuses(data, 1, `${missing} as there is no such folder`, "data_batch_5.bin", "https://");
  });
});

test("damaged files", async () => {
  await inTemporaryFolder(async (folder) => {
    const out = join(folder, "out");
    const args = ["--data", "cifar10", "--limit", "1280", "--data-dir", folder, "--out", out];
    await refuses(args, 1, "data_batch_1.bin could not be read", "https://");
    await writeBatchFile(join(folder, "data_batch_1.bin"), {}, 30_000_000);
    await writeBatchFile(join(folder, "test_batch.bin"));
    await refuses(args, 1, "data_batch_1.bin", "30730000 bytes", "found 30000000");
    await writeBatchFile(join(folder, "data_batch_1.bin"), { [3_073 * 7]: 10 });
    await refuses(args, 1, "data_batch_1.bin", "record 7", "offset 21511 has label 10");
    assert.not.ok((await readdir(folder)).includes("out"), "nothing is made before all is well");
  });
});

test("a folder that cannot be written to", async () => {
  await inTemporaryFolder(async (folder) => {
    const file = join(folder, "file");
    await writeFile(file, "");
    const out = join(file, "out");
    await refuses(["--out", out], 1, `Cannot write results to ${out}`, "another folder with --out");
    const other = join(folder, "other");
    await mkdir(other);
    await writeFile(join(other, "audit.json"), "{}");
    await refuses(["--out", other], 1, "it has audit.json but no configuration.json", "--out");
    await writeFile(join(other, "configuration.json"), "{");
    await refuses(["--out", other], 1, "configuration.json as it is no JSON", "--out");
    assert.equal((await readdir(other)).sort(), ["audit.json", "configuration.json"]);
  });
});

test.run();
