// Imports what only some runtimes have.

/** Imports a module of a runtime, out of sight of bundlers and type checkers: it may be absent. */
export function importAtRunTime(name: string): Promise<unknown> {
  return import(/* @vite-ignore */ /* webpackIgnore: true */ name);
}
