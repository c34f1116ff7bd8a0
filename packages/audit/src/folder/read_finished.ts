// A run that is marked as finished, every file as it was written.

import { join } from "node:path";
import { type Json, parseEvidence, type RunEvidence } from "@fa/protocol";
import { canonicalJson } from "../plan/canonical_json.ts";
import type { RunSpec } from "../run/run_spec.ts";
import { readIfThere } from "./_read_if_there.ts";
import { checkpointName } from "./checkpoint_names.ts";
import { parseSums, sha256, sumsName } from "./sums.ts";

/** The evidence of a finished run, or what is wrong with its files. */
export type Finished =
  | { readonly evidence: RunEvidence }
  | {
    readonly evidence?: undefined;
    /** The first file with which anything is wrong. */
    readonly file: string;
    /** Such as `is missing`. */
    readonly problem: string;
    /** All files that it should have. */
    readonly names: readonly string[];
  };

/** Reads the evidence of a run, and compares all its files with its `SHA256SUMS`. */
export async function readFinished(folder: string, spec: RunSpec): Promise<Finished> {
  const list = await readIfThere(join(folder, sumsName));
  if (!list) return { file: sumsName, problem: "is missing", names: [] };
  const sums = parseSums(new TextDecoder().decode(list));
  if (!sums) return { file: sumsName, problem: "is damaged", names: [] };
  const names = Object.keys(sums);
  let evidence: RunEvidence | undefined;
  for (const file of new Set(["evidence.json", checkpointName(spec.stopAfter), ...names])) {
    const path = join(folder, file);
    const bytes = await readIfThere(path);
    if (!bytes) return { file, problem: "is missing", names };
    if (await sha256(bytes) !== sums[file]) return { file, problem: "is damaged", names };
    if (file === "evidence.json") evidence = parse(bytes, path);
  }
  if (evidence && isOf(spec, evidence)) return { evidence };
  return { file: "evidence.json", problem: "is not of this run", names };
}

function parse(bytes: Uint8Array, path: string): RunEvidence | undefined {
  try {
    return parseEvidence(new TextDecoder().decode(bytes), path);
  } catch {
    return undefined; // such as the evidence of another version
  }
}

/** Whether evidence is that of a run: it echoes all that the run is specified by. */
function isOf({ id: _, ...spec }: RunSpec, evidence: RunEvidence): boolean {
  const { configuration, method, role, seed } = evidence;
  const echo: Readonly<Record<string, Json | undefined>> = { ...configuration, method, role, seed };
  return Object.entries(spec).every(([key, value]) =>
    echo[key] !== undefined && canonicalJson(echo[key]) === canonicalJson(value as Json)
  );
}
