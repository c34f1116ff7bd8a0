// What a claim asks of the evidence, and how the answer is put together.

import {
  type DiagnosticId,
  formatNumber,
  isMeasured,
  type Measured,
  type RunEvidence,
  type SeedMeasurement,
  summarizeSeeds,
} from "@fa/protocol";
import { assessMethod, type MethodAssessment } from "@fa/protocol/report";
import { displayName } from "../output/_words.ts";
import type { FoundEvidence } from "./results.ts";
import type { Ours } from "./status.ts";
import { type Fitting, fitting, otherHorizons, type Where, whereText } from "./where.ts";

/** A number of ours over seeds. */
export interface NumberAnswer extends Ours {
  readonly kind: "number";
  /** `0.346, n=1 seed`. */
  readonly text: string;
  /** In what the conditions are only near those of the claim. */
  readonly near: readonly string[];
}

/** Words of ours, such as `fires`. */
export interface WordsAnswer {
  readonly kind: "words";
  readonly text: string;
  readonly near: readonly string[];
}

/** Why there is nothing to compare with. */
export interface NoAnswer {
  readonly kind: "none";
  readonly reason: string;
}

/** What the evidence says. */
export type Answer = NumberAnswer | WordsAnswer | NoAnswer;

/** Asks the evidence. */
export interface Query {
  /** Under which conditions, in words. */
  readonly where: string;
  /** The answer. */
  readonly answer: (found: readonly FoundEvidence[]) => Answer;
}

/** Reads a number from one run; undefined if the record does not have it at all. */
export type Pick = (run: RunEvidence) => Measured | undefined;

/** How numbers are printed. */
export type Format = "plain" | "cosine" | "points";

/** Options of a query of numbers. */
export interface NumberOptions {
  /** Default three significant digits; cosines and accuracies have three decimals, points one. */
  readonly format?: Format;
  /** Conditions that are only near, whatever was found. */
  readonly near?: readonly string[];
  /** How seeds become one number. Default their mean. */
  readonly take?: "mean" | "largest";
  /** Spread of a single seed, where it is known otherwise. */
  readonly spread?: Pick;
}

/** A quantity over the seeds of the runs that fit. */
export function of(pick: Pick, where: Where, options: NumberOptions = {}): Query {
  return {
    where: whereText(where),
    answer: (found) => {
      const has = (run: RunEvidence) => pick(run) !== undefined;
      const fits = fitting(found, where, has);
      if (fits.runs.length > 0) return numberAnswer(perSeed(fits.runs, pick), fits, options);
      return missing(found, [where], (fit) => numberAnswer(perSeed(fit.runs, pick), fit, options), {
        usable: has,
      });
    },
  };
}

/** A difference or ratio of a quantity between two conditions, paired by seed. */
export function paired(
  [first, second]: readonly [Where, Where],
  pick: Pick,
  combine: (a: number, b: number) => number,
  options: NumberOptions = {},
): Query {
  const pair = (a: Fitting, b: Fitting): Answer | undefined => {
    const partner = new Map(b.runs.map((run) => [run.seed, run]));
    const values = a.runs.filter(({ seed }) => partner.has(seed)).map((run) => {
      const [x, y] = [pick(run)!, pick(partner.get(run.seed)!)!];
      const value = !isMeasured(x) ? x : !isMeasured(y) ? y : combine(x, y);
      return { seed: run.seed, value };
    });
    const near = [...new Set([...a.near, ...b.near])];
    return values.length === 0 ? undefined : numberAnswer(values, { runs: [], near }, options);
  };
  return {
    where: `${whereText(first)} against ${whereText(second)}`,
    answer: (found) => {
      const has = (run: RunEvidence) => pick(run) !== undefined;
      const [a, b] = [fitting(found, first, has), fitting(found, second, has)];
      return pair(a, b) ?? missing(found, [first, second], (x, y) => pair(x, y!));
    },
  };
}

/** Words that follow from the runs of several conditions, each of which must be there. */
export function worded(
  wheres: readonly Where[],
  say: (fits: readonly Fitting[]) => string | undefined,
  near: readonly string[] = [],
): Query {
  return {
    where: wheres.map(whereText).join("; "),
    answer: (found) => {
      const fits = wheres.map((where) => fitting(found, where));
      const absent = wheres.filter((_, i) => fits[i]!.runs.length === 0);
      if (absent.length > 0) return missing(found, absent);
      const text = say(fits);
      if (text === undefined) {
        return {
          kind: "none",
          reason: "a value is missing, or there are fewer seeds than in the claim",
        };
      }
      return {
        kind: "words",
        text,
        near: [...new Set([...near, ...fits.flatMap((fit) => fit.near)]), counted(fits)],
      };
    },
  };
}

/** A number that follows from the runs of several conditions at once, each of which must be there. */
export function combined(
  wheres: readonly Where[],
  value: (fits: readonly Fitting[]) => number | undefined,
  format: Format = "plain",
): Query {
  return {
    where: wheres.map(whereText).join("; "),
    answer: (found) => {
      const number = (fits: readonly Fitting[]) => {
        const mean = value(fits);
        return mean === undefined ? undefined : { mean, text: printed(mean, format) };
      };
      let made: { readonly mean: number; readonly text: string } | undefined;
      const answer = worded(wheres, (fits) => (made = number(fits))?.text).answer(found);
      if (answer.kind !== "words" || !made) return answer;
      const s = { valid: false, reason: "one number from all seeds" } as const;
      return { kind: "number", ...made, s, n: 1, near: answer.near };
    },
  };
}

