// The exact functions on many hard vectors. Oracle: mathjs BigNumber, rounded to the nearest double.
import { suite } from "uvu";
import { Rng } from "../random/rng.ts";
import { checkAdversarial } from "./_test_adversarial.ts";

const test = suite("exact functions against BigNumber, at length");

test("sum, dot, norm and cosine of 10,000 adversarial pairs of vectors are correctly rounded", () => {
  checkAdversarial(Rng.fromSeed(2, "adversarial"), 10_000);
});

test.run();
