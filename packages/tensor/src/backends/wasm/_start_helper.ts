// Starts a helper thread, in every runtime.
import { importAtRunTime } from "../_import_at_run_time.ts";
import { type HelperTask, nodeHelperSource, webHelperSource } from "./_helper_source.ts";

/** A running helper. */
export interface Helper {
  /** Settles when it waits for work. */
  readonly ready: Promise<void>;
  /** Ends it. */
  stop(): void;
}

/** The part of `node:worker_threads` that is used. */
interface NodeThreads {
  readonly Worker: new (url: URL, options: { readonly execArgv: readonly string[] }) => {
    on(event: "message" | "error", listener: (value: unknown) => void): void;
    postMessage(message: unknown): void;
    unref(): void;
    terminate(): unknown;
  };
}

/**
 * Starts a helper. From then on it needs nothing of this thread, which may begin a long computation.
 * Once it is ready it does not keep the process alive.
 */
export async function startHelper(task: HelperTask): Promise<Helper> {
  const { process } = globalThis as { process?: { versions?: { node?: string } } };
  return process?.versions?.node === undefined ? inBrowser(task) : await inNode(task);
}

async function inNode(task: HelperTask): Promise<Helper> {
  const { Worker } = await importAtRunTime("node:worker_threads") as NodeThreads;
  const url = `data:text/javascript,${encodeURIComponent(nodeHelperSource)}`;
  // Without the program's own flags: a helper needs no loader of TypeScript.
  const worker = new Worker(new URL(url), { execArgv: [] });
  const ready = new Promise<void>((resolve, reject) => {
    worker.on("message", () => resolve());
    worker.on("error", (error) => reject(startError(error)));
    worker.postMessage(task);
  }).finally(() => worker.unref());
  return { ready, stop: () => void worker.terminate() };
}

function inBrowser(task: HelperTask): Helper {
  const url = URL.createObjectURL(new Blob([webHelperSource], { type: "text/javascript" }));
  const worker = new Worker(url, { type: "module" });
  const ready = new Promise<void>((resolve, reject) => {
    worker.onmessage = () => resolve();
    worker.onerror = (event) => reject(startError(event.message));
    worker.postMessage(task);
  }).finally(() => URL.revokeObjectURL(url));
  return { ready, stop: () => worker.terminate() };
}

function startError(cause: unknown): Error {
  const reason = cause instanceof Error ? cause.message : String(cause ?? "it was refused");
  return new Error(`Cannot start a helper thread as its worker failed: ${reason}`, { cause });
}
