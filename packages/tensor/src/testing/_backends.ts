// The backends that tests run on.
import { suite } from "uvu";
import type { Backend } from "../backend.ts";
import { jsBackend } from "../backends/js/mod.ts";
import { openBackend } from "../backends/open_backend.ts";
import { wasmBackend } from "../backends/wasm/mod.ts";
import { setDefaultBackend } from "../create/default_backend.ts";
import { scope } from "../memory/scope.ts";
import { type Precision, singlePrecision } from "./_error_bounds.ts";

/** A backend and what it promises beyond the contract of all. */
export interface TestedBackend {
  /** The backend. */
  readonly backend: Backend;
  /** What it promises about float32. */
  readonly single: Precision;
  /**
   * Whether an element of a product is one sum in order of k, rounded after every multiplication and
   * addition: for up to 256 terms.
   */
  readonly productsInOrder: boolean;
  /** Where kernels find the operands: in memory of a scope, or of the garbage collector. */
  readonly inScope: boolean;
}

const wasm = { single: singlePrecision(false), productsInOrder: true };

/** Every backend that this machine offers, and every way of holding values that it has. */
export const testedBackends: readonly TestedBackend[] = [
  { backend: jsBackend, single: singlePrecision(true), productsInOrder: true, inScope: false },
  { backend: wasmBackend, ...wasm, inScope: false },
  { backend: wasmBackend, ...wasm, inScope: true },
  ...await optional("wasm-fast-math"),
  ...await optional("blas"),
];

/** A backend that computes all but products like wasm, these in an order of its own, if it is there. */
async function optional(name: string): Promise<TestedBackend[]> {
  try {
    const backend = await openBackend(name);
    return [false, true].map((inScope) => ({ backend, ...wasm, productsInOrder: false, inScope }));
  } catch (error) {
    console.log(`skip backend ${name}: ${(error as Error).message.split("\n")[0]}`);
    return [];
  }
}

/** Adds a test whose body is synchronous. */
export type AddTest = (title: string, body: () => void) => void;

/** One suite for each tested backend, which is the default backend while the suite's tests run. */
export function onEveryBackend(
  name: string,
  define: (test: AddTest, tested: TestedBackend) => void,
): void {
  for (const tested of testedBackends) {
    const place = tested.inScope ? " in a scope" : "";
    const tests = suite(`${name}, backend ${tested.backend.name}${place}`);
    let before: Backend;
    tests.before(() => {
      before = setDefaultBackend(tested.backend);
    });
    tests.after(() => {
      setDefaultBackend(before);
    });
    define((title, body) => tests(title, tested.inScope ? () => scope(body) : body), tested);
    tests.run();
  }
}
