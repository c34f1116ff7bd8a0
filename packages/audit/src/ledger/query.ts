// What a claim asks of the evidence, and how the answer is put together.

import {
  type DiagnosticId,
  formatNumber,
  isMeasured,
  mean,
  type Measured,
  type RunEvidence,
  type SeedMeasurement,
  summarizeSeeds,
} from "@fa/protocol";
import { assessMethod, type MethodAssessment } from "@fa/protocol/report";
import { displayName } from "../output/_words.ts";
import type { Interval } from "./interval.ts";
import type { FoundEvidence } from "./results.ts";
import type { Ours } from "./status.ts";
import {
  type Fitting,
  fitting,
  otherHorizons,
  type Split,
  splits,
  type Where,
  whereText,
} from "./where.ts";

/** A record that an answer rests on. */
export interface Source {
  /** Path below the folder of results. */
  readonly path: string;
  readonly seed: number;
}

/** What an answer from runs rests on. */
interface FromRuns {
  /** In what the conditions are only near those of the claim. */
  readonly near: readonly string[];
  /** What else must be known to read it. */
  readonly told: readonly string[];
  /** The records; empty where it was computed without a run. */
  readonly evidence: readonly Source[];
}

/** A number of ours over seeds. */
export interface NumberAnswer extends Ours, FromRuns {
  readonly kind: "number";
  /** `0.346, n=1 seed`. */
  readonly text: string;
  /** By what the claim's interval must be multiplied, where its conditions leave a factor open. */
  readonly factor?: Interval;
}

/** Words of ours, such as `fires`. */
export interface WordsAnswer extends FromRuns {
  readonly kind: "words";
  readonly text: string;
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
  /** The same, to look for; empty where no run is asked for. */
  readonly wheres: readonly Where[];
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
  /** A spread that is not the one over seeds; `always`, or only where there is a single seed. */
  readonly spread?: { readonly pick: Pick; readonly of: string; readonly always?: boolean };
  /** What else must be known, whatever was found. */
  readonly told?: readonly string[];
  /** By what the claim's interval must be multiplied, as its conditions leave a factor open. */
  readonly factor?: Interval;
  /** Whether it is an accuracy, or a difference of two: tells its standard error. */
  readonly accuracy?: boolean;
}

/** A quantity over the seeds of the runs that fit. */
export function of(pick: Pick, where: Where, options: NumberOptions = {}): Query {
  const tell = ([fit]: readonly Fitting[]) => {
    const values = fit!.runs.map((run) => ({ seed: run.seed, value: pick(run)! }));
    const error = mean(fit!.runs.map(standardError));
    return numberAnswer(values, [fit!], [where], options, error);
  };
  return asking([where], tell, (run) => pick(run) !== undefined);
}

/** A difference or ratio of a quantity between two conditions, paired by seed. */
export function paired(
  wheres: readonly [Where, Where],
  pick: Pick,
  combine: (a: number, b: number) => number,
  options: NumberOptions = {},
): Query {
  const tell = (fits: readonly Fitting[]): Answer | undefined => {
    const [a, b] = withSharedSeeds(fits) as [Fitting, Fitting];
    if (a.runs.length === 0) return undefined;
    const values = a.runs.map((run, i) => {
      const [x, y] = [pick(run)!, pick(b.runs[i]!)!];
      const value = !isMeasured(x) ? x : !isMeasured(y) ? y : combine(x, y);
      return { seed: run.seed, value };
    });
    const [first, second] = [a, b].map(({ runs }) => mean(runs.map(standardError)));
    const error = Math.sqrt(first! * first! + second! * second!);
    return numberAnswer(values, [a, b], wheres, options, error);
  };
  const query = asking(wheres, tell, (run) => pick(run) !== undefined);
  return { ...query, where: wheres.map(whereText).join(" against ") };
}

