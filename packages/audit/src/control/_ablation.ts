// A control that takes one part of the model away.

import { type DiagnosticId, firstFire, type Policy } from "@fa/protocol";
import type { RunSpec } from "../run/run_spec.ts";
import { choose } from "./_choices.ts";
import { condition } from "./_plan.ts";
import {
  accuracy,
  deepGamma,
  gradientNorm,
  growth,
  hiddenNorm,
  over,
  verdictCell,
} from "./_values.ts";
import type { Control, JudgedCondition, Judgement } from "./control.ts";

/** A part of the model. */
export interface Part {
  readonly name: string;
  readonly question: string;
  readonly summary: string;
  /** Field of the specification. */
  readonly field: "terminalLayerNorm" | "residual";
  readonly withIt: string;
  readonly without: string;
  /** What is found, from the conditions without the part. */
  readonly findings: (
    without: readonly JudgedCondition[],
    policy: Policy,
    all: readonly JudgedCondition[],
  ) => Judgement["findings"];
}

/** The control: BP and DFA with the part, and without. */
export function ablation(part: Part): Control {
  return {
    name: part.name,
    question: part.question,
    summary: part.summary,
    duration: "up to five minutes",
    choices: choose({ methods: ["bp", "dfa"] }),
    plan: (configuration) =>
      configuration.methods.flatMap((method) =>
        [true, false].map((there) => {
          const change: Partial<RunSpec> = { [part.field]: there };
          const slug = `${there ? "with" : "no"}-${part.name}`;
          return condition(configuration, {
            method,
            label: there ? part.withIt : part.without,
            slug,
            ...change,
          });
        })
      ),
    judge(conditions, policy) {
      const field = part.field === "residual" ? "residual" : "terminalNorm";
      const without = conditions.filter(({ runs }) => !runs[0]!.initial[field]);
      return {
        findings: part.findings(without, policy, conditions),
        tables: [{
          title: "With and without",
          columns: [
            { title: "accuracy", unit: "fraction" },
            { title: "‖h_L‖", unit: "1" },
            { title: "(a) growth", unit: "1" },
            { title: "‖g_L‖ at B=128", unit: "1" },
            { title: "first epochs with (a); (b)", unit: "words" },
            { title: "deep Γ", unit: "1" },
            { title: "verdict", unit: "words" },
          ],
          rows: conditions.map((condition) => ({
            label: condition.label,
            cells: [
              over(condition.runs, "accuracy", accuracy, { decimals: 3 }),
              over(condition.runs, "‖h_L‖", hiddenNorm),
              over(condition.runs, "growth", growth),
              over(condition.runs, "‖g_L‖", gradientNorm),
              {
                text: (["a", "b"] as const).map((id) => firesOf(condition, id, policy).text).join(
                  "; ",
                ),
              },
              over(condition.runs, "deep Γ", deepGamma, { decimals: 3 }),
              verdictCell(condition, policy),
            ],
          })),
        }],
      };
    },
  };
}

/** First fires of one diagnostic over the runs of a condition. */
export interface Fires {
  /** Whether it fired in every run; null where some run was not evaluated at every moment. */
  readonly inAll: boolean | null;
  /** Whether it fired in none; null likewise. */
  readonly inNone: boolean | null;
  /** Run by run, such as `3, never, not evaluated`. */
  readonly text: string;
}

/** When a diagnostic first fires: a moment that was not evaluated is never taken for a silent one. */
export function firesOf({ runs }: JudgedCondition, id: DiagnosticId, policy: Policy): Fires {
  const found = runs.map((run) => firstFire(run, { policy }).find((each) => each.id === id)!);
  const fired = found.filter(({ epoch }) => epoch !== null).length;
  const open = found.some(({ epoch, evaluated, moments }) => epoch === null && evaluated < moments);
  return {
    inAll: fired === found.length ? true : open ? null : false,
    inNone: fired > 0 ? false : open ? null : true,
    text: found.map(({ epoch, text }) => epoch === null ? text : `${epoch}`).join(", "),
  };
}
