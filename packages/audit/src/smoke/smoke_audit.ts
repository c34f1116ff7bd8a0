// Do the checkpoints of a finished audit still give what its record says?

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Dataset } from "@fa/data";
import {
  type AuditReport,
  buildAudit,
  finalSnapshot,
  type JsonObject,
  type RunEvidence,
} from "@fa/protocol";
import { checkpointName } from "../folder/checkpoint_names.ts";
import { readFinished } from "../folder/read_finished.ts";
import { auditInput } from "../plan/audit_input.ts";
import { canonicalJson } from "../plan/canonical_json.ts";
import type { AuditConfiguration } from "../plan/configuration.ts";
import type { ConfigurationRecord } from "../plan/configuration_record.ts";
import { planRuns } from "../plan/plan_runs.ts";
import { remeasure, type Remeasured } from "../run/remeasure.ts";
import type { RunSpec } from "../run/run_spec.ts";

/** What is checked: a run, or the verdict on a method. */
export interface SmokeCheck {
  /** `run` or `verdict`. */
  readonly kind: "run" | "verdict";
  /** Name of the run, or of the method. */
  readonly name: string;
  /** What was found, in words. */
  readonly found: string;
  /** Whether it is what was recorded. */
  readonly same: boolean;
}

/** What {@link smokeAudit} needs. */
export interface SmokeOptions {
  /** Folder of a finished audit. */
  readonly out: string;
  /** What its `configuration.json` says. */
  readonly record: ConfigurationRecord;
  readonly configuration: AuditConfiguration;
  readonly dataset: Dataset;
  /** The record in its `audit.json`. */
  readonly report: AuditReport;
}

/**
 * Loads the last checkpoint of every run, with the method's auxiliary tensors, measures it again, and
 * compares every number with the recorded evidence; then judges what was measured, and compares the
 * verdicts with those recorded. Changes nothing.
 */
export async function* smokeAudit(
  { out, record, configuration, dataset, report }: SmokeOptions,
): AsyncGenerator<SmokeCheck> {
  const plan = planRuns(configuration);
  const evidences = new Map<string, RunEvidence>();
  for (const spec of plan.runs) {
    const { evidence, ...check } = await smokeRun(join(out, "runs", spec.id), spec, dataset);
    if (evidence) evidences.set(spec.id, evidence);
    yield { kind: "run", name: spec.id, ...check };
  }
  const whole = evidences.size === plan.runs.length;
  const again = whole ? buildAudit(auditInput(configuration, plan, evidences, record)) : undefined;
  for (const { method, verdict } of report.methods) {
    const found = again?.methods.find((each) => each.method === method)?.verdict;
    yield {
      kind: "verdict",
      name: method,
      found: found?.verdict ?? "not to be had as a run could not be measured",
      same: found !== undefined && sameJson(found, verdict),
    };
  }
}

/** A run as it is measured now, and how that compares. */
async function smokeRun(
  folder: string,
  spec: RunSpec,
  dataset: Dataset,
): Promise<Pick<SmokeCheck, "found" | "same"> & { evidence?: RunEvidence }> {
  const finished = await readFinished(folder, spec);
  if (!finished.evidence) return { found: `${finished.file} ${finished.problem}`, same: false };
  const recorded = finished.evidence;
  let again: Remeasured;
  try {
    const checkpoint = await readFile(join(folder, checkpointName(spec.epochs)));
    again = await remeasure(spec, dataset, checkpoint);
  } catch (error) {
    return { found: (error as Error).message, same: false };
  }
  const differing = [
    ...(again.epochs === recorded.epochs.length ? [] : ["epochs"]),
    ...differences(again.snapshot, finalSnapshot(recorded)),
    ...(sameJson(again.accuracy, recorded.finalAccuracy) ? [] : ["accuracy"]),
  ];
  const tensors = `${again.auxiliary} auxiliary ${again.auxiliary === 1 ? "tensor" : "tensors"}`;
  return {
    found: `epoch ${again.epochs}, ${tensors}` +
      (differing.length > 0 ? `: other ${differing.join(", ")}` : ""),
    same: differing.length === 0,
    evidence: withFinal(recorded, again),
  };
}

/** Names of the fields of a snapshot that are not the same. */
function differences(a: object, b: object): string[] {
  const fields = (record: object) => record as Readonly<Record<string, unknown>>;
  return [...new Set([...Object.keys(a), ...Object.keys(b)])]
    .filter((name) => !sameJson(fields(a)[name], fields(b)[name]));
}

/** Equal to the last bit; −0 and 0 are one number in JSON. */
function sameJson(a: unknown, b: unknown): boolean {
  const text = (value: unknown) => value === undefined ? "" : canonicalJson(value as JsonObject);
  return text(a) === text(b);
}

/** The evidence with what was measured now in place of what was measured last. */
function withFinal(evidence: RunEvidence, { snapshot, accuracy }: Remeasured): RunEvidence {
  const last = evidence.epochs.at(-1)!;
  return {
    ...evidence,
    epochs: [...evidence.epochs.slice(0, -1), { ...last, snapshot, accuracy: accuracy.value }],
    finalAccuracy: accuracy,
  };
}
