// First fires of every method over its seeds.
import type { FirstFire } from "../diagnostics/first_fire.ts";
import type { DiagnosticId, DiagnosticName } from "../diagnostics/policies.ts";

/** First fires of one diagnostic of one method, seed by seed. */
export interface DiagnosticFirstFires {
  /** The paper's letter. */
  readonly id: DiagnosticId;
  /** What is measured. */
  readonly name: DiagnosticName;
  /** Every seed, ascending. */
  readonly perSeed: readonly (FirstFire & { readonly seed: number })[];
  /** In words, such as `epochs 4, 4, 3 (seeds 42, 123, 456)` or `never in 3 seeds`. */
  readonly text: string;
}

/** First fires of one method. */
export interface MethodFirstFires {
  /** Its name. */
  readonly method: string;
  /** (a)–(d). */
  readonly diagnostics: readonly DiagnosticFirstFires[];
}
