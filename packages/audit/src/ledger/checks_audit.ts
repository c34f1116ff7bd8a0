// Claims 1 to 66: the paper's introduction, its main audit, and what its diagnostics decide.

import {
  cosine,
  type DiagnosticId,
  finalSnapshot,
  isMeasured,
  policies,
  type RunEvidence,
} from "@fa/protocol";
import type { MethodAssessment } from "@fa/protocol/report";
import { exactNorm } from "@fa/tensor";
import { both, definition, draft, inPoints, row, statement, words } from "./_checks.ts";
import {
  accuracyOf,
  atLargeB,
  audit,
  B,
  control,
  cosineOf,
  deepWithTop as fallback,
  early,
  frozen,
  LARGE_B,
  main,
  methods,
  noCommand,
  penalised,
  pitfall,
  pointsBetween,
} from "./_conditions.ts";
import { published } from "./published.ts";
import { type ClaimChecks, type Follows, type Part, type Say, sayer } from "./claim.ts";
import { type Interval, over, overlap, times } from "./interval.ts";
import * as picks from "./picks.ts";
import {
  assess,
  combined,
  computed,
  firedOn,
  methodList,
  never,
  type NumberOptions,
  of,
  type Pick,
  type Query,
  worded,
} from "./query.ts";
import type { Judged } from "./status.ts";
import type { Fitting, Where } from "./where.ts";

const noCnn = never("SmallCNN is not part of this software");
const noVit = never("ViT-Mini is not part of this software");
const noStudent = never("StudentNet is not part of this software");

/** Growth, ‖g_L‖ and (c) of the five methods as printed, corrected where they were. */
const growths = { bp: "≤ 11", ep: "≤ 11", dfa: "1.9e3", sb: "1.6e4", cb: "1.2e3" };
const growthsOfDraft = { bp: "1.3", ep: "11.6", dfa: "237", sb: "2.4", cb: "96" };
const growthRows = { bp: 29, sb: 30, ep: 31, cb: 32, dfa: 33 };
const references = { bp: "4e-4", ep: "2e-4", dfa: "4e-9", sb: "~1e-9", cb: "~1e-9" };
const referenceRows = { bp: 34, ep: 35, dfa: 36, sb: 36, cb: 36 };
const stabilities = { bp: ".099", ep: "−.036", dfa: ".047", sb: ".992", cb: ".352" };
const stabilityRows = { sb: 48, cb: 49, dfa: 50, bp: 51, ep: 52 };
const accuracies = {
  bp: ".609±.004",
  ep: ".316±.038",
  dfa: ".308±.014",
  cb: ".289±.034",
  sb: ".205±.039",
};
const accuracyRows = { bp: 17, ep: 18, dfa: 19, cb: 20, sb: 21 };

type Method = typeof methods[number];
type OfMethods<T> = Readonly<Record<Method, T>>;

/** The methods whose printed number lies wholly beyond a threshold. */
function beyond(
  say: Say,
  rows: OfMethods<number>,
  printed: OfMethods<string>,
  fires: (value: Interval) => boolean,
): string {
  return methodList(methods.filter((method) => fires(say(rows[method], printed[method]))));
}

const above = (limit: number) => ({ low }: Interval): boolean => low > limit;
const below = (limit: number) => ({ high }: Interval): boolean => high < limit;

/** A threshold, which is what it says: it has no rounding. */
const exactly = (say: Say, number: number, printed: string): number => say(number, printed).centre!;

/**
 * On which methods a diagnostic fires by the printed numbers. (d) takes the one printed baseline for
 * every method's own.
 */
const firesAsPrinted: Readonly<Record<DiagnosticId, (say: Say) => string>> = {
  a: (say) => beyond(say, growthRows, growths, above(exactly(say, 43, "50×"))),
  b: (say) => beyond(say, referenceRows, references, below(exactly(say, 44, "1e-7"))),
  c: (say) => beyond(say, stabilityRows, stabilities, above(exactly(say, 45, ".30"))),
  d: (say) => {
    const [limit, baseline] = [exactly(say, 46, "2 pp"), say(3, ".349±.002")];
    const fires = (accuracy: Interval) => below(limit)(inPoints(accuracy, baseline));
    return beyond(say, accuracyRows, accuracies, fires);
  },
};
const condition = "if .349 were EP's own baseline, which row 41 prints for DFA, SB and CB only";

