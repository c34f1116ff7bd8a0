// The record of one run: the only input of the diagnostics.
import type { Accuracy } from "./accuracy.ts";
import type { Definition, Quantity } from "./definitions.ts";
import type { Measured, Unmeasured } from "./measured.ts";
import type { Probes } from "../probes/probes.ts";
import type { CreditIndex, Snapshot } from "./snapshot.ts";

/** A value that JSON can hold; numbers are finite. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json };

/** A JSON object. */
export type JsonObject = { readonly [key: string]: Json };

/**
 * What a run is for: a `method` under audit, its frozen-blocks `baseline`, or a `control` such as
 * BP on permuted labels.
 */
export type Role = "method" | "baseline" | "control";

/** How â_l was made from a_l: a_l / rms(a_l) per sample, over the batch, or not at all. */
export type CreditNormalization = "sample" | "batch" | "none";

/** Which data a run saw; may hold more fields than these. */
export interface DatasetRecord {
  /** Such as `"cifar10"`. */
  readonly name: string;
  /** Which samples were trained on and which were tested on, in words. */
  readonly split: string;
  /** Training samples. */
  readonly trainSize: number;
  /** Test samples. */
  readonly testSize: number;
  readonly [key: string]: Json;
}

/** What was measured at the end of one epoch. */
export interface EpochEvidence {
  /** Completed epochs: 1 is the first. */
  readonly epoch: number;
  /** Learning rate of that epoch; unmeasured where a record from elsewhere does not state it. */
  readonly learningRate: Measured;
  /** Mean training CE of the epoch. */
  readonly trainLoss: Measured;
  /** Test accuracy, where it was measured. */
  readonly accuracy: Measured;
  /** The model after the epoch. */
  readonly snapshot: Snapshot;
  /** For every block: the norm of `w1`, `w2` (or whatever matrices it has) relative to init. */
  readonly parameterGrowth: readonly Readonly<Record<string, Measured>>[];
  /** For every block: credits that were exactly zero in this epoch; BP has no credits. */
  readonly zeroCredits: readonly number[] | Unmeasured;
  /** What was found by intervening on the model after the epoch; absent where it was not done. */
  readonly probes?: Probes;
}

/**
 * Evidence of one run of one method with one seed. A live model and a trace exported from another
 * framework give the same record, and the diagnostics read nothing else.
 */
export interface RunEvidence {
  /** Version of this layout; records of version 1 are read as this one, with less in them. */
  readonly schemaVersion: 2;
  /** What kind of record this is. */
  readonly kind: "fa-evidence";
  /** Name of the method, such as `"dfa"`; a baseline bears the name of its method. */
  readonly method: string;
  /** What the run is for. */
  readonly role: Role;
  /** Seed of the run. */
  readonly seed: number;
  /** Echo of the configuration. */
  readonly configuration: JsonObject;
  /** Which data it saw. */
  readonly dataset: DatasetRecord;
  /** Where the method's credits live. */
  readonly creditIndex: CreditIndex;
  /** How its credits were normalised. */
  readonly creditNormalization: CreditNormalization;
  /** Unit and reduction of every quantity: `evidenceDefinitions`. */
  readonly definitions: Readonly<Record<Quantity, Definition>>;
  /** The model before training. */
  readonly initial: Snapshot;
  /** The model after each measured epoch, ascending. */
  readonly epochs: readonly EpochEvidence[];
  /** Test accuracy of the final model. */
  readonly finalAccuracy: Accuracy;
}

/**
 * The snapshot that a run is judged by: the one after the last epoch, or the initial one of a run
 * without epochs.
 *
 * @example
 * ```ts
 * import { exampleEvidence, finalSnapshot } from "@fa/protocol";
 *
 * const run = exampleEvidence({ hiddenNorms: [9, 9, 900] });
 * if (finalSnapshot(run).growth.max !== 100) throw new Error("the model after the last epoch");
 * if (finalSnapshot({ ...run, epochs: [] }).growth.max !== 1) throw new Error("the untrained one");
 * ```
 */
export function finalSnapshot({ initial, epochs }: RunEvidence): Snapshot {
  return epochs.at(-1)?.snapshot ?? initial;
}
