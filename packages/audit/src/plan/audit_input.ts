// From the evidence of the runs to what the protocol judges.

import type { JsonObject, RunEvidence } from "@fa/protocol";
import type { AuditInput, RunGroup } from "@fa/protocol/report";
import type { AuditConfiguration } from "./configuration.ts";
import type { ConfigurationRecord } from "./configuration_record.ts";
import type { AuditPlan, PlannedGroup } from "./plan_runs.ts";

/**
 * The input of `buildAudit`: the evidence in the groups of the plan. The configuration that it
 * echoes also names the runs of each group, so that a reader of the record finds their files.
 *
 * @param configuration the audit's configuration.
 * @param plan its plan.
 * @param evidences the evidence of every run by id.
 * @param record what configuration.json says.
 * @throws {RangeError} if the evidence of a run is missing.
 */
export function auditInput(
  configuration: AuditConfiguration,
  plan: AuditPlan,
  evidences: ReadonlyMap<string, RunEvidence>,
  { schemaVersion: _, kind: __, ...echo }: ConfigurationRecord,
): AuditInput {
  const find = (id: string): RunEvidence => {
    const evidence = evidences.get(id);
    if (!evidence) {
      throw new RangeError(`Cannot judge the audit as the evidence of ${id} is missing`);
    }
    return evidence;
  };
  const group = ({ runs, baselines }: PlannedGroup): RunGroup => ({
    runs: runs.map(find),
    baselines: baselines.map(find),
  });
  return {
    methods: plan.methods.map(group),
    controls: {
      penalisedDfa: group(plan.controls.penalisedDfa),
      permutedBp: group(plan.controls.permutedBp),
    },
    policy: configuration.policy,
    configuration: {
      ...echo,
      runs: plan.runs.map(({ id }) => id),
      groups: { methods: plan.methods, controls: plan.controls } as unknown as JsonObject,
    },
  };
}
