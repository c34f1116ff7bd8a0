// Where does each verdict flip?

import { formatNumber, isMeasured, type Measured, type Policy } from "@fa/protocol";
import {
  type DiagnosticRobustness,
  type MethodAssessment,
  thresholdRobustness,
} from "@fa/protocol/report";
import type { PresetName } from "../plan/presets.ts";
import { assess, named } from "./_assess.ts";
import { unlikePaper } from "../published/unlike_paper.ts";
import { condition } from "./_plan.ts";
import type { Control, Finding } from "./control.ts";

/** What the three controls of a finished audit share: the audit of the preset, and `--from`. */
export const ofAudit: Pick<Control, "choices" | "from" | "plan"> = {
  choices: (_: PresetName) => ({ probes: "none" }),
  from: "evidence",
  plan: (configuration) =>
    configuration.methods.map((method) => condition(configuration, { method })),
};

/** Threshold robustness of a finished audit. */
export const thresholds: Control = {
  ...ofAudit,
  name: "thresholds",
  question: "Where does each verdict flip?",
  summary: "how far every threshold can move before a reading or a verdict flips",
  duration: "seconds with --from, else the quick audit",
  judge(conditions, policy) {
    const methods = assess(named(conditions), policy);
    const found = thresholdRobustness(methods, policy);
    const paper = unlikePaper(conditions[0]!.runs[0]!).length === 0;
    return {
      findings: [
        twice(methods, found, policy),
        ...found.filter(({ id }) => id === "a" || id === "b").map((each) => room(each, paper)),
      ],
      tables: [{
        title: "Thresholds",
        columns: [
          { title: "threshold", unit: "words" },
          { title: "readings flip below; above", unit: "words" },
          { title: "verdicts flip below; above", unit: "words" },
          { title: "verdicts that change at half; at twice", unit: "words" },
        ],
        rows: found.map((each) => ({
          label: `(${each.id}) ${each.name}`,
          cells: [
            { text: formatNumber(each.threshold) },
            { text: range(each.readings) },
            { text: range(each.verdicts) },
            { text: [each.halved, each.doubled].map(({ verdicts }) => list(verdicts)).join("; ") },
          ],
        })),
      }, {
        title: "Values over seeds: the threshold at which a reading flips",
        columns: found.map(({ id, name, unit }) => ({ title: `(${id}) ${name}`, unit })),
        rows: methods.map(({ method }, i) => ({
          label: method,
          cells: found.map((each) => {
            const { value, fired, decides } = each.methods[i]!;
            const word = fired === null ? "not evaluated" : fired ? "fired" : "silent";
            return { text: `${number(value)}, ${word}${decides ? ", decides the verdict" : ""}` };
          }),
        })),
      }],
    };
  },
};

function number(value: Measured): string {
  return isMeasured(value) ? formatNumber(value) : `not measured (${value.reason})`;
}

function range({ down, up }: DiagnosticRobustness["readings"]): string {
  return [down, up].map(({ until, factor, method, never }) => {
    if (never) return "nowhere";
    if (!isMeasured(until)) return `not known: ${until.reason}`;
    const about = [method ?? [], isMeasured(factor) ? `${formatNumber(factor)}×` : []].flat();
    return `${formatNumber(until)} (${about.join(", ")})`;
  }).join("; ");
}

function list(methods: readonly string[]): string {
  return methods.length === 0 ? "none" : methods.join(", ");
}

function twice(
  methods: readonly MethodAssessment[],
  found: readonly DiagnosticRobustness[],
  policy: Policy,
): Finding {
  const changes = found.flatMap(({ id, halved, doubled }) =>
    [halved, doubled].flatMap(({ threshold, verdicts }) =>
      verdicts.map((method) => `${method} at (${id}) ${formatNumber(threshold)}`)
    )
  );
  const needed = ({ id }: { id: DiagnosticRobustness["id"] }) =>
    policy.walkBack.includes(id) || policy.required.includes(id);
  const open = methods.filter(({ diagnostics }) =>
    diagnostics.some((each) => needed(each) && !each.evaluated)
  ).map(({ method }) => method);
  const verdicts = [...new Set(methods.map(({ verdict }) => verdict.verdict))];
  const idle = found.filter((each) => each.methods.every(({ decides }) => !decides));
  const measured = [
    changes.length === 0
      ? "No verdict changes if any threshold is halved or doubled."
      : `Verdicts change: ${changes.join("; ")}.`,
    ...(open.length > 0
      ? [`Of ${open.join(", ")} it is not known, as not all that decides was evaluated.`]
      : []),
    ...(verdicts.length === 1
      ? [`Every verdict is ${verdicts[0]}: where all are the same, this discriminates nothing.`]
      : []),
    ...(idle.length > 0
      ? [
        `Moving ${idle.map(({ id }) => `(${id})`).join(", ")} discriminates nothing: no verdict ` +
        "hangs on it alone.",
      ]
      : []),
  ];
  return {
    claims: [47],
    expectation:
      "The paper reports that verdicts stay the same if a threshold is halved or doubled.",
    measured: measured.join(" "),
    agrees: changes.length > 0 ? false : open.length > 0 || verdicts.length === 1 ? null : true,
  };
}

const gaps: Readonly<Record<string, string>> = { a: "11 to 694", b: "4.2e-9 to 1.0e-4" };

function room(
  { id, emptyInterval: { from, to, factor } }: DiagnosticRobustness,
  paper: boolean,
): Finding {
  const known = isMeasured(from) && isMeasured(to);
  return {
    claims: [39, id === "a" ? 37 : 38],
    expectation:
      `The paper reports that the threshold of (${id}) can move by an order of magnitude between ` +
      `the values that it prints: ${gaps[id]}.`,
    measured: known
      ? `No seed lies between ${number(from)} and ${number(to)}, a factor of ${number(factor)}` +
        `${paper ? "" : " (other sizes than the paper's)"}.`
      : `All seeds lie on one side of the threshold of (${id}), so that there is no interval.`,
    agrees: known ? isMeasured(factor) && factor >= 10 : null,
  };
}
