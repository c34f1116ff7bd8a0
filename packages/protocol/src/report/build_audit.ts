// The record of a whole audit, from which every report is rendered.
import { type Policy, resolvePolicy } from "../diagnostics/policies.ts";
import { type Definition, evidenceDefinitions, type Quantity } from "../evidence/definitions.ts";
import { type Unmeasured, unmeasured } from "../evidence/measured.ts";
import type { JsonObject, RunEvidence } from "../evidence/run_evidence.ts";
import { type SeedSupport, seedSupport } from "../statistics/seed_support.ts";
import type { SeedSummary } from "../statistics/summarize_seeds.ts";
import { assessMethod, type MethodAssessment } from "./assess_method.ts";
import { type DecisionUtility, decisionUtility } from "./decision_utility.ts";
import { findingsOf } from "./_findings.ts";
import { firstFires, type MethodFirstFires } from "./first_fires.ts";
import { methodLabel } from "./_method_label.ts";
import {
  judgeSelfControls,
  type RunGroup,
  type SelfControl,
  type SelfControlRuns,
} from "./judge_self_controls.ts";
import { type DiagnosticRobustness, thresholdRobustness } from "./threshold_robustness.ts";

/** The record of an audit: a pure function of its evidence and configuration. */
export interface AuditReport {
  /** Version of this layout. */
  readonly schemaVersion: 2;
  /** What kind of record this is. */
  readonly kind: "fa-audit";
  /** What was found, in words; the first paragraph of every report. */
  readonly findings: readonly string[];
  /** The policy with the thresholds that everything was judged by. */
  readonly policy: Policy;
  /** Unit and reduction of every measured quantity. */
  readonly definitions: Readonly<Record<Quantity, Definition>>;
  /** All seeds, ascending. */
  readonly seeds: readonly number[];
  /** Every method, in the order given. */
  readonly methods: readonly MethodAssessment[];
  /** Whether the audit passed its own tests. */
  readonly selfControls: readonly SelfControl[];
  /** BP's accuracy over its own frozen blocks: what depth is worth on this task. */
  readonly bpMargin: SeedSummary | Unmeasured;
  /** Which claims each way of evaluating would walk back. */
  readonly decisionUtility: DecisionUtility;
  /** For (a)–(d): how far the threshold can move before a reading or a verdict flips. */
  readonly robustness: readonly DiagnosticRobustness[];
  /** When each diagnostic first fired, for every method. */
  readonly firstFires: readonly MethodFirstFires[];
  /** What so many seeds can support, for every number of seeds that a method has. */
  readonly seedSupport: readonly SeedSupport[];
  /** Echo of the audit's configuration. */
  readonly configuration: JsonObject;
}

/** What {@link buildAudit} needs. */
export interface AuditInput {
  /** Runs and baselines of every method under audit. */
  readonly methods: readonly RunGroup[];
  /** Runs of the self-controls; the penalised DFA is compared with the DFA among `methods`. */
  readonly controls: SelfControlRuns;
  /** Name of a policy, or a policy. Default `"default"`. */
  readonly policy?: string | Policy;
  /** Echo of the audit's configuration. */
  readonly configuration: JsonObject;
}

/**
 * Judges all evidence of an audit and writes its record. The order in which runs arrived does not
 * matter; the same evidence gives the same record to the last bit.
 *
 * @throws {RangeError} if there are no methods, a method appears twice, or its runs do not belong
 * together.
 *
 * @example
 * ```ts
 * import { exampleEvidence } from "@fa/protocol";
 * import { buildAudit } from "@fa/protocol/report";
 *
 * const group = (method: string, accuracy: number) => ({
 *   runs: [exampleEvidence({ method, accuracy })],
 *   baselines: [exampleEvidence({ method, role: "baseline", accuracy: 0.35 })],
 * });
 * const audit = buildAudit({
 *   methods: [group("bp", 0.61), group("dfa", 0.31)],
 *   controls: {},
 *   configuration: { preset: "example" },
 * });
 * const read = audit.methods.map((m) => `${m.method} ${m.verdict.verdict}`).join();
 * if (read !== "bp trustworthy,dfa walk-back") throw new Error(read);
 * if (!audit.findings[0]!.startsWith("A self-control is open")) throw new Error("say it first");
 * ```
 */
export function buildAudit(
  { methods, controls, policy = "default", configuration }: AuditInput,
): AuditReport {
  const judgedBy = resolvePolicy(policy);
  const assessed = methods.map(({ runs, baselines }) => assessMethod(runs, baselines, judgedBy));
  checkMethods(assessed);
  const plainDfa = methods.find(({ runs }) => runs[0]?.method === "dfa");
  const selfControls = judgeSelfControls({ plainDfa, ...controls }, judgedBy);
  const counts = [...new Set(assessed.map(({ seeds }) => seeds.length))].sort((a, b) => a - b);
  const parts = {
    robustness: thresholdRobustness(assessed, judgedBy),
    firstFires: methods.map((group) => firstFires(group, judgedBy)),
    seedSupport: counts.map(seedSupport),
  };
  const bp = assessed.find(({ method }) => method === "bp");
  return {
    schemaVersion: 2,
    kind: "fa-audit",
    findings: findingsOf(assessed, selfControls, bp?.depthUtility, {
      policy: judgedBy,
      ...parts,
    }),
    policy: judgedBy,
    definitions: evidenceDefinitions,
    seeds: seedsOf(methods.flatMap(({ runs }) => runs)),
    methods: assessed,
    selfControls,
    bpMargin: bp?.depthUtility ?? unmeasured(`${methodLabel("bp")} was not run`),
    decisionUtility: decisionUtility(assessed, judgedBy),
    ...parts,
    configuration,
  };
}

function checkMethods(assessed: readonly MethodAssessment[]): void {
  if (assessed.length === 0) {
    throw new RangeError("Cannot build an audit as at least one method is needed");
  }
  const names = assessed.map(({ method }) => method);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) {
    throw new RangeError(
      `Cannot build an audit as each method must be given once: ${twice} is given twice`,
    );
  }
}

function seedsOf(runs: readonly RunEvidence[]): number[] {
  return [...new Set(runs.map(({ seed }) => seed))].sort((a, b) => a - b);
}
