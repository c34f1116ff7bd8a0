// Policies of one's own from the command line, and what becomes of them in the folder of an audit.

import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { configurationOf } from "../plan/configuration_of.ts";
import { configurationHash } from "../plan/configuration_hash.ts";
import { inTemporaryFolder, resultsIn, runHere, sameFiles } from "./_test_cli.ts";
import { policyOption } from "./policy_option.ts";

const test = suite("--policy");

const tiny = [
  ...["--preset", "tiny", "--methods", "bp", "--seeds", "42", "--epochs", "1", "--no-controls"],
  ...["--width", "4", "--depth", "2", "--limit", "1280", "--workers", "1", "--quiet"],
];
const mine = {
  name: "mine",
  rule: "walk-back if (d) fired",
  thresholds: { growth: 100, reference: 1e-8, stability: 0.5, depthUtility: 0.9 },
  walkBack: ["d"],
  required: ["d"],
};

// Oracle: documented contract, case by case.
test("a name is a name, and what looks like a file is read", async () => {
  assert.is(await policyOption("strict"), "strict");
  const unknown = await runHere([...tiny, "--policy", "strct"]);
  assert.is(unknown.code, 2);
  await inTemporaryFolder(async (folder) => {
    const path = join(folder, "policy");
    await writeFile(path, JSON.stringify(mine));
    assert.equal(await policyOption(path), mine); // a slash is enough
    const found = await runHere([...tiny, "--policy", join(folder, "none.json")]);
    assert.is(found.code, 1);
    const none = join(folder, "none.json");
    assert.is(found.stderr, `error: Cannot read policy ${none} as there is no such file\n`);
    const there = await runHere([...tiny, "--policy", `${folder}/`]);
    assert.is(there.stderr, `error: Cannot read policy ${folder}/ as it is a folder\n`);
    await writeFile(path, JSON.stringify({ ...mine, tresholds: {} }));
    const wrong = await runHere([...tiny, "--policy", path]);
    assert.is(wrong.code, 1);
    assert.match(wrong.stderr, `Cannot read ${path} as a policy has no field 'tresholds': did you`);
  });
});

// Oracle: the audit that was not interrupted, and the policy as it was written.
test("a policy is stored whole, judges, and goes on without its file", async () => {
  await inTemporaryFolder(async (folder) => {
    const [file, out] = [join(folder, "mine.json"), join(folder, "out")];
    await writeFile(file, JSON.stringify(mine));
    const first = await runHere([...tiny, "--policy", file, "--out", out]);
    assert.is(first.code, 0, first.stderr);
    const read = async (name: string) => JSON.parse(await readFile(join(out, name), "utf8"));
    const [record, report] = [await read("configuration.json"), await read("audit.json")];
    assert.equal(record.policy, mine);
    assert.equal(report.policy, mine);
    assert.equal(report.configuration.policy, mine);
    assert.equal(report.methods[0].verdict.verdict, "walk-back"); // nothing is 90 points better
    assert.match(await readFile(join(out, "audit.md"), "utf8"), "walk-back if (d) fired");
    const configuration = configurationOf(record);
    assert.equal(configuration.policy, mine);
    assert.is(await configurationHash(configuration), record.hash);

    // The file changes: what is there goes on unchanged, and another policy is refused.
    const other = { ...mine, thresholds: { ...mine.thresholds, depthUtility: 0.5 } };
    await writeFile(file, JSON.stringify(other));
    const before = await resultsIn(out);
    const resumed = await runHere(["--out", out, "--quiet"]);
    assert.is(resumed.code, 0, resumed.stderr);
    sameFiles(await resultsIn(out), before);
    const refused = await runHere([...tiny, "--policy", file, "--out", out]);
    assert.is(refused.code, 1);
    assert.match(refused.stderr, "as it holds an audit of another configuration (policy");
    sameFiles(await resultsIn(out), before);
    const smoke = await runHere(["smoke", out]);
    assert.is(smoke.code, 0, smoke.stdout + smoke.stderr);
  });
});

// Oracle: documented contract: anybody may have written configuration.json.
test("a record with a policy that is none cannot be used", async () => {
  await inTemporaryFolder(async (folder) => {
    const [file, out] = [join(folder, "mine.json"), join(folder, "out")];
    await writeFile(file, JSON.stringify(mine));
    await runHere([...tiny, "--policy", file, "--out", out]);
    const record = JSON.parse(await readFile(join(out, "configuration.json"), "utf8"));
    const of = (policy: unknown) => () => configurationOf({ ...record, policy });
    assert.throws(of({ ...mine, walkBack: [] }), /Cannot read the policy as walkBack must be at/);
    assert.throws(of(7), /its policy must be a string: 7/);
    assert.throws(of("mine"), /Cannot find policy 'mine'/);
    const broken = () => configurationOf({ ...record, evaluation: {} }); // objects are still checked
    assert.throws(broken, /its evaluation.batches must be a number: missing/);
    assert.equal(of({ ...mine, name: "else" })().policy, { ...mine, name: "else" });
  });
});

test.run();
