// The program of a helper thread, as plain JavaScript: it must start from a string to work alike in
// Node, Deno, Bun and browsers, from sources and from bundles.

/** Values in the description of one call: up to 15 arguments, then the number of the kernel. */
export const CALL_VALUES = 16;
/** Where the control block holds the ticket; see {@link Crew}. */
export const TICKET = 0;
/** Where it holds the number of finished calls, on a cache line of its own. */
export const DONE = 16;
/** Values of the control block before the calls. */
export const CONTROL_VALUES = 32;
/** Bits of a ticket that count the calls that nobody has taken. */
export const OPEN_BITS = 7;

/** What a helper is told at its start. */
export interface HelperTask {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** Where in the memory the control block is. */
  readonly at: number;
  /** Names of the kernels that calls number. */
  readonly kernels: readonly string[];
  /** How often a helper looks for work before it sleeps. */
  readonly spins: number;
}

const serve = `
function serve({ module, memory, at, kernels, spins }, ready) {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const run = kernels.map((name) => exports[name]);
  const control = new Int32Array(memory.buffer, at, ${CONTROL_VALUES});
  const calls = new Float64Array(memory.buffer, at + ${4 * CONTROL_VALUES});
  ready();
  for (let idle = 0;;) {
    const ticket = Atomics.load(control, ${TICKET});
    const open = ticket & ${(1 << OPEN_BITS) - 1};
    if (open === 0) {
      if (++idle > spins) {
        Atomics.wait(control, ${TICKET}, ticket);
        idle = 0;
      }
      continue;
    }
    idle = 0;
    const call = calls.slice(${CALL_VALUES} * (open - 1), ${CALL_VALUES} * open);
    if (Atomics.compareExchange(control, ${TICKET}, ticket, ticket - 1) !== ticket) continue;
    run[call[${CALL_VALUES - 1}]](...call);
    Atomics.add(control, ${DONE}, 1);
    Atomics.notify(control, ${DONE});
  }
}`;

/** For a worker of Node, also as Deno and Bun have it. */
export const nodeHelperSource: string = `
import { parentPort } from "node:worker_threads";
parentPort.once("message", (task) => serve(task, () => parentPort.postMessage("ready")));
${serve}`;

/** For a worker of a browser. */
export const webHelperSource: string = `
addEventListener("message", ({ data }) => serve(data, () => postMessage("ready")), { once: true });
${serve}`;