/** Rows 55 to 58 as the printed numbers give them, and the methods that they walk back together. */
function asDerived(): Readonly<Record<DiagnosticId | "full", string>> {
  const { say } = sayer();
  const [a, b, c, d] = (["a", "b", "c", "d"] as const).map((id) => firesAsPrinted[id](say));
  const all = [a!, b!, c!, d!];
  const full = methodList(methods.filter((method) => all.some((list) => names(list, method))));
  return { a: a!, b: b!, c: c!, d: d!, full };
}

const names = (list: string, method: string): boolean =>
  list.split(", ").includes(method.toUpperCase());

/** A statement about the methods that rows 55 to 58 walk back together. */
const fromFull =
  (say: (walkedBack: readonly string[]) => string, expected: string): Follows => () => {
    const { full } = asDerived();
    const found = say(full.split(", "));
    return statement(found === expected, `row 59 as derived gives ${found}, ${condition}`);
  };

/** Every method of the main audit, with its own frozen baselines. */
const everyMethod: readonly Where[] = methods.flatMap((m) => [main(m), frozen(m)]);

/** Words from the assessments of all five methods. */
function fromAssessments(
  say: (assessed: readonly MethodAssessment[]) => string | undefined,
): Query {
  return worded(everyMethod, (fits) => say(assessments(fits)));
}

function assessments(fits: readonly Fitting[]): MethodAssessment[] {
  return methods.map((_, i) => assess(fits[2 * i]!, fits[2 * i + 1]!));
}

function walkedBack(assessed: readonly MethodAssessment[]): readonly MethodAssessment[] {
  return assessed.filter(({ verdict }) => verdict.verdict === "walk-back");
}

/** A row of the table of decision utility. */
function decision(id: DiagnosticId, expected: string, more?: (say: Say) => string): ClaimChecks {
  const query = fromAssessments((assessed) => firedOn(assessed, id));
  const follows: Follows = (say) => {
    const found = firesAsPrinted[id](say);
    return statement(found === expected, `they give ${found}${more ? `, ${more(say)}` : ""}`);
  };
  return row(control("decision-utility"), draft(expected, query, { words: expected, follows }));
}

/** (c) of seed 42: fires or silent in the draft, a number in the correction. */
function stabilityOf(method: Method, word: "fires" | "silent"): ClaimChecks {
  const where: Where = { ...main(method), seed: 42 };
  const printed = stabilities[method];
  const fired = (run: RunEvidence): string | undefined => {
    const { value } = finalSnapshot(run).stability;
    return isMeasured(value)
      ? (value > policies.paper.thresholds.stability ? "fires" : "silent")
      : undefined;
  };
  return row(audit, {
    v1: {
      printed: word,
      words: word,
      query: worded([where], ([fit]) => fired(fit!.runs[0]!)),
      follows: (say) => {
        const value = say(stabilityRows[method], printed);
        const found = above(exactly(say, 45, ".30"))(value) ? "fires" : "silent";
        return statement(found === word, `${printed} against .30 ${found}`);
      },
    },
    v2: { printed, query: of(picks.stability, where, { format: "cosine" }) },
  });
}

/** Every value of a quantity over all seeds of these methods; undefined if one is missing. */
function valuesOf(
  fits: readonly Fitting[],
  pick: Pick,
  names: readonly Method[],
): number[] | undefined {
  const values = names.flatMap((name) => fits[methods.indexOf(name)]!.runs.map(pick));
  return values.every((value) => typeof value === "number") ? values : undefined;
}

/** How far the healthy BP and EP lie from the degenerate three, over all seeds. */
function gap(
  pick: Pick,
  ratio: (healthy: readonly number[], degenerate: readonly number[]) => number,
): Query {
  return combined(methods.map(main), (fits) => {
    const healthy = valuesOf(fits, pick, ["bp", "ep"]);
    const degenerate = valuesOf(fits, pick, ["dfa", "cb", "sb"]);
    return healthy && degenerate && ratio(healthy, degenerate);
  });
}

const growthGap = gap(picks.growth, (a, b) => Math.min(...b) / Math.max(...a));
const referenceGap = gap(picks.gradientNorm(B), (a, b) => Math.min(...a) / Math.max(...b));

