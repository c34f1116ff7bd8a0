// What a control found, as control.json holds it.

import type { JsonObject, Policy, RunEvidence } from "@fa/protocol";
import { splitNotes } from "./_paper.ts";
import { unlikePaper } from "../published/unlike_paper.ts";
import type { Condition, Control, ControlTable, Finding, JudgedCondition } from "./control.ts";

/** The record of a control: a pure function of its evidence and configuration. */
export interface ControlRecord {
  /** Version of this layout. */
  readonly schemaVersion: 1;
  /** What kind of record this is. */
  readonly kind: "fa-control";
  /** Name of the control. */
  readonly name: string;
  /** What it asks. */
  readonly question: string;
  /**
   * Data and sizes that are not the paper's: findings on its claims then speak of another setting.
   */
  readonly setting: readonly string[];
  /** What differs from the paper first, then what could not be shown, then what agrees. */
  readonly findings: readonly Finding[];
  /** The conditions, with the ids of their runs. */
  readonly conditions: readonly {
    readonly label: string;
    readonly runs: readonly string[];
    readonly baselines: readonly string[];
  }[];
  /** What was measured; every value over seeds. */
  readonly tables: readonly ControlTable[];
  /** What is to be known when reading them. */
  readonly notes: readonly string[];
  /** The policy with its thresholds. */
  readonly policy: Policy;
  /** Echo of the configuration. */
  readonly configuration: JsonObject;
}

/** What {@link controlRecord} needs. */
export interface ControlInput {
  readonly control: Control;
  readonly conditions: readonly Condition[];
  /** The evidence of every run by id. */
  readonly evidences: ReadonlyMap<string, RunEvidence>;
  readonly policy: Policy;
  readonly configuration: JsonObject;
  /** What is to be known of the runs themselves. Default none. */
  readonly notes?: readonly string[];
}

/**
 * Judges the evidence of a control.
 *
 * @throws {RangeError} if the evidence of a run is missing.
 */
export function controlRecord(
  { control, conditions, evidences, policy, configuration, notes: ofRuns = [] }: ControlInput,
): ControlRecord {
  const judged = conditions.map(({ label, runs, baselines }): JudgedCondition => ({
    label,
    runs: runs.map(({ id }) => evidenceOf(evidences, id)),
    baselines: baselines.map(({ id }) => evidenceOf(evidences, id)),
  }));
  const { findings, tables, notes = [] } = control.judge(judged, policy);
  return {
    schemaVersion: 1,
    kind: "fa-control",
    name: control.name,
    question: control.question,
    setting: [...new Set(judged.flatMap(({ runs }) => runs.flatMap(unlikePaper)))],
    findings: [...findings].sort((a, b) => rank(a) - rank(b)), // stable
    conditions: conditions.map(({ label, runs, baselines }) => ({
      label,
      runs: runs.map(({ id }) => id),
      baselines: baselines.map(({ id }) => id),
    })),
    tables,
    notes: [...ofRuns, ...splitNotes(judged[0]!.runs[0]!), ...notes],
    policy,
    configuration,
  };
}

function evidenceOf(evidences: ReadonlyMap<string, RunEvidence>, id: string): RunEvidence {
  const evidence = evidences.get(id);
  if (!evidence) {
    throw new RangeError(`Cannot judge the control as the evidence of ${id} is missing`);
  }
  return evidence;
}

function rank({ agrees }: Finding): number {
  return agrees === false ? 0 : agrees === null ? 1 : 2;
}
