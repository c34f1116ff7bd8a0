// Which runs are judged together, and by which baselines.

import type { RunEvidence } from "@fa/protocol";
import type { RunGroup } from "@fa/protocol/report";

/** The runs of one method, or of one control, with their baselines. */
export interface NamedGroup extends RunGroup {
  readonly method: string;
  readonly role: "method" | "control";
}

/**
 * Groups runs by role and method, in the order in which they come. A baseline belongs to the method of
 * its name on the same data, or else to the control; one that belongs to none is an error.
 *
 * @throws {RangeError} if there is nothing to judge, or a baseline belongs to no run.
 */
export function groupRuns(evidences: readonly RunEvidence[]): NamedGroup[] {
  const groups: {
    method: string;
    role: NamedGroup["role"];
    runs: RunEvidence[];
    baselines: RunEvidence[];
  }[] = [];
  for (const run of evidences) {
    const { method, role } = run;
    if (role === "baseline") continue;
    const known = groups.find((group) => group.method === method && group.role === role);
    if (known) known.runs.push(run);
    else groups.push({ method, role, runs: [run], baselines: [] });
  }
  // A method first: a control on the same data as a method has no claim to that one's baseline.
  const order = [...groups].sort((a, b) =>
    Number(a.role !== "method") - Number(b.role !== "method")
  );
  for (const baseline of evidences.filter(({ role }) => role === "baseline")) {
    const own = order.find(({ method, runs }) =>
      method === baseline.method && sameData(runs[0]!, baseline)
    );
    if (!own) {
      throw new RangeError(
        `Cannot diagnose the baseline of ${baseline.method} with seed ${baseline.seed} as a run of ` +
          `that method on the same data (${baseline.dataset.name}) is needed beside it`,
      );
    }
    own.baselines.push(baseline);
  }
  return groups;
}

function sameData({ dataset: a }: RunEvidence, { dataset: b }: RunEvidence): boolean {
  return a.name === b.name && a.split === b.split;
}