/** Whether thresholds between which (a) and (b) say the same lie so far apart. */
const survives = (factor: number): Query =>
  worded(methods.map(main), (fits) => {
    const growth = (names: readonly Method[]) => valuesOf(fits, picks.growth, names);
    const norms = (names: readonly Method[]) => valuesOf(fits, picks.gradientNorm(B), names);
    const [low, high] = [growth(["bp", "ep"]), growth(["dfa", "cb", "sb"])];
    const [least, most] = [norms(["dfa", "cb", "sb"]), norms(["bp", "ep"])];
    if (!low || !high || !least || !most) return undefined;
    const { growth: a, reference: b } = policies.paper.thresholds;
    const holds = Math.max(...low) <= a / factor && Math.min(...high) > a * factor &&
      Math.max(...least) < b / factor && Math.min(...most) >= b * factor;
    return holds ? "survive" : "do not survive";
  });

/** Whether thresholds lie between the edges of a gap. */
const inside = (thresholds: Interval, lower: Interval, upper: Interval): Judged => {
  const holds = thresholds.low >= lower.low && thresholds.high <= upper.high ||
    overlap(thresholds, lower) && overlap(thresholds, upper);
  return statement(holds, `${holds ? "" : "not "}between the edges of the gap`);
};

/** The same from the printed edges of the gaps. */
const survivesAsPrinted = (factor: number): Follows => (say) => {
  const [a, b] = [exactly(say, 43, "50×"), exactly(say, 44, "1e-7")];
  const [healthy, degenerate] = [say(37, "11.0"), say(37, "694")];
  const [least, most] = [say(38, "4.18e-9"), say(38, "1.02e-4")];
  const holds = healthy.high <= a / factor && degenerate.low > a * factor &&
    least.high < b / factor && most.low >= b * factor;
  const moved = `both thresholds times or over ${Number(factor.toPrecision(3))}`;
  return statement(holds, `${moved} ${holds ? "stay within" : "leave"} the gaps`);
};

const verdictWords = fromAssessments((assessed) => {
  const trusted = assessed.filter(({ verdict }) => verdict.verdict === "trustworthy");
  const list = (some: readonly MethodAssessment[]) => methodList(some.map(({ method }) => method));
  return `${list(trusted)} trustworthy; ${list(walkedBack(assessed))} walked back`;
});

const belowFrozen = fromAssessments((assessed) => {
  const means = assessed.map(({ depthUtility }) => depthUtility.mean);
  return means.every(isMeasured) ? `${means.filter((x) => x < 0).length} of 5` : undefined;
});

/** The vector of pytorch#115786, from whose published cosine ε can be read. */
function epsilonOfPyTorch(): number {
  const a = [2606.66824394, 2477.72226966, 3251.84008903];
  const b = [3.46822161e-9, 1.82536693e-9, 8.35245752e-9];
  return (cosine(a, b) as number) * exactNorm(b) / 0.8399261269653225;
}

const growthOf = (method: Method, take: "mean" | "largest" = "mean"): ClaimChecks =>
  row(audit, {
    v1: { printed: growthsOfDraft[method], query: noCnn },
    v2: {
      printed: {
        ...growths,
        dfa: "1.9e3 (2043/979/2545)",
        sb: "1.6e4 (12781/24126/10467)",
        cb: "1.2e3 (1820/695/1034)",
      }[method],
      query: of(picks.growth, main(method), { take }),
    },
  });

const accuracyRow = (method: Method, v2: string): ClaimChecks =>
  row(audit, both(accuracies[method], v2, accuracyOf(main(method))));

const gammaOf = (method: Method, printed: string): ClaimChecks =>
  row(audit, draft(printed, cosineOf(picks.gamma("headline"), main(method))));

const frozenAccuracy = (method: Method): Query => accuracyOf(frozen(method));
const ofTop = "taken at h_L; the paper says hidden ‖g‖, not of which layer";
const gL = (where: Where, B: number, more: readonly string[] = []): Query => {
  const options = B === LARGE_B ? atLargeB : {};
  return of(picks.gradientNorm(B), where, { ...options, near: [...options.near ?? [], ...more] });
};

const adopted = "a definition, not a measurement: a threshold of the policies paper and default";
const noRule = (strategy: string) =>
  `a definition, not a measurement: ${strategy} has no rule that walks back`;

