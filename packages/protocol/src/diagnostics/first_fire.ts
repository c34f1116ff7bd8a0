// When in training a diagnostic first fires, and whether it stays.
import type { DiagnosticId, DiagnosticName } from "./policies.ts";

/** The first epoch of one run at which one diagnostic fires. */
export interface FirstFire {
  /** The paper's letter. */
  readonly id: DiagnosticId;
  /** What is measured. */
  readonly name: DiagnosticName;
  /** Completed epochs when it first fired: 0 is the untrained model; null if it never did. */
  readonly epoch: number | null;
  /** Whether it fired at every later moment too; null where it never fired or that is not known. */
  readonly stays: boolean | null;
  /** Later moments at which it was silent again. */
  readonly silentAgain: readonly number[];
  /** Moments at which it was evaluated, of all that were measured. */
  readonly evaluated: number;
  /** Moments that were measured: the untrained model and every measured epoch. */
  readonly moments: number;
  /** In words, such as `epoch 3, and stays` or `never`. */
  readonly text: string;
}
