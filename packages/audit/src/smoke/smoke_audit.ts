// Do the checkpoints of a finished audit still give what its record says?

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Dataset } from "@fa/data";
import { finalSnapshot, type JsonObject, type RunEvidence } from "@fa/protocol";
import { type AuditReport, buildAudit } from "@fa/protocol/report";
import { checkpointName } from "../folder/checkpoint_names.ts";
import { readFinished } from "../folder/read_finished.ts";
import { controlWords } from "../output/_words.ts";
import { auditInput } from "../plan/audit_input.ts";
import { canonicalJson } from "../plan/canonical_json.ts";
import type { AuditConfiguration } from "../plan/configuration.ts";
import type { ConfigurationRecord } from "../plan/configuration_record.ts";
import { planRuns } from "../plan/plan_runs.ts";
import { accuracyOfEpoch } from "../run/_measure.ts";
import { remeasure, type Remeasured } from "../run/remeasure.ts";
import type { RunSpec } from "../run/run_spec.ts";

/** What is checked: a run, the verdict on a method, or a self-control. */
export interface SmokeCheck {
  /** Which of them. */
  readonly kind: "run" | "verdict" | "control";
  /** Name of the run, of the method, or of the self-control. */
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
 * verdicts and self-controls with those recorded. Changes nothing.
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
  const verdicts = ({ methods }: AuditReport): Judged[] =>
    methods.map(({ method, verdict }) => [method, verdict, verdict?.verdict]); // a record may lack it
  const controls = ({ selfControls }: AuditReport): Judged[] =>
    selfControls.map((control) => [control.id, control, controlWords(control.met)]);
  yield* compared("verdict", again && verdicts(again), verdicts(report), configuration.methods);
  yield* compared("control", again && controls(again), controls(report));
}

/** What was judged, by its name; and in a word. */
type Judged = readonly [name: string, found: unknown, word: string];

/**
 * Compares what was judged again with the record.
 *
 * @param again undefined if there is nothing to judge by.
 * @param recorded what the record says.
 * @param expected names of what must be judged in any case.
 */
function* compared(
  kind: SmokeCheck["kind"],
  again: readonly Judged[] | undefined,
  recorded: readonly Judged[],
  expected: readonly string[] = [],
): Generator<SmokeCheck> {
  const names = [...again ?? [], ...recorded].map(([name]) => name);
  for (const name of new Set([...expected, ...names])) {
    const is = ([each]: Judged) => each === name;
    const found = again?.find(is);
    const said = recorded.filter(is);
    const same = found !== undefined && said.length === 1 && sameJson(found[1], said[0]![1]);
    yield { kind, name, found: inWords(again, found, said.length), same };
  }
}

function inWords(
  again: readonly Judged[] | undefined,
  found: Judged | undefined,
  said: number,
): string {
  if (!again) return "not to be had as a run could not be measured";
  if (!found) return "nothing, as it is no part of this audit";
  const word = found[2];
  if (said === 0) return `${word}, which audit.json does not say`;
  return said === 1 ? word : `${word}, of which audit.json says more than one thing`;
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
    const checkpoint = await readFile(join(folder, checkpointName(spec.stopAfter)));
    again = await remeasure(spec, dataset, checkpoint);
  } catch (error) {
    return { found: (error as Error).message, same: false };
  }
  const differing = [
    ...(again.epochs === recorded.epochs.length ? [] : ["epochs"]),
    ...differences(again.snapshot, finalSnapshot(recorded)),
    ...(sameJson(again.accuracy, recorded.finalAccuracy) ? [] : ["accuracy"]),
    ...differences(again.probes ?? {}, recorded.epochs.at(-1)?.probes ?? {}),
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
function withFinal(
  evidence: RunEvidence,
  { snapshot, accuracy, probes }: Remeasured,
): RunEvidence {
  const { probes: _, ...last } = evidence.epochs.at(-1)!;
  const again = {
    ...last,
    snapshot,
    accuracy: accuracyOfEpoch(accuracy),
    ...(probes && { probes }),
  };
  return {
    ...evidence,
    epochs: [...evidence.epochs.slice(0, -1), again],
    finalAccuracy: accuracy,
  };
}
