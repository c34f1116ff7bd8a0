// The options of the audit, and what was given for them.

import type { KeepPolicy } from "@fa/methods";
import type { Policy } from "@fa/protocol";
import type { BackendName } from "@fa/tensor";
import { Option } from "commander";
import { checkDataFolder } from "../data/open_dataset.ts";
import {
  type AuditChoices,
  type AuditConfiguration,
  resolveConfiguration,
} from "../plan/configuration.ts";
import { maxThreads, sharesWork } from "../plan/share_cores.ts";
import { integer, integers, names, number, ruleOptions } from "./values.ts";

/** The options of the audit, in the order of the help. */
export const auditOptions: readonly Option[] = [
  new Option("--preset <name>", "defaults of everything below: quick, paper or tiny"),
  new Option("--data <name>", "dataset: synthetic, cifar10 or cifar10-holdout"),
  new Option("--data-dir <folder>", "folder with the files of CIFAR-10 (binary version)"),
  new Option("--methods <names>", "methods under audit, such as bp,dfa"),
  new Option("--seeds <list>", "seeds, such as 42,123; self-controls run with the first"),
  new Option("--epochs <n>", "epochs of every run"),
  new Option("--stop-after <n>", "train only the first n of these epochs, at their learning rates"),
  new Option("--width <n>", "d, width of the residual stream"),
  new Option("--depth <n>", "L, number of blocks"),
  new Option("--batch <n>", "images per training batch"),
  new Option("--set <options>", "options of methods, such as ep.symmetric=true,cb.warmup=0"),
  new Option("--train-last-blocks <n>", "train only the last n blocks (default: all)"),
  new Option("--no-terminal-ln", "leave out the LayerNorm before the head"),
  new Option("--no-residual", "h_{l+1} = F_l(h_l), without the skip; w2 starts at std 0.5"),
  new Option("--random-targets", "train on labels drawn at random for every batch"),
  new Option("--no-baselines", "leave out the frozen-blocks baselines; (d) is not evaluated"),
  new Option("--no-self-checks", "do not stop where training looks wrong; changes no result"),
  new Option("--no-controls", "leave out the self-controls; the report says so"),
  new Option("--lambda <x>", "penalty λ of the audited methods (default: 0)"),
  new Option("--limit <n>", "use only the first n train images"),
  new Option("--dtype <name>", "float32 or float64 (default: float32)"),
  new Option("--probes <when>", "probe models: final, every-epoch or none (default: final)"),
  new Option(
    "--backend <name>",
    "what computes: wasm, js, or blas by task audit:blas (default: wasm)",
  ),
  new Option("--fast-math", "let wasm fuse products and sums: other bits on other machines"),
  new Option(
    "--policy <name>",
    "verdict policy: default, paper or strict, or a file of one's own, such as mine.json " +
      "(default: default)",
  ),
  new Option("--workers <n>", "worker threads (default: number of cores); changes no result"),
  new Option("--threads <n>", "threads of each run (default: cores left over); changes no result"),
  new Option(
    "--out <folder>",
    "results (default: audit-out/<preset>-<configuration hash>); goes on with an audit that is there",
  ),
  new Option("--keep-last <n>", "checkpoints that stay of every run (default: 1)"),
  new Option("--keep-epochs <list>", "epochs whose checkpoints stay besides, such as 1,5,10"),
  new Option("--json", "print audit.json instead of the table, and nothing else, on stdout"),
  new Option("--quiet", "no progress and no estimate on stderr"),
];

