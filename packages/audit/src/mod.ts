/**
 * The audit on the command line: presets, grid of runs, reports. Its parts can be used from a
 * program too:
 *
 * ```
 * resolveConfiguration → runAudit (planRuns → worker threads → evidence) → renderTable, renderMarkdown
 * ```
 *
 * @module
 */

export { openDataset } from "./data/open_dataset.ts";
export { type FileSource, openFileSource } from "./data/open_file_source.ts";
export { type PortableDataset, rebuildDataset } from "./data/portable_dataset.ts";
export type { RunPlace } from "./folder/run_files.ts";
export type { Sums } from "./folder/sums.ts";
export { type FormOptions, renderForm } from "./output/render_form.ts";
export { renderMarkdown } from "./output/render_markdown.ts";
export { renderTable, type TableOptions } from "./output/render_table.ts";
export type { Style } from "./output/style.ts";
export { canonicalJson } from "./plan/canonical_json.ts";
export {
  type AuditChoices,
  type AuditConfiguration,
  resolveConfiguration,
} from "./plan/configuration.ts";
export { configurationHash } from "./plan/configuration_hash.ts";
export { type AuditPlan, type PlannedGroup, planRuns } from "./plan/plan_runs.ts";
export {
  checkPresetName,
  defaultPreset,
  type Preset,
  type PresetName,
  presets,
} from "./plan/presets.ts";
export { executeRun, type ExecuteRunOptions } from "./run/execute_run.ts";
export type { ProbesWhen, Progress, RunSpec } from "./run/run_spec.ts";
export { type AuditResult, runAudit, type RunAuditOptions } from "./run_audit.ts";
export { version } from "./version.ts";