/** The runs of the seeds that every condition has. */
export function withSharedSeeds(fits: readonly Fitting[]): Fitting[] {
  const everywhere = ({ seed }: RunEvidence) =>
    fits.every(({ runs }) => runs.some((run) => run.seed === seed));
  return fits.map((fit) => chosen(fit, everywhere));
}

function chosen({ runs, paths, near }: Fitting, keep: (run: RunEvidence) => boolean): Fitting {
  return { runs: runs.filter(keep), paths: paths.filter((_, i) => keep(runs[i]!)), near };
}

/** √(p(1 − p)/N) of the accuracy of one run on its N test images. */
function standardError({ finalAccuracy: { value: p, total } }: RunEvidence): number {
  return Math.sqrt(p * (1 - p) / total);
}

/** What one split says: the first that has all conditions; two splits are never mixed. */
function asking(
  wheres: readonly Where[],
  tell: (fits: readonly Fitting[]) => Answer | undefined,
  usable?: (run: RunEvidence) => boolean,
): Query {
  return {
    wheres,
    where: wheres.map(whereText).join("; "),
    answer: (found) => {
      for (const split of splits) {
        const fits = fittingIn(split, found, wheres, usable);
        const answer = fits && tell(fits);
        if (answer) return answer;
      }
      return missing(found, wheres, tell, usable);
    },
  };
}

function fittingIn(
  split: Split,
  found: readonly FoundEvidence[],
  wheres: readonly Where[],
  usable?: (run: RunEvidence) => boolean,
): Fitting[] | undefined {
  const fits = wheres.map((where) => fitting(found, where, usable, [split]));
  return fits.every(({ runs }) => runs.length > 0) ? fits : undefined;
}

/** What an answer from these runs rests on, and in what it is only near. */
function fromRuns(
  fits: readonly Fitting[],
  wheres: readonly Where[],
  near: readonly string[] = [],
  told: readonly string[] = [],
): FromRuns {
  const single = fits.some(({ runs }) => runs.length === 1) &&
    wheres.every(({ seed }) => seed === undefined);
  const sources = fits.flatMap(({ runs, paths }) =>
    runs.map(({ seed }, i): [string, Source] => [paths[i]!, { path: paths[i]!, seed }])
  );
  const all = [...fits.flatMap((fit) => fit.near), ...near, ...(single ? ["one seed"] : [])];
  return { near: [...new Set(all)], told, evidence: [...new Map(sources).values()] };
}

/**
 * Words that follow from the runs of several conditions, each of which must be there.
 *
 * @param among which of their runs count. Default all.
 */
export function worded(
  wheres: readonly Where[],
  say: (fits: readonly Fitting[]) => string | undefined,
  near: readonly string[] = [],
  told: readonly string[] = [],
  among: (fits: readonly Fitting[]) => readonly Fitting[] = (fits) => fits,
): Query {
  return asking(wheres, (all) => {
    const fits = among(all);
    if (fits.some(({ runs }) => runs.length === 0)) return undefined;
    const text = say(fits);
    if (text === undefined) {
      const reason = "a value is missing, or there are fewer seeds than in the claim";
      return { kind: "none", reason };
    }
    return { kind: "words", text, ...fromRuns(fits, wheres, near, [...told, counted(fits)]) };
  });
}

/** A number that follows from the runs of several conditions at once, each of which must be there. */
export function combined(
  wheres: readonly Where[],
  value: (fits: readonly Fitting[]) => number | undefined,
  format: Format = "plain",
): Query {
  return asking(wheres, (fits) => {
    const mean = value(fits);
    if (mean === undefined) return { kind: "none", reason: "a value is missing" };
    const s = { valid: false, reason: "one number from all seeds" } as const;
    const rest = fromRuns(fits, wheres, [], [counted(fits)]);
    return { kind: "number", mean, text: printed(mean, format), s, n: 1, ...rest };
  });
}

function counted(fits: readonly Fitting[]): string {
  const counts = [...new Set(fits.map(({ runs }) => runs.length))].sort((a, b) => a - b);
  return `n=${counts.join(" to ")} ${counts.join() === "1" ? "seed" : "seeds"}`;
}