/** What commander makes of the command line. */
export interface RawAuditOptions {
  readonly preset?: string;
  readonly data?: string;
  readonly dataDir?: string;
  readonly methods?: string;
  readonly seeds?: string;
  readonly epochs?: string;
  readonly stopAfter?: string;
  readonly width?: string;
  readonly depth?: string;
  readonly batch?: string;
  readonly set?: string;
  readonly trainLastBlocks?: string;
  readonly terminalLn?: boolean;
  readonly residual?: boolean;
  readonly randomTargets?: boolean;
  readonly baselines?: boolean;
  readonly selfChecks?: boolean;
  readonly controls?: boolean;
  readonly lambda?: string;
  readonly limit?: string;
  readonly dtype?: string;
  readonly probes?: string;
  readonly backend?: string;
  readonly fastMath?: boolean;
  readonly policy?: string;
  readonly workers?: string;
  readonly threads?: string;
  readonly out?: string;
  readonly keepLast?: string;
  readonly keepEpochs?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** How to execute runs; nothing here changes their results. */
export interface ExecutionRequest {
  readonly dataDir: string | undefined;
  readonly workers: number | undefined;
  readonly threads: number | undefined;
  readonly out: string | undefined;
  /** Which checkpoints stay, where that was said. */
  readonly keep: KeepPolicy;
  readonly selfChecks: boolean;
  readonly json: boolean;
  readonly quiet: boolean;
}

/** A command line that makes sense. */
export interface AuditRequest extends ExecutionRequest {
  readonly configuration: AuditConfiguration;
}

/** Options that change no result, and those that say which audit it is. */
const executing: readonly (keyof RawAuditOptions)[] = [
  "dataDir",
  "workers",
  "threads",
  "out",
  "keepLast",
  "keepEpochs",
  "json",
  "selfChecks",
  "quiet",
];

/** Whether the command line leaves the whole configuration to the defaults. */
export function choosesNothing(raw: RawAuditOptions): boolean {
  const { terminalLn, residual, baselines, controls, ...rest } = raw;
  const switches = [terminalLn, residual, baselines, controls];
  return !switches.includes(false) &&
    Object.entries(rest).every(([name, value]) =>
      value === undefined || executing.includes(name as keyof RawAuditOptions)
    );
}

/**
 * Reads the values strictly and resolves the configuration.
 *
 * @param there the configuration of the audit that is to go on, where none was chosen.
 * @param policy what `--policy` means, where it was given.
 * @throws {TypeError | RangeError} if the command line is wrong; the message names option, rule and
 * value.
 */
export function readAuditOptions(
  raw: RawAuditOptions,
  there?: AuditConfiguration,
  policy?: string | Policy,
): AuditRequest {
  const choices = { ...choicesOf(raw), ...(policy && { policy }) };
  const configuration = there ?? resolveConfiguration(choices);
  return { configuration, ...executionOf(raw, configuration) };
}

/** What the command line chooses of a configuration, its values read strictly. */
export function choicesOf(raw: RawAuditOptions): AuditChoices {
  const choices: { -readonly [K in keyof AuditChoices]: AuditChoices[K] } = {};
  if (raw.preset !== undefined) choices.preset = raw.preset;
  if (raw.data !== undefined) choices.data = raw.data;
  if (raw.dtype !== undefined) choices.dtype = raw.dtype;
  if (raw.probes !== undefined) choices.probes = raw.probes;
  if (raw.stopAfter !== undefined) choices.stopAfter = integer("--stop-after", raw.stopAfter);
  const backend = backendOf(raw);
  if (backend !== undefined) choices.backend = backend;
  if (raw.policy !== undefined) choices.policy = raw.policy;
  if (raw.methods !== undefined) choices.methods = names(raw.methods);
  if (raw.seeds !== undefined) choices.seeds = integers("--seeds", raw.seeds);
  if (raw.set !== undefined) choices.rules = ruleOptions("--set", raw.set);
  if (raw.trainLastBlocks !== undefined) {
    choices.trainedBlocks = integer("--train-last-blocks", raw.trainLastBlocks);
  }
  if (raw.terminalLn === false) choices.terminalLayerNorm = false;
  if (raw.residual === false) choices.residual = false;
  if (raw.randomTargets) choices.labels = "random";
  if (raw.baselines === false) choices.baselines = false;
  if (raw.controls === false) choices.controls = false;
  if (raw.lambda !== undefined) choices.lambda = number("--lambda", raw.lambda);
  for (const name of ["epochs", "width", "depth", "batch", "limit"] as const) {
    const text = raw[name];
    if (text !== undefined) choices[name] = integer(`--${name}`, text);
  }
  return choices;
}

/** What the command line says of the execution, its values read strictly. */
export function executionOf(
  raw: RawAuditOptions,
  configuration: Pick<AuditConfiguration, "data" | "backend" | "stopAfter">,
): ExecutionRequest {
  checkDataFolder(configuration.data.name, raw.dataDir);
  const workers = raw.workers === undefined ? undefined : integer("--workers", raw.workers);
  if (workers !== undefined && (workers < 1 || workers > 1024)) {
    throw new RangeError(`Cannot use --workers as it must be from 1 to 1024: ${workers}`);
  }
  const threads = raw.threads === undefined ? undefined : integer("--threads", raw.threads);
  if (threads !== undefined) checkThreads(threads, configuration.backend);
  if (raw.out === "") throw new RangeError("Cannot use --out as it must name a folder: ''");
  return {
    dataDir: raw.dataDir,
    workers,
    threads,
    out: raw.out,
    keep: keepPolicy(raw, configuration.stopAfter),
    selfChecks: raw.selfChecks ?? true,
    json: raw.json ?? false,
    quiet: raw.quiet ?? false,
  };
}

function keepPolicy(
  { keepLast: last, keepEpochs: epochs }: RawAuditOptions,
  runEpochs: number,
): KeepPolicy {
  const keepLast = last === undefined ? undefined : integer("--keep-last", last);
  if (keepLast !== undefined && keepLast < 1) {
    throw new RangeError(`Cannot use --keep-last as it must be at least 1: ${keepLast}`);
  }
  const keepEpochs = epochs === undefined ? undefined : integers("--keep-epochs", epochs);
  const wrong = keepEpochs?.find((epoch) => epoch < 1);
  if (wrong !== undefined) {
    throw new RangeError(`Cannot use --keep-epochs as epochs begin with 1: ${wrong}`);
  }
  const beyond = keepEpochs?.filter((epoch) => epoch > runEpochs) ?? [];
  if (beyond.length > 0) {
    const all = `${runEpochs} ${runEpochs === 1 ? "epoch" : "epochs"}`;
    throw new RangeError(`Cannot use --keep-epochs as a run has ${all}: ${beyond.join(", ")}`);
  }
  return { ...(keepLast && { keepLast }), ...(keepEpochs && { keepEpochs }) };
}

function checkThreads(threads: number, backend: BackendName): void {
  if (threads < 1 || threads > maxThreads) {
    throw new RangeError(`Cannot use --threads as it must be from 1 to ${maxThreads}: ${threads}`);
  }
  if (threads > 1 && !sharesWork(backend)) {
    throw new RangeError(
      `Cannot use --threads as backend ${backend} computes on one thread: ${threads}`,
    );
  }
}

/** The name of the backend, which `--fast-math` is part of. */
function backendOf({ backend, fastMath = false }: RawAuditOptions): string | undefined {
  if (!fastMath) return backend;
  if (backend !== undefined && backend !== "wasm" && backend !== "wasm-fast-math") {
    throw new RangeError(`Cannot use --fast-math as only backend wasm has it: ${backend}`);
  }
  return "wasm-fast-math";
}
