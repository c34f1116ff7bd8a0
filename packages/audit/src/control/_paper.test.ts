import { suite } from "uvu";
import * as assert from "uvu/assert";
import { exampleEvidence, summarizeSeeds } from "@fa/protocol";
import { agreesWith, comparisons, otherThanPaper, paperNumber } from "./_paper.ts";

const test = suite("published numbers");

const seeds = (...values: number[]) =>
  summarizeSeeds(values.map((value, seed) => ({ seed, value })), "x");

// Oracle: how such numbers are read: mean, half a unit of the last digit, standard deviation.
test("reads numbers as papers print them", () => {
  assert.equal(paperNumber(".360±.002"), { mean: 0.36, half: 0.0005, s: 0.002 });
  assert.equal(paperNumber("2.2e4"), { mean: 22000, half: 500, s: undefined });
  assert.equal(paperNumber("8e7"), { mean: 8e7, half: 5e6, s: undefined });
  assert.equal(paperNumber("-5.0e-5").mean, -5e-5);
  assert.equal(paperNumber("1616").half, 0.5);
  for (const text of ["", "about 3", "3±", "1e"]) {
    assert.throws(() => paperNumber(text), /Cannot read a published number/);
  }
});

// Oracle: closed form: √((.002² + .004²)/2) = .00316…, twice that is .00632….
test("agrees within rounding or two pooled standard deviations", () => {
  const ours = (centre: number) => seeds(centre - 0.004, centre, centre + 0.004);
  assert.is(agreesWith(ours(0.3663), ".360±.002"), true);
  assert.is(agreesWith(ours(0.3664), ".360±.002"), false);
  assert.is(agreesWith(seeds(0.3595), ".360"), true); // half a unit away
  assert.is(agreesWith(seeds(0.3594), ".360"), false);
  assert.is(agreesWith(seeds(0.363), ".360±.002"), true); // one seed: the paper's spread alone
  assert.is(agreesWith(seeds(Infinity), ".360"), null);
});

test("compares only what is as in the paper, and says what is not", () => {
  const run = exampleEvidence();
  const paper = {
    ...run,
    dataset: { ...run.dataset, name: "cifar10" },
    configuration: { width: 256, depth: 4, batch: 128, epochs: 1 },
  };
  const list = [
    { claims: [3], what: "x", paper: ".5", found: seeds(0.5) },
    { claims: [1], what: "y", paper: "2", found: seeds(3) },
  ];
  assert.equal(comparisons(list, paper, 1).map(({ agrees }) => agrees), [true, false]);
  assert.equal(otherThanPaper(paper, 1), []);
  const [only, ...more] = comparisons(list, paper, 30);
  assert.is(more.length, 0);
  assert.equal(only!.claims, [1, 3]);
  assert.is(only!.agrees, null);
  assert.match(only!.measured, "1 epochs of a schedule of 1 (paper 30 of 30)");
  assert.is(comparisons(list, paper, undefined)[0]!.agrees, null);
  assert.is(comparisons([], paper, 1).length, 0);
  assert.equal(
    otherThanPaper({ ...paper, configuration: { ...paper.configuration, width: 64 } }, 1),
    [
      "d=64 (paper 256)",
    ],
  );
});

// Oracle: 5e-10 at B=1000 is 3.9e-9 at B=128.
test("scales gradients of another B", () => {
  const run = exampleEvidence();
  const paper = {
    ...run,
    dataset: { ...run.dataset, name: "cifar10" },
    configuration: { width: 256, depth: 4, batch: 128, epochs: 1 },
  };
  const at = (g: number) =>
    comparisons(
      [{ claims: [81], what: "g", paper: "5e-10", scale: 0.128, found: seeds(g) }],
      paper,
      1,
    )[0]!.agrees;
  assert.is(at(3.9e-9), true);
  assert.is(at(5e-10), false);
});

test.run();
