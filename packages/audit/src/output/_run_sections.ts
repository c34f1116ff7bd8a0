// Every run epoch by epoch, as Markdown tables.

import { formatNumber, type Measured, type RunEvidence, type Snapshot } from "@fa/protocol";
import { escape, table } from "./_markdown.ts";
import { regimeMark } from "./_report_parts.ts";

/** One section for each run: where it stands, then a row for the model at the start and each epoch. */
export function runSections(evidences: ReadonlyMap<string, RunEvidence>): string {
  return [...evidences].map(([id, evidence]) => runSection(id, evidence)).join("\n\n");
}

function runSection(id: string, evidence: RunEvidence): string {
  const { initial, epochs, dataset, role, method, seed } = evidence;
  const L = initial.hiddenNorms.length - 1;
  const head = ["epoch", "accuracy", "train CE", "‖h\\_0‖", `‖h\\_${L}‖`, "growth", `‖g\\_${L}‖`];
  const rows = [
    ["0", "", "", ...snapshotCells(initial)],
    ...epochs.map(({ epoch, accuracy, trainLoss, snapshot }) => [
      String(epoch),
      formatNumber(accuracy, { decimals: 4 }),
      formatNumber(trainLoss, { decimals: 4 }),
      ...snapshotCells(snapshot),
    ]),
  ];
  const { batches, batchSize } = initial;
  const about =
    `${role} ${method}${
      variant(evidence)
    }, seed ${seed}, on ${dataset.name}. Norms are medians over ` +
    `${initial.samples} samples, ‖g_${L}‖ with CE averaged over a batch of B=${batchSize} ` +
    `(${batches} batches), growth is the largest ratio of neighbouring ‖h_l‖.`;
  const others = Object.keys(initial.otherGammas ?? {}).map((name) => `Γ of ${name}`);
  return `### ${id}\n\n${escape(about)}\n\n${
    table([...head, "(c)", gammaTitle(evidence), ...others], rows)
  }${layerTable(evidence)}`;
}

/**
 * Γ of every layer, and how exact each reference is, epoch by epoch; nothing where no error was
 * measured.
 */
function layerTable({ initial, epochs }: RunEvidence): string {
  if (!initial.referenceError) return "";
  const moments = [
    { epoch: 0, snapshot: initial },
    ...epochs.map(({ epoch, snapshot }) => ({ epoch, snapshot })),
  ];
  const gammas = "valid" in initial.gamma ? [] : initial.gamma.perLayer;
  const head = [
    "epoch",
    ...gammas.map((_, l) => `Γ\\_${l}`),
    ...initial.hiddenNorms.map((_, l) => `error of g\\_${l}`),
  ];
  const rows = moments.map(({ epoch, snapshot: { gamma, referenceError } }) => [
    String(epoch),
    ...gammas.map((_, l) =>
      "valid" in gamma ? "not measured" : formatNumber(gamma.perLayer[l]!.value, { decimals: 3 })
    ),
    ...initial.hiddenNorms.map((_, l) =>
      referenceError ? formatNumber(referenceError.perLayer[l]!) : "not measured"
    ),
  ]);
  const about =
    "Γ layer by layer, and the error of each gradient: the median over samples of its " +
    `relative difference, in ${initial.referenceError.working}, from float64 with the same weights.`;
  return `\n\n${escape(about)}\n\n${table(head, rows)}`;
}

/** Where a method has several credits, the one that is compared first is named. */
function gammaTitle({ configuration: { rule }, initial }: RunEvidence): string {
  const credit = typeof rule === "object" && rule && "credit" in rule ? rule.credit : undefined;
  return initial.otherGammas && typeof credit === "string" ? `Γ of ${credit}` : "Γ headline";
}

/** What sets the run apart, where its configuration says so. */
function variant({ configuration }: RunEvidence): string {
  const { frozenBlocks, trainedBlocks, depth, lambda, terminalLayerNorm, residual } = configuration;
  const some = !frozenBlocks && typeof trainedBlocks === "number" && trainedBlocks !== depth;
  return (frozenBlocks === true ? ", frozen blocks" : "") +
    (some ? `, only the last ${trainedBlocks} blocks trained` : "") +
    (terminalLayerNorm === false ? ", no terminal LayerNorm" : "") +
    (residual === false ? ", no residual connections" : "") +
    (typeof lambda === "number" && lambda !== 0 ? `, λ = ${lambda}` : "");
}

/** Whether some Γ_l was measured against a reference below the floor, or of unknown exactness. */
function markOf(gamma: Snapshot["gamma"]): string {
  if ("valid" in gamma) return "";
  const regimes = gamma.perLayer.flatMap(({ regime }) => regime ?? []);
  const below = regimes.some((regime) => regime.endsWith("below-floor"));
  const unchecked = regimes.some((regime) => regime.startsWith("unchecked"));
  return regimeMark(
    unchecked ? (below ? "unchecked-below-floor" : "unchecked") : below ? "below-floor" : "exact",
  );
}

function snapshotCells(
  { hiddenNorms, growth, gradientNorms, stability, gamma, otherGammas = {} }: Snapshot,
): string[] {
  const alignment: Measured = "valid" in gamma ? gamma : gamma.headline;
  const others = Object.values(otherGammas).map(({ headline }) => headline);
  return [
    formatNumber(hiddenNorms[0]!),
    formatNumber(hiddenNorms.at(-1)!),
    formatNumber(growth.max),
    formatNumber(gradientNorms.at(-1)!),
    formatNumber(stability.value, { decimals: 3 }),
    ...[alignment, ...others].map((value, i) =>
      formatNumber(value, { decimals: 3 }) +
      (i === 0 && markOf(gamma) ? ` ${markOf(gamma)}` : "")
    ),
  ];
}