const firstFires = (pick: Pick, v1: string, v2: string, options: NumberOptions = {}): Part =>
  both(v1, v2, of(pick, main("dfa"), options));

/** Whether one of these fired at any epoch of any seed; never takes the three seeds of the paper. */
const everFires = (where: Where, picked: readonly Pick[], told: string): Query =>
  worded(
    [where],
    ([fit]) => {
      const { runs } = fit!;
      if (runs.some((run) => picked.some((pick) => isMeasured(pick(run)!)))) return "fires";
      return runs.length < 3 ? undefined : "never";
    },
    [],
    [told],
  );

const withoutNorm: Where = { ...main("dfa"), terminalLayerNorm: false };

/** An untrained model: any run of the paper's model shows it. */
const start: Where = { method: "bp", epochs: [100, 30, 5], untrained: true };

/** Deep cosine of plain DFA over its first two epochs, averaged per seed first. */
const earlyCosine = fallback(
  (name) => picks.averaged([1, 2].map((epoch) => picks.gamma(name, epoch))),
  early(2),
  ["mean of epochs 1 and 2"],
);
/** Deep cosine of DFA with a penalty. */
const deepCosine = fallback((name) => picks.gamma(name), penalised("dfa"));

/** Checks of claims 1 to 66, by number. */
export const auditChecks: Readonly<Record<number, ClaimChecks>> = {
  1: row(audit, both("≈.10", ".10", cosineOf(picks.gamma("headline"), main("dfa")))),
  2: row(audit, {
    v1: {
      printed: ".31",
      query: accuracyOf(main("dfa")),
      follows: (say) => say(19, ".308±.014"),
    },
    v2: {
      printed: ".306±.008",
      query: accuracyOf(main("dfa")),
    },
  }),
  3: row(audit, both(".349±.002", ".349±.003", frozenAccuracy("dfa"))),
  4: row(audit, {
    v1: {
      printed: "−4.1",
      query: pointsBetween(main("dfa"), frozen("dfa")),
      follows: (say) => inPoints(say(19, ".308±.014"), say(3, ".349±.002")),
    },
    v2: {
      printed: "−4.3",
      query: pointsBetween(main("dfa"), frozen("dfa")),
      follows: (say) => inPoints(say(19, ".306±.008"), say(3, ".349±.003")),
    },
  }),
  5: row(
    audit,
    { what: "at B ≈ 1000", ...both("5e-10", "5e-10", gL(main("dfa"), LARGE_B)) },
    {
      what: "at B = 128",
      v2: {
        printed: "4e-9",
        query: gL(main("dfa"), B),
        follows: (say) => times(say(5, "5e-10"), { low: LARGE_B / B, high: LARGE_B / B }),
      },
    },
  ),
  6: row(pitfall(2), draft("1e-8", computed("the vector of pytorch#115786", epsilonOfPyTorch))),
  7: row(
    audit,
    draft(
      "~95×",
      of(picks.parameterGrowth("each"), main("dfa"), {
        near: ["mean over w1 and w2 of all blocks; the paper does not say which"],
      }),
    ),
  ),
  8: row(
    audit,
    draft("~200×", of(picks.parameterGrowth("each"), main("dfa")), {
      follows: (say) => say(7, "~95×"),
    }),
  ),
  9: row(
    audit,
    draft("5e4", of(picks.parameterGrowth("product"), main("dfa")), {
      follows: (say) => times(say(8, "~200×"), say(8, "~200×")),
    }),
  ),
  10: row(audit, both("~9", "8.9–9.0", of(picks.initialHiddenNorm, start))),
  11: row(audit, both("4e8", "4e8", of(picks.hiddenNorm, main("dfa")))),
  12: row(
    audit,
    both(
      "~1e-3",
      "9.8e-4",
      of(picks.initialGradientNorm(LARGE_B), start, {
        ...atLargeB,
        near: [...atLargeB.near!, ofTop],
      }),
    ),
  ),
  13: row(audit, {
    v1: {
      printed: "~1e-10",
      query: gL(main("dfa"), LARGE_B, [ofTop]),
      follows: (say) => say(5, "5e-10"),
    },
    v2: { printed: "4e-9", query: gL(main("dfa"), B, [ofTop]) },
  }),
  14: row(
    control("early-epochs"),
    both("~1e-6", "1.4e-6", of(picks.gradientNorm(LARGE_B, 1), early(1), atLargeB)),
  ),
  15: row(
    control("early-epochs"),
    both("−.008±.013", "−.008±.013", earlyCosine),
  ),
  16: row(control("lambda-sweep"), both("~.16", ".151±.025", deepCosine)),
  17: accuracyRow("bp", ".615±.004"),
  18: accuracyRow("ep", ".316±.037"),
  19: accuracyRow("dfa", ".306±.008"),
  20: accuracyRow("cb", ".289±.031"),
  21: row(audit, both(".205±.039", ".205±.039", accuracyOf(main("sb")))),
  22: gammaOf("bp", "≈1.0"),
  23: gammaOf("ep", ".008"),
  24: gammaOf("dfa", ".10"),
  25: gammaOf("cb", ".07"),
  26: gammaOf("sb", ".005"),
  27: row(
    audit,
    draft("BP, EP trustworthy; DFA, CB, SB walked back", verdictWords, {
      words: "BP, EP trustworthy; DFA, SB, CB walked back",
      follows: fromFull((walkedBack) => {
        const trusted = methods.filter((method) => !walkedBack.includes(method.toUpperCase()));
        return `${methodList(trusted)} trustworthy; ${walkedBack.join(", ")} walked back`;
      }, "BP, EP trustworthy; DFA, SB, CB walked back"),
    }),
  ),
  28: definition("5 trustworthy", noRule("the status quo, accuracy and Γ,")),
  29: growthOf("bp", "largest"),
  30: growthOf("sb"),
  31: growthOf("ep", "largest"),
  32: growthOf("cb"),
  33: growthOf("dfa"),
  34: row(audit, both("~4e-4", "4e-4", gL(main("bp"), B))),
  35: row(audit, both("~2e-4", "2e-4", gL(main("ep"), B))),
  36: row(
    audit,
    { what: "DFA", ...both("~1e-9", "4e-9", gL(main("dfa"), B)) },
    { what: "SB", ...draft("~1e-9", gL(main("sb"), B)) },
    { what: "CB", ...draft("~1e-9", gL(main("cb"), B)) },
  ),
  37: row(audit, {
    v1: { printed: "63×", query: growthGap, follows: (say) => over(say(37, "694"), say(37, "11")) },
    v2: {
      printed: "63×",
      query: growthGap,
      follows: (say) => over(say(37, "694"), say(37, "11.0")),
    },
  }),
  38: row(audit, {
    v1: {
      printed: "24,338×",
      query: referenceGap,
      follows: (say) => over(say(38, "1.0e-4"), say(38, "4.2e-9")),
    },
    v2: {
      printed: "24,338×",
      query: referenceGap,
      follows: (say) => over(say(38, "1.02e-4"), say(38, "4.18e-9")),
    },
  }),
  39: row(
    control("thresholds"),
    draft("one order of magnitude", survives(Math.sqrt(10)), {
      words: "survive",
      follows: survivesAsPrinted(Math.sqrt(10)),
    }),
    {
      what: "(a)",
      v2: {
        printed: "12–693",
        follows: (say) => inside(say(39, "12–693"), say(37, "11.0"), say(37, "694")),
      },
    },
    {
      what: "(b)",
      v2: {
        printed: "4.2e-9–1.0e-4",
        follows: (say) => inside(say(39, "4.2e-9–1.0e-4"), say(38, "4.18e-9"), say(38, "1.02e-4")),
      },
    },
  ),
  40: row(
    audit,
    draft("3/5", fromAssessments((all) => `${walkedBack(all).length}/5`), {
      words: "3/5",
      follows: fromFull((walkedBack) => `${walkedBack.length}/5`, "3/5"),
    }),
  ),
  41: row(
    audit,
    ...(["dfa", "sb", "cb"] as const).map((method): Part => ({
      what: method.toUpperCase(),
      ...both(".349±.002", ".349±.003", frozenAccuracy(method)),
    })),
  ),
  42: row(
    audit,
    draft("3 of 5", belowFrozen, {
      words: "3 of 5",
      follows: (say) => {
        const baseline = say(3, ".349±.002");
        const list = beyond(say, accuracyRows, accuracies, below(baseline.low));
        return statement(list.split(", ").length === 3, `below .349 lie ${list}`);
      },
    }),
  ),
  43: definition("50×", adopted),
  44: definition("1e-7", adopted),
  45: definition(".30", adopted),
  46: definition("2 pp", adopted),
  47: row(
    control("thresholds"),
    draft("×2 either way", survives(2), { words: "survive", follows: survivesAsPrinted(2) }),
  ),
  48: stabilityOf("sb", "fires"),
  49: stabilityOf("cb", "fires"),
  50: stabilityOf("dfa", "silent"),
  51: stabilityOf("bp", "silent"),
  52: stabilityOf("ep", "silent"),
  53: definition("0/5", noRule("S0")),
  54: definition("0/5", noRule("S1")),
  55: decision("a", "DFA, SB, CB", (say) => {
    const fires = above(exactly(say, 43, "50×"));
    return `the draft's own numbers, the CNN's, ${beyond(say, growthRows, growthsOfDraft, fires)}`;
  }),
  56: decision("b", "DFA, SB, CB"),
  57: decision("c", "SB, CB"),
  58: decision("d", "DFA, SB, CB", () => condition),
  59: row(
    control("decision-utility"),
    draft(
      "DFA, SB, CB",
      fromAssessments((all) => methodList(walkedBack(all).map((m) => m.method))),
      {
        words: "DFA, SB, CB",
        follows: () => {
          const { full, ...each } = asDerived();
          const others = methods.filter((method) =>
            [each.a, each.b, each.c].some((list) => names(list, method))
          );
          return statement(
            full === "DFA, SB, CB",
            `rows 55 to 58 as derived give ${full} together, ${condition}; ` +
              `rows 55 to 57 alone ${methodList(others)}`,
          );
        },
      },
    ),
  ),
  60: row(
    control("decision-utility"),
    draft(
      "yes",
      fromAssessments((all) => {
        const whole = methodList(walkedBack(all).map((m) => m.method));
        return (["a", "b", "d"] as const).every((id) => firedOn(all, id) === whole) ? "yes" : "no";
      }),
      {
        words: "yes",
        follows: () => {
          const { full, ...each } = asDerived();
          const lists = (["a", "b", "d"] as const).map((id) => `(${id}) ${each[id]}`).join("; ");
          return statement(
            [each.a, each.b, each.d].every((list) => list === full),
            `as derived: ${lists}; full ${full}, ${condition}`,
          );
        },
      },
    ),
  ),
  61: row(
    control("first-fire", 100),
    draft("3 archs × 3 seeds × 2 methods = 18", noCnn, {
      words: "18",
      follows: () => {
        const [architectures, seeds, methods, all] = published[60]!.v1.match(/\d+/g)!.map(Number);
        const product = architectures! * seeds! * methods!;
        return statement(product === all, `the product of its factors is ${product}`);
      },
    }),
  ),
  62: row(
    control("first-fire", 100),
    { what: "(a)", ...firstFires(picks.firstGrowth, "1–11", "8/11/8") },
    {
      what: "(b)",
      ...firstFires(picks.firstReference(LARGE_B), "1–11", "4/4/3", {
        near: ["‖g‖ at B = 1024 against 1e-7, the paper's B ≈ 1000"],
      }),
    },
    { what: "ViT", v2: { printed: "3/2/3", query: noVit } },
  ),
  63: row(
    control("first-fire", 100),
    words(
      "never",
      "never",
      everFires(
        main("bp"),
        [picks.firstGrowth, picks.firstReference(B)],
        "(a), and (b) at B = 128; not (c) and (d)",
      ),
    ),
  ),
  64: row(
    control("terminal-ln", 100),
    {
      what: "ResMLP, first epoch",
      v1: { printed: "fires", words: "fires", query: noStudent },
      v2: { printed: "18/14/25", query: of(picks.firstGrowth, withoutNorm) },
    },
    { what: "StudentNet", v2: { printed: "≤ 6.9", query: noStudent } },
  ),
  65: row(
    control("terminal-ln", 100),
    words(
      "never",
      "never",
      everFires(withoutNorm, [picks.firstReference(B)], "(b) at B = 128"),
    ),
  ),
  66: row(noCommand, {
    ...words("~200 lines", "290+201", never("a property of the paper's own code")),
  }),
};
