import { suite } from "uvu";
import * as assert from "uvu/assert";
import { exampleEvidence } from "../evidence/example_evidence.ts";
import { unmeasured } from "../evidence/measured.ts";
import { assessMethod } from "./assess_method.ts";
import { decisionUtility } from "./decision_utility.ts";
import { paperMethods } from "./_test_paper.ts";

const test = suite("decisionUtility");

/** EP's own baseline, low enough that (d) is silent on EP: what the paper's row 58 needs. */
const ownEp = (method: string) => (method === "ep" ? 0.2 : 0.349);
const rows = (found: ReturnType<typeof decisionUtility>) =>
  found.strategies.map(({ strategy, walkedBack }) => [strategy, walkedBack.join()]);

// Oracle: the paper's own numbers, claims rows 53–59 and 40.
test("decisionUtility: the paper's rows from the paper's numbers", () => {
  for (const policy of ["default", "paper", "strict"]) {
    const found = decisionUtility(paperMethods(policy, ownEp), policy);
    assert.equal(rows(found), [
      ["S0", ""],
      ["S1", ""],
      ["S1+a", "dfa,cb,sb"],
      ["S1+b", "dfa,cb,sb"],
      ["S1+c", "cb,sb"],
      ["S1+d", "dfa,cb,sb"],
      ["full", "dfa,cb,sb"],
    ], policy);
    assert.ok(found.strategies.every(({ differs }) => differs.length === 0));
    assert.equal(found.sufficient, ["a", "b", "d"]); // row 60
    assert.equal(found.strategies.map(({ standing }) => standing.length), [5, 5, 2, 2, 3, 2, 2]);
    assert.not.match(found.notes.join(), "contradict");
  }
});

// Oracle: claims rows 42 and 58: EP's .316 lies below the shared .349.
test("decisionUtility: with the shared baseline EP is walked back too, and the contradiction is told", () => {
  const { strategies, sufficient, notes } = decisionUtility(paperMethods());
  const byDepth = strategies.find(({ strategy }) => strategy === "S1+d")!;
  assert.equal(byDepth.walkedBack, ["ep", "dfa", "cb", "sb"]);
  assert.equal(byDepth.paper, ["dfa", "cb", "sb"]);
  assert.equal(byDepth.differs, ["ep"]);
  assert.equal(strategies.at(-1)!.differs, ["ep"]);
  assert.equal(sufficient, ["d"]);
  assert.match(
    notes.join(" "),
    "(d) fires on EP here: 0.316 ± 0.000, n=3 seeds against 0.349 ± 0.000, n=3 seeds with frozen blocks, the very accuracies that BP, DFA, CB, SB are compared with.",
  );
  assert.match(notes.join(" "), "the two statements contradict each other");
  const own = decisionUtility(paperMethods("default", (m) => (m === "ep" ? 0.35 : 0.349)));
  assert.match(own.notes.join(" "), "with frozen blocks, a baseline of its own.");
});

// Oracle: §4: unmeasurable is never a pass and never a fail; a method that the paper lacks has no row.
test("decisionUtility: what was not evaluated neither stands nor falls", () => {
  const run = exampleEvidence({ method: "fa", gradientNorm: unmeasured("lost"), stability: 0.9 });
  const { strategies, sufficient, notes } = decisionUtility([assessMethod([run], [])]);
  const found = (name: string) => {
    const { walkedBack, standing, notAssessable, paper, differs } = strategies.find((s) =>
      s.strategy === name
    )!;
    assert.equal([paper, differs], [[], []]);
    return [walkedBack.length, standing.length, notAssessable.length].join();
  };
  assert.equal(["S0", "S1", "S1+a", "S1+b", "S1+c", "S1+d", "full"].map(found), [
    "0,1,0",
    "0,1,0",
    "0,1,0",
    "0,0,1",
    "1,0,0",
    "0,0,1",
    "0,0,1", // (c) is only noted by the default policy
  ]);
  assert.equal(sufficient, []);
  assert.equal(notes.length, 1);
});

// Oracle: §4: a method that cannot be judged neither agrees with the paper nor contradicts it.
test("decisionUtility: a method that could not be judged does not differ from the paper", () => {
  const bp = assessMethod([exampleEvidence({ method: "bp" })], []); // no baseline: (d) is open
  const dfa = assessMethod([exampleEvidence()], []); // which the paper walks back by (d)
  const { strategies } = decisionUtility([bp, dfa]);
  const byDepth = strategies.find(({ strategy }) => strategy === "S1+d")!;
  assert.equal([byDepth.notAssessable, byDepth.differs], [["bp", "dfa"], []]);
  assert.equal(strategies.at(-1)!.differs, []);
});

test.run();
