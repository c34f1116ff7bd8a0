// The lock of a folder. Oracle: the specification: never two holders; a dead one is followed by one
// only; a living one is never disturbed.

import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { acquireLock } from "./lock.ts";

const test = suite<{ folder: string }>("lock");

test.before.each(async (context) => {
  context.folder = await mkdtemp(join(tmpdir(), "fa-lock-"));
});
test.after.each(({ folder }) => rm(folder, { recursive: true, force: true }));

const quick = { beat: 20, patience: 4 };
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const deadLock = '{"owner":"x","pid":7,"host":"h","startedAt":"then","beat":"000000000003"}\n';

async function messageOf(promise: Promise<unknown>): Promise<string> {
  return await promise.then(() => "", (error) => error.message);
}

test("refuses a folder that another one holds, names the holder, and takes it when it lets go", async ({ folder }) => {
  const lock = await acquireLock(folder, quick);
  let waited = 0;
  const other = acquireLock(folder, { ...quick, onWaiting: () => waited++ });
  const message = await messageOf(other);
  assert.match(
    message,
    `Cannot use ${folder} as another audit is writing to it: pid ${process.pid} on`,
  );
  assert.match(message, /, started \d{4}-\d\d-\d\dT.*; wait for it, or choose another folder/);
  assert.is(waited, 0, "a holder that shows life is recognised before anybody has to wait");
  lock.check();
  lock.release();
  lock.release();
  assert.equal(await readdir(folder), []);
  (await acquireLock(folder, quick)).release();
});

test("takes over from a dead one, after a while and a word", async ({ folder }) => {
  await writeFile(join(folder, ".lock-41"), deadLock);
  let waited = 0;
  const started = performance.now();
  const lock = await acquireLock(folder, { ...quick, onWaiting: () => waited++ });
  assert.ok(performance.now() - started >= 8 * 10 - 5);
  assert.is(waited, 1);
  assert.equal(await readdir(folder), [".lock-42"]);
  lock.check();
  lock.release();
});

test("takes a lock that was left empty, by someone killed between two calls, for dead too", async ({ folder }) => {
  await writeFile(join(folder, ".lock-1"), "");
  (await acquireLock(folder, quick)).release();
  assert.equal(await readdir(folder), []);
});

// Oracle: specification: of many that wait for a dead one, one wins and the others see it live.
test("gives a folder to one of many", async ({ folder }) => {
  for (const dead of [false, true]) {
    if (dead) await writeFile(join(folder, ".lock-1"), deadLock);
    const found = await Promise.allSettled(
      Array.from({ length: 12 }, () => acquireLock(folder, quick)),
    );
    const locks = found.filter((each) => each.status === "fulfilled");
    assert.is(locks.length, 1);
    for (const each of found) {
      if (each.status === "rejected") {
        assert.match(each.reason.message, "as another audit is writing");
      }
    }
    locks[0]!.value.check();
    locks[0]!.value.release();
    assert.equal(await readdir(folder), []);
  }
});

// Oracle: specification: a lock that goes while it is watched says nothing of those that are there now.
test("looks again when the lock that it watches is gone", async ({ folder }) => {
  await writeFile(join(folder, ".lock-5"), deadLock);
  const waiting = messageOf(acquireLock(folder, quick));
  await sleep(15);
  rmSync(join(folder, ".lock-5"));
  const living = await acquireLock(folder, quick); // made at once
  assert.match(await waiting, `Cannot use ${folder} as another audit is writing to it`);
  assert.equal(await readdir(folder), [".lock-1"]);
  living.check();
  living.release();
});

test("tells a holder that was taken for dead, who then disturbs nobody", async ({ folder }) => {
  const asleep = await acquireLock(folder, { ...quick, beat: 1e6 });
  const awake = await acquireLock(folder, quick);
  assert.not.ok(asleep.lost.aborted);
  const error = await messageOf(Promise.resolve().then(() => asleep.check()));
  assert.match(error, `Cannot go on in ${folder} as another audit has taken over`);
  assert.is(asleep.lost.reason.message, error);
  asleep.release();
  awake.check();
  awake.release();
});

// Oracle: as above, where the same number has been given anew meanwhile.
test("tells it also when the other one has long finished and a third began", async ({ folder }) => {
  const asleep = await acquireLock(folder, { ...quick, beat: 1e6 });
  (await acquireLock(folder, quick)).release();
  const third = await acquireLock(folder, quick);
  assert.equal(readdirSync(folder), [".lock-1"]);
  assert.throws(() => asleep.check(), /has taken over/);
  asleep.release();
  third.check();
  third.release();
});

test("notices by itself", async ({ folder }) => {
  const lock = await acquireLock(folder, quick);
  writeFileSync(join(folder, ".lock-2"), deadLock);
  for (let i = 0; i < 100 && !lock.lost.aborted; i++) await sleep(10);
  assert.ok(lock.lost.aborted);
  assert.is(
    readFileSync(join(folder, ".lock-2"), "utf8"),
    deadLock,
    "writes into its own file only",
  );
  lock.release();
});

// Oracle: specification: work that keeps timers from running gives signs of life by hand.
test("lives on by beats given by hand", async ({ folder }) => {
  const lock = await acquireLock(folder, { beat: 60, patience: 4 });
  const started = performance.now();
  const text = () => readFileSync(join(folder, ".lock-1"), "utf8");
  const texts = new Set<string>();
  while (performance.now() - started < 200) { // without a timer
    lock.beat();
    texts.add(text());
  }
  // One at the start, then one every half interval at most.
  assert.ok(texts.size >= 3 && texts.size <= 8, `${texts.size} signs of life`);
  lock.release();
});

test("says so where it cannot write", async ({ folder }) => {
  const missing = join(folder, "missing");
  assert.match(
    await messageOf(acquireLock(missing, quick)),
    `Cannot write results to ${missing}: `,
  );
});

test.run();
