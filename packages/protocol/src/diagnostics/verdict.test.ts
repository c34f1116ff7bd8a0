import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Diagnostic } from "./diagnostic.ts";
import type { DiagnosticId } from "./policies.ts";
import { verdict } from "./verdict.ts";

const test = suite("verdict");

type State = "fired" | "silent" | "not evaluated";
const states: readonly State[] = ["fired", "silent", "not evaluated"];

const diagnostic = (id: DiagnosticId, state: State): Diagnostic => ({
  id,
  name: "growth",
  value: state === "not evaluated" ? { valid: false, reason: "none" } : 1,
  threshold: 1,
  direction: "above",
  fired: state === "not evaluated" ? null : state === "fired",
  evaluated: state !== "not evaluated",
  reason: "",
  unit: "",
  details: {},
});

/** The sentences of §4, written down once more and without the tables of `policies`. */
const wording: Record<string, (a: State, b: State, c: State, d: State) => string> = {
  // "walk-back if (a), (b) or (d) fired; else not-assessable if any of the three was not evaluated;
  // else trustworthy; (c) is a note on the sub-mode"
  default: (a, b, _c, d) => {
    if (a === "fired" || b === "fired" || d === "fired") return "walk-back";
    if (a === "not evaluated" || b === "not evaluated" || d === "not evaluated") {
      return "not-assessable";
    }
    return "trustworthy";
  },
  // "walk-back if any evaluated one of (a)–(d) fired, else trustworthy"
  paper: (a, b, c, d) => [a, b, c, d].some((s) => s === "fired") ? "walk-back" : "trustworthy",
  // "walk-back if any fired; trustworthy only if all four were evaluated"
  strict: (a, b, c, d) => {
    if ([a, b, c, d].some((s) => s === "fired")) return "walk-back";
    return [a, b, c, d].every((s) => s === "silent") ? "trustworthy" : "not-assessable";
  },
};

for (const [policy, expected] of Object.entries(wording)) {
  // Oracle: the wording of §4, over all 3⁴ combinations.
  test(`verdict follows the wording of policy ${policy} in all 81 cases`, () => {
    let cases = 0;
    for (const a of states) {
      for (const b of states) {
        for (const c of states) {
          for (const d of states) {
            const all = { a, b, c, d };
            const ids = ["a", "b", "c", "d"] as const;
            const found = verdict(ids.map((id) => diagnostic(id, all[id])), policy);
            assert.is(found.verdict, expected(a, b, c, d), JSON.stringify(all));
            assert.equal(found.fired, ids.filter((id) => all[id] === "fired"));
            assert.equal(found.notEvaluated, ids.filter((id) => all[id] === "not evaluated"));
            assert.is(found.policy, policy);
            cases++;
          }
        }
      }
    }
    assert.is(cases, 81);
  });
}

const four = (...all: [State, State, State, State]) =>
  (["a", "b", "c", "d"] as const).map((id, i) => diagnostic(id, all[i]!));

test("verdict says why", () => {
  const because = (policy: string, ...all: [State, State, State, State]) =>
    verdict(four(...all), policy).reason;
  assert.is(because("default", "fired", "silent", "fired", "fired"), "(a), (d) fired");
  assert.is(
    because("default", "silent", "silent", "silent", "not evaluated"),
    "(d) not evaluated, and nothing that walks back fired",
  );
  assert.is(
    because("default", "silent", "silent", "fired", "silent"),
    "(a), (b), (d) silent; (c) fired, which policy default only notes",
  );
  assert.is(
    because("paper", "not evaluated", "not evaluated", "not evaluated", "not evaluated"),
    "no diagnostic was evaluated; (a), (b), (c), (d) not evaluated, which policy paper does not require",
  );
});

test("verdict suggests the nearest of the known policies", () => {
  assert.throws(
    () => verdict(four("silent", "silent", "silent", "silent"), "strickt"),
    (e: Error) =>
      e instanceof RangeError &&
      e.message ===
        "Cannot find policy 'strickt': did you mean 'strict'? Known policies: default, paper, strict",
  );
  assert.throws(
    () => verdict(four("silent", "silent", "silent", "silent"), "toString"),
    /Cannot find policy/,
  );
});

test("verdict needs exactly one of each diagnostic, in any order", () => {
  const all = four("silent", "silent", "silent", "silent");
  assert.is(verdict([...all].reverse(), "strict").verdict, "trustworthy");
  for (const wrong of [all.slice(1), [...all, all[0]!], [all[0]!, all[0]!, all[2]!, all[3]!], []]) {
    assert.throws(() => verdict(wrong, "default"), /exactly one of each diagnostic/);
  }
});

test.run();