/** A number that this software computes without any run. */
export function computed(where: string, value: () => number): Query {
  return {
    where,
    wheres: [],
    answer: () => {
      const mean = value();
      const s = { valid: false, reason: "computed" } as const;
      const rest = { near: [], told: [], evidence: [] };
      return { kind: "number", mean, s, n: 1, text: printed(mean), ...rest };
    },
  };
}

/** What nobody can ask of this software. */
export function never(reason: string): Query {
  return { where: "", wheres: [], answer: () => ({ kind: "none", reason }) };
}

function numberAnswer(
  values: readonly SeedMeasurement[],
  fits: readonly Fitting[],
  wheres: readonly Where[],
  options: NumberOptions,
  error: number,
): Answer {
  const { format, near = [], told = [], take = "mean", spread, factor, accuracy } = options;
  const { mean, sampleStandardDeviation, n } = summarizeSeeds(values, "value");
  if (!isMeasured(mean)) return { kind: "none", reason: mean.reason };
  const own = spread && (n === 1 || spread.always) ? ownSpread(fits[0]!, spread.pick) : undefined;
  const s = own ?? sampleStandardDeviation;
  const numbers = values.map(({ value }) => value as number);
  const value = take === "largest" ? Math.max(...numbers) : mean;
  const known = isMeasured(s) && take === "mean";
  const text = printed(value, format) + (known ? ` ± ${printed(s, format, false)}` : "");
  return {
    kind: "number",
    mean: value,
    s: known ? s : { valid: false, reason: `n=${n}` },
    n,
    text: `${text}, n=${n} ${n === 1 ? "seed" : "seeds"}`,
    ...(factor && { factor }),
    ...fromRuns(
      fits,
      wheres,
      [...near, ...(take === "largest" && n > 1 ? ["the largest of the seeds"] : [])],
      [
        ...told,
        ...(own !== undefined ? [`± is ${spread!.of}, not over seeds`] : []),
        ...(accuracy ? [errorText(fits, error)] : []),
      ],
    ),
  };
}

/** The mean over seeds of a spread that is not over seeds. */
function ownSpread({ runs }: Fitting, pick: Pick): number | undefined {
  const each = runs.map(pick);
  return each.every((s) => s !== undefined && isMeasured(s)) ? mean(each as number[]) : undefined;
}

function errorText(fits: readonly Fitting[], error: number): string {
  const images = `${fits[0]!.runs[0]!.finalAccuracy.total.toLocaleString("en")} test images`;
  return fits.length === 1
    ? `standard error of one accuracy on ${images} ${error.toFixed(3)}`
    : `standard error of a difference of two on ${images} ${
      (100 * error).toFixed(1)
    } points, were ` +
      "they independent";
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
  tell: (fits: readonly Fitting[]) => Answer | undefined,
  usable?: (run: RunEvidence) => boolean,
): NoAnswer {
  const absent = wheres.filter((where) => fitting(found, where).runs.length === 0);
  const [what, which] = absent.length > 0
    ? ["not run", absent]
    : splits.some((split) => fittingIn(split, found, wheres, usable))
    ? ["run, but not with the same seeds", wheres]
    : splits.some((split) => fittingIn(split, found, wheres))
    ? ["run, but without this measurement", wheres]
    : ["run, but not on one split", wheres];
  const reason = `${what}: ${which.map(whereText).join("; ")}`;
  if (wheres.some(({ trained }) => trained !== undefined)) return { kind: "none", reason };
  for (const epochs of otherHorizons(found, wheres[0]!)) {
    const others = wheres.map((where) => ({ ...where, epochs }));
    for (const split of splits) {
      const fits = fittingIn(split, found, others, usable);
      const told = fits && tell(fits);
      if (told?.kind !== "number") continue;
      const note = `at ${epochs} epochs: ${told.text}, no comparison`;
      return { kind: "none", reason: `${reason} (${note})` };
    }
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
