// A policy of one's own, read strictly from JSON.
import { unknownName } from "@fa/tensor";
import { clip, Place } from "../evidence/_reader.ts";
import { parseText } from "../evidence/_read_parts.ts";
import { type DiagnosticId, policies, type Policy } from "./policies.ts";
import { letters } from "./verdict.ts";

const ids = ["a", "b", "c", "d"] as const;
const names = ["growth", "reference", "stability", "depthUtility"] as const;

/**
 * Reads a policy and checks all of it. Every threshold must be given: a policy says whole what was
 * judged by, so that a record that holds it can be judged again.
 *
 * | field | what | must be |
 * |---|---|---|
 * | `name` | its name | not that of a policy of the protocol |
 * | `rule` | the rule in words | may be left out: it is then made from the two lists |
 * | `thresholds.growth` | (a) fires above | > 0 |
 * | `thresholds.reference` | (b) fires below, at B = 128 | > 0 |
 * | `thresholds.stability` | (c) fires above | in [−1, 1] |
 * | `thresholds.depthUtility` | (d) fires below, a fraction | in [−1, 1] |
 * | `walkBack` | any of these that fired walks back | at least one of a, b, c, d, each once |
 * | `required` | trustworthy only if these were evaluated | of a, b, c, d, each once |
 *
 * @param json JSON text, or what `JSON.parse` made of it.
 * @param name names the record in errors, such as its file name.
 * @throws {SyntaxError} if the text is not JSON.
 * @throws {TypeError} if something has the wrong type, is missing or is unknown.
 * @throws {RangeError} if a value is out of range.
 *
 * @example
 * ```ts
 * import { diagnose, exampleEvidence, parsePolicy, verdict } from "@fa/protocol";
 *
 * const policy = parsePolicy(
 *   `{
 *     "name": "norms-only",
 *     "thresholds": { "growth": 100, "reference": 1e-8, "stability": 0.5, "depthUtility": 0.01 },
 *     "walkBack": ["a", "b"],
 *     "required": ["a", "b"]
 *   }`,
 *   "norms-only.json",
 * );
 * const run = exampleEvidence({ hiddenNorms: [1, 1, 80] }); // no baseline: (d) is not evaluated
 * const found = verdict(diagnose(run, { policy }), policy);
 * if (found.verdict !== "trustworthy") throw new Error(found.reason);
 *
 * let message = "";
 * try {
 *   parsePolicy({ ...policy, treshold: 1 }, "mine.json");
 * } catch (error) {
 *   message = (error as Error).message;
 * }
 * if (!message.includes("did you mean 'thresholds'?")) throw new Error(message);
 * ```
 */
export function parsePolicy(json: unknown, name: string): Policy {
  const record = new Place(typeof json === "string" ? parseText(json, name) : json, "", name);
  knownFields(record, ["name", "rule", "thresholds", "walkBack", "required"]);
  const own = record.field("name");
  if (Object.hasOwn(policies, own.name())) {
    throw own.rangeError("another name than those of the protocol's policies");
  }
  const thresholds = record.field("thresholds");
  knownFields(thresholds, names);
  const walkBack = readIds(record.field("walkBack"));
  if (walkBack.length === 0) throw record.field("walkBack").rangeError("at least one diagnostic");
  const required = readIds(record.field("required"));
  return {
    name: own.name(),
    rule: record.has("rule") ? record.field("rule").name() : ruleOf(walkBack, required),
    thresholds: {
      growth: readPositive(thresholds.field("growth")),
      reference: readPositive(thresholds.field("reference")),
      stability: readCosineLike(thresholds.field("stability")),
      depthUtility: readCosineLike(thresholds.field("depthUtility")),
    },
    walkBack,
    required,
  };
}

/** Refuses unknown fields and suggests the nearest known one. */
function knownFields(at: Place, known: readonly string[]): void {
  const unknown = at.keys().find((key) => !known.includes(key));
  if (unknown === undefined) return;
  const { message } = unknownName("field", clip(unknown), known);
  const where = at.path || "a policy";
  throw new TypeError(
    message.replace("Cannot find field", () => `Cannot read ${at.file} as ${where} has no field`),
  );
}

function readIds(at: Place): DiagnosticId[] {
  const found = at.items((item) => item.oneOf(ids), { limit: 64 });
  if (new Set(found).size < found.length) throw at.rangeError("a list without repetition");
  return found;
}

function readPositive(at: Place): number {
  const found = at.number();
  if (found <= 0) throw at.rangeError("greater than 0");
  return found;
}

function readCosineLike(at: Place): number {
  const found = at.number();
  if (found < -1 || found > 1) throw at.rangeError("from -1 to 1");
  return found;
}

function ruleOf(walkBack: readonly DiagnosticId[], required: readonly DiagnosticId[]): string {
  const open = required.length > 0
    ? `else not-assessable if any of ${letters(required)} was not evaluated; `
    : "";
  return `walk-back if any of ${letters(walkBack)} fired; ${open}else trustworthy`;
}
