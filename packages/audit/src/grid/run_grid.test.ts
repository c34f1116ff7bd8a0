import { suite } from "uvu";
import * as assert from "uvu/assert";
import { exampleEvidence } from "@fa/protocol";
import { resolveConfiguration } from "../plan/configuration.ts";
import { planRuns } from "../plan/plan_runs.ts";
import type { FromWorker, OpenWorker, SpareThreads, ToWorker } from "./messages.ts";
import type { RunSpec } from "../run/run_spec.ts";
import { runGrid } from "./run_grid.ts";

const test = suite("runGrid");

const { runs } = planRuns(resolveConfiguration({ preset: "quick", methods: ["bp", "dfa"] }));
const dataset = { kind: "synthetic", options: {} } as const;

/** Ids of the runs that start before this one. */
const before = (id: string) =>
  runs.map((spec) => spec.id).slice(0, runs.findIndex((r) => r.id === id));

type Answer = (spec: RunSpec) => FromWorker | "die" | "hang";

/** Workers of this thread that answer each run in a later turn of the event loop. */
class FakePool {
  readonly workers: { received: ToWorker[]; terminated: number; busy: number }[] = [];
  readonly #answer: Answer;

  constructor(answer: Answer = done) {
    this.#answer = answer;
  }

  readonly open: OpenWorker = (events) => {
    const worker = { received: [] as ToWorker[], terminated: 0, busy: 0 };
    this.workers.push(worker);
    return {
      post: (message) => {
        worker.received.push(message);
        if (message.type !== "run") return;
        worker.busy++;
        setTimeout(() => {
          worker.busy--;
          const { spec } = message;
          events.message({ type: "progress", progress: { id: spec.id, epoch: 1, epochs: 20 } });
          const answer = this.#answer(spec);
          if (answer === "die") events.error(new Error("out of memory"));
          else if (answer !== "hang") events.message(answer);
        }, 1);
      },
      terminate: () => Promise.resolve(void worker.terminated++),
    };
  };
}

function done({ id, seed }: RunSpec): FromWorker {
  return { type: "done", evidence: exampleEvidence({ seed, method: id }) };
}

// Oracle: specification: every run once, in order, whatever the number of workers.
test("gives each run to one worker, one at a time", async () => {
  for (const workers of [1, 2, 5, 50]) {
    const pool = new FakePool();
    const started: string[] = [];
    const progressed = new Set<string>();
    const result = await runGrid({
      runs,
      dataset,
      workers,
      threads: 3,
      open: pool.open,
      onStart: (spec) => {
        started.push(spec.id);
        assert.ok(pool.workers.every((worker) => worker.busy <= 1));
      },
      onProgress: ({ id }) => progressed.add(id),
    });
    assert.is(pool.workers.length, Math.min(workers, runs.length));
    assert.equal(started, runs.map(({ id }) => id));
    assert.is(progressed.size, runs.length);
    assert.is(result.stopped, false);
    assert.equal([...result.evidences.keys()].sort(), runs.map(({ id }) => id).sort());
    for (const [id, evidence] of result.evidences) assert.is(evidence.method, id);
    for (const worker of pool.workers) {
      assert.is(worker.received[0]!.type, "dataset");
      assert.is(worker.received.filter(({ type }) => type === "dataset").length, 1);
      for (const message of worker.received) {
        if (message.type !== "run") continue;
        assert.equal([message.threads, message.spare], [3, undefined]);
      }
      assert.is(worker.terminated, 1);
    }
  }
});

// Oracle: specification: of two workers the one that ends first leaves its thread to the other.
test("lends the threads of workers that have nothing left to do", async () => {
  const last = runs.at(-1)!.id;
  const pool = new FakePool();
  const spares: (SpareThreads | undefined)[] = [];
  const allowed: number[] = [];
  const now = () => {
    const limit = spares.find((spare) => spare)?.limit;
    return limit ? new Int32Array(limit)[0]! : 0;
  };
  await runGrid({
    runs,
    dataset,
    workers: 2,
    lend: true,
    open: (events) => {
      const worker = pool.open(events);
      return {
        ...worker,
        post: (message) => {
          if (message.type === "run") spares.push(message.spare);
          // The last run takes longer, so that the other worker ends before it.
          if (message.type === "run" && message.spec.id === last) {
            setTimeout(() => worker.post(message), 20);
          } else worker.post(message);
        },
      };
    },
    onDone: () => allowed.push(now()),
  });
  const own = (spare: SpareThreads | undefined) => spare?.threads;
  assert.equal(spares.map(own), [...runs.slice(2).map(() => undefined), 2, 2]);
  // The last run but two ends when the last but one has started; both workers are busy until then.
  assert.equal(allowed, [...runs.slice(3).map(() => 0), 1, 1, 2]);
});

// Oracle: specification: a failing run is named, the others are stopped, finished runs are kept.
test("names the run that fails and stops the others", async () => {
  const kept: string[] = [];
  const pool = new FakePool((spec) =>
    spec.id === "dfa-42"
      ? { type: "failed", message: "h_3 is NaN" }
      : spec.id === "dfa-123"
      ? "hang"
      : done(spec)
  );
  let message = "";
  try {
    await runGrid({
      runs,
      dataset,
      workers: 2,
      open: pool.open,
      onDone: (spec) => kept.push(spec.id),
    });
  } catch (error) {
    message = (error as Error).message;
  }
  assert.is(message, "Cannot finish run dfa-42: h_3 is NaN");
  assert.equal(kept, before("dfa-42"));
  assert.equal(pool.workers.map((worker) => worker.terminated), [1, 1]);
});

test("takes the death of a worker as the failure of its run", async () => {
  let message = "";
  const { open } = new FakePool(() => "die");
  await runGrid({ runs, dataset, workers: 1, open }).catch((error) => message = error.message);
  assert.is(message, "Cannot finish run bp-42: its worker died: out of memory");
});

// Oracle: specification: every run goes to its worker with its own place.
test("tells every run where its files are", async () => {
  const pool = new FakePool();
  const place = ({ id }: RunSpec) => ({ path: `runs/${id}`, from: 0, sums: {}, keep: {} });
  await runGrid({ runs, dataset, workers: 2, open: pool.open, place });
  let count = 0;
  for (const message of pool.workers.flatMap(({ received }) => received)) {
    if (message.type !== "run") continue;
    assert.equal(message.place, place(message.spec));
    count++;
  }
  assert.is(count, runs.length);
});

// Oracle: specification: what is finished is kept, the rest is stopped, nothing throws.
test("stops when it is told to", async () => {
  const controller = new AbortController();
  const pool = new FakePool((spec) => spec.id === "dfa-42" ? "hang" : done(spec));
  const result = await runGrid({
    runs,
    dataset,
    workers: 1,
    open: pool.open,
    signal: controller.signal,
    onProgress: ({ id }) => id === "dfa-42" && setTimeout(() => controller.abort(), 1),
  });
  assert.is(result.stopped, true);
  assert.equal([...result.evidences.keys()], before("dfa-42"));
  assert.is(pool.workers[0]!.terminated, 1);
});

test("starts nothing where the signal was aborted before", async () => {
  const open = () => assert.unreachable("no worker is needed") as never;
  const result = await runGrid({ runs, dataset, workers: 2, open, signal: AbortSignal.abort() });
  assert.equal([result.stopped, result.evidences.size], [true, 0]);
});

test.run();
