// Verdict rules as data.
import { unknownName } from "@fa/tensor";

/** The four diagnostics of §4, by the letter that the paper gives them. */
export type DiagnosticId = "a" | "b" | "c" | "d";

/** Names of the diagnostics. */
export type DiagnosticName = "growth" | "reference" | "stability" | "depthUtility";

/** Where each diagnostic fires. */
export interface Thresholds {
  /** (a) fires when max_l ‖h_{l+1}‖/‖h_l‖ is above it. */
  readonly growth: number;
  /** (b) fires when ‖∂CE/∂h_L‖, CE averaged over a batch of 128, is below it. */
  readonly reference: number;
  /** (c) fires when the mean pairwise cosine is above it. */
  readonly stability: number;
  /** (d) fires when accuracy − frozen-blocks accuracy, as a fraction, is below it. */
  readonly depthUtility: number;
}

/** A rule that turns four diagnostics into a verdict. */
export interface Policy {
  /** Its name. */
  readonly name: string;
  /** The rule in words. */
  readonly rule: string;
  /** Where the diagnostics fire. */
  readonly thresholds: Thresholds;
  /** Diagnostics of which any one that fired walks the claim back. */
  readonly walkBack: readonly DiagnosticId[];
  /** Diagnostics that must all have been evaluated before the claim reads trustworthy. */
  readonly required: readonly DiagnosticId[];
}

/** Names of the policies of §4. */
export type PolicyName = "default" | "paper" | "strict";

/** Thresholds of the paper (§4): 50×, 1e-7 at B=128, .30, 2 percentage points. */
const thresholds: Thresholds = {
  growth: 50,
  reference: 1e-7,
  stability: 0.30,
  depthUtility: 0.02,
};

/**
 * The policies of §4.
 *
 * | name | walk-back if one of these fired | trustworthy only if these were evaluated |
 * |---|---|---|
 * | `default` | (a), (b), (d) | (a), (b), (d) |
 * | `paper` | (a), (b), (c), (d) | none: what was not evaluated does not count |
 * | `strict` | (a), (b), (c), (d) | (a), (b), (c), (d) |
 *
 * @example
 * ```ts
 * import { policies } from "@fa/protocol";
 *
 * if (policies.default.thresholds.growth !== 50) throw new Error("(a) fires above 50×");
 * if (policies.default.walkBack.includes("c")) throw new Error("(c) is a note on the sub-mode");
 * ```
 */
export const policies: Readonly<Record<PolicyName, Policy>> = {
  default: {
    name: "default",
    rule:
      "walk-back if (a), (b) or (d) fired; else not-assessable if any of the three was not evaluated; else trustworthy; (c) is a note on the sub-mode",
    thresholds,
    walkBack: ["a", "b", "d"],
    required: ["a", "b", "d"],
  },
  paper: {
    name: "paper",
    rule: "walk-back if any evaluated one of (a)–(d) fired, else trustworthy",
    thresholds,
    walkBack: ["a", "b", "c", "d"],
    required: [],
  },
  strict: {
    name: "strict",
    rule: "walk-back if any of (a)–(d) fired; trustworthy only if all four were evaluated",
    thresholds,
    walkBack: ["a", "b", "c", "d"],
    required: ["a", "b", "c", "d"],
  },
};

/**
 * The policy of a name, or a policy of one's own after a check.
 *
 * @throws {RangeError} if no policy has this name, or a threshold is not a finite number.
 *
 * @example
 * ```ts
 * import { policies, resolvePolicy } from "@fa/protocol";
 *
 * if (resolvePolicy("strict") !== policies.strict) throw new Error("wrong policy");
 * const doubled = { ...policies.default, name: "double", thresholds: { ...policies.default.thresholds, growth: 100 } };
 * if (resolvePolicy(doubled).thresholds.growth !== 100) throw new Error("own policies are data too");
 * ```
 */
export function resolvePolicy(policy: string | Policy): Policy {
  if (typeof policy === "string") {
    if (!Object.hasOwn(policies, policy)) {
      throw unknownName("policy", policy, Object.keys(policies));
    }
    return policies[policy as PolicyName];
  }
  for (const name of ["growth", "reference", "stability", "depthUtility"] as const) {
    const value: unknown = policy.thresholds[name];
    if (typeof value !== "number" || !Number.isFinite(value)) {
      throw new RangeError(
        `Cannot judge by policy ${policy.name} as thresholds.${name} must be a finite number: ${value}`,
      );
    }
  }
  for (const list of ["walkBack", "required"] as const) {
    for (const id of policy[list]) {
      if (!["a", "b", "c", "d"].includes(id)) {
        throw unknownName(`diagnostic in ${list}`, id, ["a", "b", "c", "d"]);
      }
    }
  }
  return policy;
}
