// `audit diagnose PATH…`: verdicts on runs that were trained elsewhere.

import { policies, resolvePolicy, type RunEvidence } from "@fa/protocol";
import { assessMethod, buildAudit } from "@fa/protocol/report";
import { Option } from "commander";
import { diagnosisText } from "../diagnose/diagnosis_text.ts";
import { groupRuns, type NamedGroup } from "../diagnose/group_runs.ts";
import { readRuns } from "../diagnose/read_runs.ts";
import { writeAtomic } from "../folder/write_atomic.ts";
import { renderMarkdown } from "../output/render_markdown.ts";
import { styleFor } from "../output/style.ts";
import { toJson } from "../output/to_json.ts";
import { exitCodes, usage } from "./errors.ts";
import type { Io } from "./io.ts";
import { policyOption } from "./policy_option.ts";
import type { AddCommand } from "./program.ts";

/** Options of the command. */
interface DiagnoseOptions {
  readonly policy: string;
  readonly json?: boolean;
  readonly out?: string;
}

/** Adds the command. */
export const addDiagnoseCommand: AddCommand = (program, exit, io) => {
  program.command("diagnose <path...>")
    .summary("judge runs that were trained elsewhere, from what they exported")
    .description(
      "Reads bundles (a folder with bundle.json and safetensors files, as docs/audit-your-model.md " +
        "describes them) and records of evidence (evidence.json), judges every method in them over " +
        "its seeds, and says what could not be assessed. Frozen-blocks baselines are found among the " +
        "runs. Exit code 0, whatever the verdicts.",
    )
    .addOption(
      new Option(
        "--policy <name>",
        `verdict policy: ${
          Object.keys(policies).join(", ")
        }, or a file of one's own, such as mine.json`,
      ).default("default"),
    )
    .option("--json", "print the record of the audit instead")
    .option("--out <file>", "write the report as Markdown, too")
    .action(async (paths: string[], options: DiagnoseOptions) =>
      exit(await diagnoseCommand(paths, options, io))
    );
};

async function diagnoseCommand(
  paths: readonly string[],
  { policy: chosen, json = false, out }: DiagnoseOptions,
  io: Io,
): Promise<number> {
  const named = await policyOption(chosen);
  const policy = usage(() => resolvePolicy(named));
  const evidences: RunEvidence[] = [];
  for (const path of paths) {
    for (const { evidence } of await readRuns(path)) evidences.push(evidence);
  }
  const groups = groupRuns(evidences);
  if (groups.length === 0) {
    throw new Error(`Cannot diagnose ${paths.join(", ")} as no run is a method`);
  }
  const assessed = groups.map((group) => assessMethod(group.runs, group.baselines, policy));
  const report = () =>
    buildAudit({
      methods: groups.filter(({ role }) => role === "method"),
      controls: controlsIn(groups),
      policy,
      configuration: { runs: evidences.map(idOf) },
    });
  if (out !== undefined) {
    await writeAtomic(
      out,
      renderMarkdown(report(), new Map(evidences.map((run) => [idOf(run), run]))),
    );
  }
  const style = styleFor(io.stdout, io.env);
  const text = json
    ? toJson(report())
    : assessed.map((found, i) => diagnosisText(found, groups[i]!.role, style)).join("\n\n");
  io.stdout.write(text);
  return exitCodes.done;
}

/** Runs that are one of the audit's self-controls. */
function controlsIn(groups: readonly NamedGroup[]) {
  const control = (wanted: string) =>
    groups.find(({ role, method }) => role === "control" && method === wanted);
  return { penalisedDfa: control("dfa"), permutedBp: control("bp") };
}

/** `dfa-42`, `dfa-baseline-42`. */
function idOf({ method, role, seed, dataset }: RunEvidence): string {
  const data = role === "baseline" ? `-${dataset.name}` : "";
  return [method, ...(role === "method" ? [] : [`${role}${data}`]), seed].join("-");
}