function counted(fits: readonly Fitting[]): string {
  const counts = [...new Set(fits.map(({ runs }) => runs.length))].sort((a, b) => a - b);
  return `n=${counts.join(" to ")} ${counts.join() === "1" ? "seed" : "seeds"}`;
}

/** A number that this software computes without any run. */
export function computed(where: string, value: () => number, options: NumberOptions = {}): Query {
  return {
    where,
    answer: () => ({
      kind: "number",
      mean: value(),
      s: { valid: false, reason: "computed" },
      n: 1,
      text: printed(value(), options.format),
      near: options.near ?? [],
    }),
  };
}

/** What nobody can ask of this software. */
export function never(reason: string): Query {
  return { where: "", answer: () => ({ kind: "none", reason }) };
}

function perSeed(runs: readonly RunEvidence[], pick: Pick): SeedMeasurement[] {
  return runs.map((run) => ({ seed: run.seed, value: pick(run)! }));
}

function numberAnswer(
  values: readonly SeedMeasurement[],
  { runs, near }: Fitting,
  { format, near: always = [], take = "mean", spread }: NumberOptions,
): Answer {
  const { mean, sampleStandardDeviation, n } = summarizeSeeds(values, "value");
  if (!isMeasured(mean)) return { kind: "none", reason: mean.reason };
  const own = spread && runs.length === 1 ? spread(runs[0]!) : undefined;
  const s = isMeasured(sampleStandardDeviation) ? sampleStandardDeviation : own;
  const numbers = values.map(({ value }) => value as number);
  const value = take === "largest" ? Math.max(...numbers) : mean;
  const known = s !== undefined && isMeasured(s) && take === "mean";
  const text = printed(value, format) + (known ? ` ± ${printed(s, format, false)}` : "");
  return {
    kind: "number",
    mean: value,
    s: known ? s : { valid: false, reason: `n=${n}` },
    n,
    text: `${text}, n=${n} ${n === 1 ? "seed" : "seeds"}`,
    near: [
      ...near,
      ...always,
      ...(take === "largest" && n > 1 ? ["the largest of the seeds"] : []),
    ],
  };
}

/** A number as the ledger prints it. */
function printed(value: number, format: Format = "plain", signed = true): string {
  if (format === "plain") return formatNumber(value).replace(/^-/, "−");
  const text = Math.abs(value).toFixed(format === "points" ? 1 : 3);
  const sign = value < 0 ? "−" : format === "points" && signed ? "+" : "";
  return `${sign}${text}`;
}

/** That no run fits; where one does but for its length, what that one says, as a note only. */
function missing(
  found: readonly FoundEvidence[],
  wheres: readonly Where[],
  tell?: (first: Fitting, second?: Fitting) => Answer | undefined,
  { usable }: { readonly usable?: (run: RunEvidence) => boolean } = {},
): NoAnswer {
  const ran = wheres.every((where) => fitting(found, where).runs.length > 0);
  const reason = `${ran ? "run, but without this measurement" : "not run"}: ${
    wheres.map(whereText).join("; ")
  }`;
  if (!tell) return { kind: "none", reason };
  for (const epochs of otherHorizons(found, wheres[0]!)) {
    if (wheres.some(({ trained }) => trained !== undefined)) break;
    const fits = wheres.map((where) => fitting(found, { ...where, epochs }, usable));
    if (fits.some(({ runs }) => runs.length === 0)) continue;
    const told = tell(fits[0]!, fits[1]);
    if (told?.kind !== "number") continue;
    return { kind: "none", reason: `${reason} (at ${epochs} epochs: ${told.text}, no comparison)` };
  }
  return { kind: "none", reason };
}

/** The assessment of a method from runs and frozen baselines, under the policy of the paper. */
export function assess(runs: Fitting, baselines: Fitting): MethodAssessment {
  const seeds = new Set(runs.runs.map(({ seed }) => seed));
  return assessMethod(
    runs.runs.map((run) => ({ ...run, role: "method" as const })),
    baselines.runs.filter(({ seed }) => seeds.has(seed)),
    "paper",
  );
}

/** `DFA, SB, CB`: the methods on which one diagnostic fired; undefined if one was not evaluated. */
export function firedOn(
  assessed: readonly MethodAssessment[],
  id: DiagnosticId,
): string | undefined {
  const all = assessed.map(({ method, diagnostics }) => ({
    method,
    fired: diagnostics.find((diagnostic) => diagnostic.id === id)!.fired,
  }));
  if (all.some(({ fired }) => fired === null)) return undefined;
  return methodList(all.filter(({ fired }) => fired).map(({ method }) => method));
}

/** Methods in the order of the paper's table, or `none`. */
export function methodList(methods: readonly string[]): string {
  const order = ["bp", "ep", "dfa", "sb", "cb"];
  const sorted = order.filter((method) => methods.includes(method));
  return sorted.length === 0 ? "none" : sorted.map(displayName).join(", ");
}
