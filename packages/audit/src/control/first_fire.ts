// When in training does each diagnostic first fire?

import { type FirstFire, firstFire as firstFireOf, type Policy } from "@fa/protocol";
import { named } from "./_assess.ts";
import { otherThanPaper } from "./_paper.ts";
import { over } from "./_values.ts";
import type { Control, ControlTable, Finding, JudgedCondition } from "./control.ts";
import { ofAudit } from "./thresholds.ts";

/** First fires and trajectories of a finished audit. */
export const firstFire: Control = {
  ...ofAudit,
  name: "first-fire",
  question: "When in training does each diagnostic first fire, and does it stay?",
  summary: "first epoch of each diagnostic by method and seed, and the trajectories",
  duration: "seconds with --from, else the quick audit",
  judge(conditions, policy) {
    const methods = named(conditions);
    const fires = methods.map((method) => ({
      method: method.name,
      diagnostics: firesOf(method, policy),
    }));
    return {
      findings: fires.flatMap((each, i) => findingsOf(each, methods[i]!)),
      tables: [{
        title: "First fires",
        columns: ["a", "b", "c", "d"].map((id) => ({ title: `(${id})`, unit: "words" })),
        rows: fires.map(({ method, diagnostics }) => ({
          label: method,
          cells: diagnostics.map(({ text }) => ({ text })),
        })),
      }, ...methods.map(trajectory)],
    };
  },
};

/** First fires of one diagnostic, seed by seed. */
interface Fires {
  readonly id: string;
  readonly perSeed: readonly (FirstFire & { readonly seed: number })[];
  readonly text: string;
}

function firesOf({ runs, baselines }: JudgedCondition, policy: Policy): Fires[] {
  const perRun = [...runs].sort((a, b) => a.seed - b.seed).map((run) => {
    const baseline = baselines.find(({ seed }) => seed === run.seed);
    return { seed: run.seed, fires: firstFireOf(run, { baseline, policy }) };
  });
  return perRun[0]!.fires.map(({ id }, i) => {
    const perSeed = perRun.map(({ seed, fires }) => ({ seed, ...fires[i]! }));
    return { id, perSeed, text: perSeed.map((each) => `${each.seed}: ${each.text}`).join("; ") };
  });
}

function trajectory({ name, runs }: JudgedCondition & { readonly name: string }): ControlTable {
  const at = (
    e: number,
    what: string,
    pick: (row: typeof runs[0]["epochs"][0]) => number | object,
  ) => over(runs, what, (run) => pick(run.epochs[e]!) as ReturnType<Parameters<typeof over>[2]>);
  return {
    title: `${name}: trajectory`,
    long: true,
    columns: [
      { title: "(a) growth", unit: "1" },
      { title: "(b) ‖g_L‖ at B=128", unit: "1" },
      { title: "(c) stability", unit: "1" },
      { title: "‖h_L‖", unit: "1" },
      { title: "accuracy", unit: "fraction" },
    ],
    rows: runs[0]!.epochs.map(({ epoch }, e) => ({
      label: `epoch ${epoch}`,
      cells: [
        at(e, "growth", ({ snapshot }) => snapshot.growth.max),
        at(e, "‖g_L‖", ({ snapshot }) => snapshot.gradientNorms.at(-1)!),
        at(e, "stability", ({ snapshot }) => snapshot.stability.value),
        at(e, "‖h_L‖", ({ snapshot }) => snapshot.hiddenNorms.at(-1)!),
        at(e, "accuracy", ({ accuracy }) => accuracy),
      ],
    })),
  };
}

/** First fires of (a) and (b) in the paper's correction, for DFA with terminal LayerNorm. */
const published: Readonly<Record<string, string>> = { a: "8, 11, 8", b: "4, 4, 3" };

function findingsOf(
  { method, diagnostics }: { readonly method: string; readonly diagnostics: readonly Fires[] },
  { runs }: JudgedCondition,
): Finding[] {
  const pair = diagnostics.filter(({ id }) => id === "a" || id === "b");
  const words = pair.map(({ id, text }) => `(${id}) ${text}`).join("; ");
  const all = pair.flatMap(({ perSeed }) => perSeed);
  if (method === "bp") {
    return [{
      claims: [63],
      expectation: "The paper reports that (a) and (b) never fire on BP.",
      measured: `BP: ${words}.`,
      agrees: all.some(({ epoch }) => epoch !== null)
        ? false
        : all.some(({ evaluated, moments }) => evaluated < moments)
        ? null
        : true,
    }];
  }
  if (method !== "dfa") return [];
  const other = otherThanPaper(runs, 100);
  const within = all.every(({ epoch }) => epoch !== null && epoch >= 1 && epoch <= 11);
  // It may have fired before, where it was not evaluated, and so within these epochs or outside.
  const open = all.some(({ epoch, silentAt, evaluated, moments }) =>
    epoch === null ? evaluated < moments : epoch > 0 && (silentAt ?? -1) < (epoch > 11 ? 11 : 0)
  );
  return [{
    claims: [62],
    expectation: `The paper reports that (a) and (b) first fire on DFA within epochs 1–11 of 100 ` +
      `(${Object.entries(published).map(([id, text]) => `(${id}) ${text}`).join("; ")}).`,
    measured: `DFA: ${words}${other.length > 0 ? `; this run has ${other.join(", ")}` : ""}.`,
    agrees: other.length > 0 || open ? null : within,
  }];
}
