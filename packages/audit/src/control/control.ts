// What a control is: a question, the runs that answer it, and how they are judged.

import type { Policy, RunEvidence, SeedSummary } from "@fa/protocol";
import type { AuditChoices, AuditConfiguration } from "../plan/configuration.ts";
import type { PresetName } from "../plan/presets.ts";
import type { RunSpec } from "../run/run_spec.ts";

/** Runs that share everything but the seed, and their frozen-blocks baselines. */
export interface Condition {
  /** What it is called in tables, such as `DFA, λ=0.01`. */
  readonly label: string;
  /** One run for each seed. */
  readonly runs: readonly RunSpec[];
  /** One baseline for each seed; empty where none is needed. */
  readonly baselines: readonly RunSpec[];
}

/** A condition once its runs are finished. */
export interface JudgedCondition {
  readonly label: string;
  readonly runs: readonly RunEvidence[];
  readonly baselines: readonly RunEvidence[];
}

/** What the paper reports, what was measured, and whether the two agree. */
export interface Finding {
  /** Numbers of the paper's claims that it bears on; empty where the paper says nothing of it. */
  readonly claims: readonly number[];
  /** What the paper reports, or what is to be expected. */
  readonly expectation: string;
  /** What was measured, in words and numbers. */
  readonly measured: string;
  /** Whether it agrees; null where that could not be shown, and `measured` says why. */
  readonly agrees: boolean | null;
}

/** A column of a table. */
export interface Column {
  readonly title: string;
  /** Unit of its values; `"1"` for pure numbers, `"words"` for words. */
  readonly unit: string;
}

/** A value over seeds, or a word. */
export type Cell = SeedSummary | { readonly text: string };

/** A table of measured values. */
export interface ControlTable {
  readonly title: string;
  /** Whether it is so long that only the files have it. */
  readonly long?: boolean;
  readonly columns: readonly Column[];
  readonly rows: readonly { readonly label: string; readonly cells: readonly Cell[] }[];
}

/** What a control says of its evidence. */
export interface Judgement {
  /** In any order; reports begin with what does not agree. */
  readonly findings: readonly Finding[];
  readonly tables: readonly ControlTable[];
  /** What is to be known when reading them. */
  readonly notes?: readonly string[];
}

/** A control. */
export interface Control {
  /** Its name on the command line. */
  readonly name: string;
  /** What it asks. */
  readonly question: string;
  /** What it runs, in a line. */
  readonly summary: string;
  /** What it takes with the preset `quick` on two cores. */
  readonly duration: string;
  /** What it chooses where nothing is chosen. */
  readonly choices: (preset: PresetName) => AuditChoices;
  /**
   * What it needs of a finished audit that is given with `--from`: its checkpoints, which are then
   * probed, or its evidence alone. Undefined where it always has runs of its own.
   */
  readonly from?: "checkpoints" | "evidence";
  /** The conditions of a configuration. */
  readonly plan: (configuration: AuditConfiguration) => readonly Condition[];
  /** Judges the evidence; a pure function. */
  readonly judge: (conditions: readonly JudgedCondition[], policy: Policy) => Judgement;
}
