import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Json, JsonObject } from "@fa/protocol";
import { type AuditChoices, resolveConfiguration } from "../plan/configuration.ts";
import { configurationOf } from "../plan/configuration_of.ts";
import { type ConfigurationRecord, configurationRecord } from "../plan/configuration_record.ts";
import { checkConfiguration, readConfiguration, writeConfiguration } from "./configuration_file.ts";

const test = suite<{ folder: string }>("configuration.json");

test.before.each(async (context) => {
  context.folder = await mkdtemp(join(tmpdir(), "fa-configuration-"));
});
test.after.each(({ folder }) => rm(folder, { recursive: true, force: true }));

const data = { description: "images", notes: ["a note"] };
const recordOf = (choices: AuditChoices) =>
  configurationRecord(resolveConfiguration(choices), data);

async function messageOf(promise: Promise<unknown>): Promise<string> {
  return await promise.then(() => "", (error) => error.message);
}

// Oracle: specification: the same goes on, anything else is refused by the name of the field.
test("tells the same configuration from every other", async ({ folder }) => {
  const record = await recordOf({ preset: "tiny" });
  assert.is(await checkConfiguration(folder, record), false);
  await writeConfiguration(folder, record);
  assert.is(await checkConfiguration(folder, await recordOf({ preset: "tiny", epochs: 2 })), true);
  const other = { ...record, software: { name: "@fa/audit", version: "9.9.9" } };
  assert.is(
    await messageOf(checkConfiguration(folder, other)),
    `Cannot go on in ${folder} as it holds an audit of another configuration (software.version: ` +
      `${(record["software"] as { version: string }).version} there, 9.9.9 asked for): choose ` +
      `another folder with --out, or leave these options out to go on with what is there`,
  );
  const cases: [ConfigurationRecord, string][] = [
    [await recordOf({ preset: "tiny", epochs: 3 }), "(epochs: 2 there, 3 asked for)"],
    [await recordOf({ preset: "tiny", stopAfter: 1 }), "(stopAfter: 2 there, 1 asked for)"],
    [await recordOf({ preset: "tiny", probes: "none" }), "(probes: final there, none asked for)"],
    [
      await recordOf({ preset: "tiny", rules: { dfa: { feedbackScale: 2 } } }),
      "(rules.dfa.feedbackScale: 1 there, 2 asked for)",
    ],
    [
      await configurationRecord(resolveConfiguration({ preset: "tiny" }), {
        description: "images",
      }),
      '(data.notes: ["a note"] there, [] asked for)',
    ],
  ];
  for (const [asked, part] of cases) {
    assert.match(await messageOf(checkConfiguration(folder, asked)), part);
  }
  // A record of a version that had no probes and always trained all epochs.
  const { probes: _, stopAfter: __, ...older } = record as { [name: string]: Json };
  await writeConfiguration(folder, older as ConfigurationRecord);
  assert.match(
    await messageOf(checkConfiguration(folder, record)),
    "as it holds an audit of another configuration (probes: nothing there, final asked for)",
  );
  assert.throws(() => configurationOf(older), /its stopAfter must be a number: missing/);
  await writeConfiguration(folder, record);
  const choices = { data: "cifar10", batch: 64, lambda: 1 };
  const many = await messageOf(checkConfiguration(folder, await recordOf(choices)));
  assert.match(many, /; and \d+ more\)/);
});

// Oracle: the specification of presets: a name for defaults, which determines nothing.
test("the same choices are the same audit, whichever preset they started from", async ({ folder }) => {
  await writeConfiguration(folder, await recordOf({ preset: "tiny" }));
  const choices = { methods: ["bp", "dfa"], seeds: [42], epochs: 2, width: 32 };
  assert.is(
    await checkConfiguration(folder, await recordOf({ preset: "quick", ...choices })),
    true,
  );
});

