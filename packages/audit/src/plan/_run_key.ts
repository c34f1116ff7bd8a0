// When two runs are provably the same.
import type { JsonObject } from "@fa/protocol";
import type { RunSpec } from "../run/run_spec.ts";
import { canonicalJson } from "./canonical_json.ts";

/**
 * Equal for two runs only if they are the same to the last bit. The penalty acts on the branches of
 * the blocks, so that a local rule whose blocks are all frozen never feels its λ (backpropagation
 * does: it sends the penalty's gradient on to the embedding).
 */
export function runKey({ id: _id, role: _role, ...spec }: RunSpec): string {
  const unfelt = spec.trainedBlocks === 0 && spec.method !== "bp";
  return canonicalJson({ ...spec, lambda: unfelt ? 0 : spec.lambda } as unknown as JsonObject);
}
