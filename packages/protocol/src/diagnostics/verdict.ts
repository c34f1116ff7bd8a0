// From four diagnostics to one of three words.
import type { Diagnostic } from "./diagnostic.ts";
import { type DiagnosticId, type Policy, resolvePolicy } from "./policies.ts";

/** `trustworthy`, `walk-back`, or `not-assessable` where the evidence does not suffice. */
export type VerdictWord = "trustworthy" | "walk-back" | "not-assessable";

/** A verdict and what it rests on. */
export interface Verdict {
  /** The word. */
  readonly verdict: VerdictWord;
  /** Every diagnostic that fired, also one that this policy only notes. */
  readonly fired: readonly DiagnosticId[];
  /** Every diagnostic that was not evaluated. */
  readonly notEvaluated: readonly DiagnosticId[];
  /** Name of the policy. */
  readonly policy: string;
  /** Why, in words. */
  readonly reason: string;
}

/**
 * The verdict of a policy on four diagnostics (§4). What was not evaluated never counts as silent
 * and never as fired; under `paper`, which the sources define to ignore it, the reason says so.
 *
 * @param diagnostics one of each of (a)–(d).
 * @param policy name of a policy, or a policy.
 * @throws {RangeError} if the policy is unknown, or there is not exactly one of each diagnostic.
 *
 * @example
 * ```ts
 * import { diagnose, exampleEvidence, verdict } from "@fa/protocol";
 *
 * const run = exampleEvidence({ method: "bp", seed: 42, hiddenNorms: [9, 10], accuracy: 0.61 });
 * const found = verdict(diagnose(run), "default");
 * if (found.verdict !== "not-assessable") throw new Error("(d) was not evaluated: no baseline");
 * ```
 */
export function verdict(diagnostics: readonly Diagnostic[], policy: string | Policy): Verdict {
  const { name, walkBack, required } = resolvePolicy(policy);
  const ids = diagnostics.map((d) => d.id).sort((x, y) => (x < y ? -1 : 1)).join("");
  if (ids !== "abcd") {
    throw new RangeError(
      `Cannot give a verdict as exactly one of each diagnostic a, b, c, d is needed: ${
        [...ids].join(", ") || "none"
      }`,
    );
  }
  const fired = diagnostics.filter((d) => d.fired === true).map((d) => d.id);
  const notEvaluated = diagnostics.filter((d) => !d.evaluated).map((d) => d.id);
  const against = fired.filter((id) => walkBack.includes(id));
  const missing = notEvaluated.filter((id) => required.includes(id));
  const shared = { fired, notEvaluated, policy: name };
  if (against.length > 0) {
    return { verdict: "walk-back", ...shared, reason: `${letters(against)} fired` };
  }
  if (missing.length > 0) {
    const reason = `${letters(missing)} not evaluated, and nothing that walks back fired`;
    return { verdict: "not-assessable", ...shared, reason };
  }
  const silent = diagnostics.filter((d) => d.fired === false).map((d) => d.id);
  const parts = [silent.length > 0 ? `${letters(silent)} silent` : "no diagnostic was evaluated"];
  if (fired.length > 0) parts.push(`${letters(fired)} fired, which policy ${name} only notes`);
  if (notEvaluated.length > 0) {
    parts.push(`${letters(notEvaluated)} not evaluated, which policy ${name} does not require`);
  }
  return { verdict: "trustworthy", ...shared, reason: parts.join("; ") };
}

/** `(a), (b)`. */
export function letters(ids: readonly DiagnosticId[]): string {
  return ids.map((id) => `(${id})`).join(", ");
}
