// Starts a worker thread in the same way in Node (sources through tsx, or built), Deno and Bun.

import process from "node:process";
import { Worker } from "node:worker_threads";

/** What a spawned worker tells its parent. */
export interface _WorkerEvents<Out> {
  /** Receives every message that the worker posts, in order. */
  message(message: Out): void;
  /**
   * Receives what ended the worker, at most once and never after `terminate`: what it threw, also in
   * a promise, or that it exited by itself.
   */
  error(error: Error): void;
}

/** A running worker, seen from its parent. */
export interface _SpawnedWorker<In> {
  /** Sends a message (structured clone); it is kept until the worker listens. */
  post(message: In): void;
  /** Stops the worker at once, in the middle of its work, and settles when it is gone. */
  terminate(): Promise<void>;
}

/**
 * Starts the module at `url` as a worker thread. The module talks through `parentPort` of
 * `node:worker_threads`, which all three runtimes have.
 *
 * Deno and Bun load TypeScript in a worker as anywhere else. Node 20 does not: hooks that the main
 * thread registered with `--import tsx` do not reach the entry of a worker, so the worker starts
 * from a line of JavaScript that registers tsx first. In the built package, where this file ends in
 * `.js`, so does the worker: callers always name `./worker.ts`.
 */
export function _spawn<In, Out>(url: URL, events: _WorkerEvents<Out>): _SpawnedWorker<In> {
  const entry = import.meta.url.endsWith(".js") ? url.href.replace(/\.ts$/, ".js") : url.href;
  const native = "deno" in process.versions || "bun" in process.versions;
  const worker = native || !entry.endsWith(".ts") ? new Worker(new URL(entry)) : new Worker(
    `import(${JSON.stringify(import.meta.resolve("tsx/esm/api"))}).then((tsx) => {
      tsx.register();
      return import(${JSON.stringify(entry)});
    });`,
    { eval: true },
  );
  let ended = false;
  const end = (error: Error): void => {
    if (!ended) events.error(error);
    ended = true;
  };
  worker.on("message", (message: Out) => ended || events.message(message));
  worker.on("error", (cause: unknown) => {
    end(cause instanceof Error ? cause : new Error(`Worker threw ${String(cause)}`, { cause }));
  });
  worker.on("messageerror", end);
  worker.on("exit", (code) => end(new Error(`Worker exited by itself with code ${code}`)));
  return {
    post: (message) => worker.postMessage(message),
    async terminate() {
      ended = true;
      await worker.terminate();
    },
  };
}
