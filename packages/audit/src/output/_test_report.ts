// A small audit made by hand, for the tests of its renderings.

import { exampleEvidence, type RunEvidence } from "@fa/protocol";
import { type AuditReport, buildAudit } from "@fa/protocol/report";

/** Runs of two seeds: a healthy BP, a DFA that fires (a), (b) in one seed and (d), and the controls. */
export function exampleRuns(): Map<string, RunEvidence> {
  const runs = new Map<string, RunEvidence>();
  for (const [i, seed] of [42, 123].entries()) {
    runs.set(
      `bp-${seed}`,
      exampleEvidence({
        method: "bp",
        seed,
        accuracy: 0.71 + i / 100,
        gamma: 1,
        gradientNorm: 4e-4,
      }),
    );
    runs.set(
      `dfa-${seed}`,
      exampleEvidence({
        seed,
        hiddenNorms: [9, 9, 9000],
        gradientNorm: i === 0 ? 4.18e-9 : 1.5e-7,
        stability: -0.036,
        accuracy: 0.36,
        gamma: 0.101,
      }),
    );
    for (const method of ["bp", "dfa"]) {
      runs.set(
        `${method}-frozen-${seed}`,
        exampleEvidence({ method, seed, role: "baseline", accuracy: 0.4 }),
      );
    }
  }
  runs.set("dfa-penalty-42", exampleEvidence({ role: "control", lambda: 0.01, accuracy: 0.36 }));
  const permuted = { method: "bp", labels: "permuted", accuracy: 0.1 } as const;
  runs.set("bp-permuted-42", exampleEvidence({ ...permuted, role: "control" }));
  runs.set("bp-permuted-frozen-42", exampleEvidence({ ...permuted, role: "baseline" }));
  return runs;
}

/** The audit of {@link exampleRuns}. */
export function exampleReport(): AuditReport {
  const runs = exampleRuns();
  const of = (...ids: string[]) => ids.map((id) => runs.get(id)!);
  return buildAudit({
    methods: ["bp", "dfa"].map((method) => ({
      runs: of(`${method}-42`, `${method}-123`),
      baselines: of(`${method}-frozen-42`, `${method}-frozen-123`),
    })),
    controls: {
      penalisedDfa: { runs: of("dfa-penalty-42"), baselines: [] },
      permutedBp: { runs: of("bp-permuted-42"), baselines: of("bp-permuted-frozen-42") },
    },
    configuration: { preset: "example", seeds: [42, 123], runs: [...runs.keys()], note: "a|b" },
  });
}