// Oracle: specification: which rules there are follows from the methods, so it is not said again.
test("a method more is said by its name alone", async ({ folder }) => {
  await writeConfiguration(folder, await recordOf({ preset: "tiny" }));
  const asked = await recordOf({ preset: "tiny", methods: ["bp", "ep", "cb"], epochs: 3 });
  const message = await messageOf(checkConfiguration(folder, asked));
  const said = "(methods: bp, dfa there, bp, ep, cb asked for; epochs: 2 there, 3 asked for)";
  assert.ok(message.includes(said), message);
  const { rules: _, ...damaged } = await recordOf({ preset: "tiny" });
  await writeConfiguration(folder, { ...damaged, rules: {} } as unknown as ConfigurationRecord);
  const other = await messageOf(checkConfiguration(folder, await recordOf({ preset: "tiny" })));
  assert.match(other, "(rules.dfa: nothing there, ");
});

// Oracle: specification: errors say the field, what it must be and what it is; none is the engine's.
test("a record in which a field is of another type is refused in plain words", async () => {
  const record = await recordOf({ preset: "tiny" });
  const data = record["data"] as JsonObject;
  const cases: [JsonObject, string][] = [
    [{ data: null }, "its data must be an object: null"],
    [{ data: { ...data, name: 5 } }, "its data.name must be a string: 5"],
    [{ methods: 5 }, "its methods must be a list: 5"],
    [{ methods: [null] }, "its methods.0 must be a string: null"],
    [{ seeds: {} }, "its seeds must be a list: {}"],
    [{ rules: [] }, "its rules must be an object: []"],
    [{ preset: 1 }, "its preset must be a string: 1"],
    [{ dtype: null }, "its dtype must be a string: null"],
  ];
  for (const [change, message] of cases) {
    assert.throws(
      () => configurationOf({ ...record, ...change }),
      (error: Error) => error instanceof TypeError && error.message === message,
      message,
    );
  }
  const { data: _, ...without } = record;
  assert.throws(
    () => configurationOf(without as JsonObject),
    "its data must be an object: missing",
  );
});

// Oracle: round trip, for every choice there is.
test("the configuration can be read back from it", async ({ folder }) => {
  const variants: AuditChoices[] = [
    {},
    {
      preset: "tiny",
      limit: 1280,
      lambda: 1e-4,
      dtype: "float64",
      backend: "js",
      policy: "strict",
    },
    { data: "cifar10", depth: 6, trainedBlocks: 2, terminalLayerNorm: false, seeds: [3, 1] },
    { data: "cifar10-holdout", limit: 40_000, residual: false, labels: "random", baselines: false },
    {
      methods: ["bp", "dfa"],
      controls: false,
      rules: { dfa: { feedbackScale: 0.5 } },
      batch: 64,
      width: 8,
    },
  ];
  for (const choices of variants) {
    await writeConfiguration(folder, await recordOf(choices));
    const record = await readConfiguration(folder);
    assert.equal(configurationOf(record!), resolveConfiguration(choices));
    const broken: Record<string, unknown>[] = [
      { ...record, epochs: "many" },
      { ...record, epochs: 20.5 },
      { ...record, learningRate: 1 },
      { ...record, unknown: 1 },
      { ...record, data: { ...record!["data"] as object, testSize: 7 } },
      { ...record, methods: "bp" },
      { ...record, data: undefined },
    ];
    for (const each of broken) {
      assert.throws(() => configurationOf(each as ConfigurationRecord), /./, JSON.stringify(each));
    }
  }
});

test("refuses what is no such file, and results that have none", async ({ folder }) => {
  const record = await recordOf({ preset: "tiny" });
  const path = join(folder, "configuration.json");
  const cases = [
    ["{", "as it is no JSON"],
    ["", "as it is no JSON"],
    ["null", "as its kind and version are undefined"],
    ["[]", "as its kind and version are undefined"],
    [
      '{"kind":"fa-audit-configuration","schemaVersion":2}',
      "as its kind and version are fa-audit-configuration 2",
    ],
  ];
  for (const [text, part] of cases) {
    await writeFile(path, text!);
    assert.match(await messageOf(checkConfiguration(folder, record)), `Cannot use ${path} ${part}`);
  }
  await rm(path);
  await mkdir(path);
  assert.match(await messageOf(readConfiguration(folder)), `Cannot read ${path}: EISDIR`);
  await rm(path, { recursive: true });
  await mkdir(join(folder, "runs"));
  assert.match(
    await messageOf(checkConfiguration(folder, record)),
    `Cannot go on in ${folder} as it has runs but no configuration.json`,
  );
});

test.run();
