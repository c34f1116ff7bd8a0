// Every pitfall. Each test states its oracle, and how far wrong and right must lie apart.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { isMeasured } from "../evidence/measured.ts";
import { findPitfall, pitfalls } from "./pitfalls.ts";
import type { PitfallDemonstration } from "./pitfall.ts";
import { dfaCredits, evaluationBatches, measureBatch, sizes, trainedToy } from "./_toy.ts";

const test = suite("pitfalls");

/** Wrong, right and the other values of a demonstration, as numbers. */
interface Shown {
  readonly wrong: number;
  readonly right: number;
  readonly also: readonly number[];
}

const shown = new Map<string, PitfallDemonstration>();

/** The demonstration, run once. */
async function demonstrate(name: string): Promise<PitfallDemonstration> {
  const found = shown.get(name) ?? await findPitfall(name).run();
  shown.set(name, found);
  return found;
}

async function show(name: string): Promise<Shown> {
  const { wrong, right, also } = await demonstrate(name);
  const [first, second, ...rest] = [wrong, right, ...also].map(({ value }) =>
    isMeasured(value) ? value : NaN
  );
  return { wrong: first!, right: second!, also: rest };
}

function near(found: number, expected: number, relative: number): void {
  const error = Math.abs(found / expected - 1);
  assert.ok(error <= relative, `${found} is not ${expected}: off by ${error}`);
}

// Oracle: specification.
test("they are numbered from 1, named, and each offers a check", () => {
  pitfalls.forEach(({ number, name, title, problem, source, check }, i) => {
    assert.is(number, i + 1);
    assert.match(name, /^[a-z0-9-]+$/);
    for (const text of [title, problem, source, check.pytorch]) assert.ok(text.length > 9, name);
  });
  assert.is(new Set(pitfalls.map(({ name }) => name)).size, 11);
});

// Oracle: one rule in two languages. Γ = .5, .2, .2 has a headline of .3 < 2·.2, though .5 > 2·.2.
test("both checks of layer-0 dominance compare the headline with the deep mean", () => {
  const { pytorch, typescript } = findPitfall("layer-0-dominance").check;
  const words = (text: string) =>
    text.replaceAll("gamma[1:].mean()", "deepOurs").replaceAll("gamma.mean()", "headline");
  for (const check of [pytorch, typescript!]) assert.match(words(check), "headline < 2 * deepOurs");
});

// Oracle: metamorphic: what is measured twice is the same, digit for digit.
test("every pitfall gives the same values again, differs, and says how each was measured", async () => {
  for (const pitfall of pitfalls) {
    const first = await demonstrate(pitfall.name);
    assert.equal(await pitfall.run(), first);
    assert.not.equal(first.wrong.value, first.right.value, pitfall.name);
    const values = [first.wrong, first.right, ...first.also];
    assert.is(new Set(values.map(({ how }) => how)).size, values.length, pitfall.name);
  }
});

// Oracle: closed form 1/(1/3 + 1/4 + 1/6 + 1/8) = 8/7; PyTorch 1.13 prints 1.142857142857143 for
// torch.tensor([[3., 4.], [6., 8.]], dtype=torch.float64).norm(-1). Median √d(1 − 1/(4d)) ≈ 15.98 of
// chi with d = 256, whose sd is 1/√2: of 128 draws within .71·1.25/√128·4 = .32. Gap: 6×.
test("norm-order: (Σ|x|⁻¹)⁻¹ in place of one norm for each sample", async () => {
  const { wrong, right, also: [draws, norm, zero] } = await show("norm-order");
  near(wrong, 1.142857142857143, 1e-15);
  assert.is(right, 7.5);
  assert.ok(right / wrong > 6);
  assert.ok(Math.abs(norm! - 15.98) < 0.32);
  assert.ok(draws! < 1e-4);
  assert.is(zero, 0);
});

// Oracle: closed form, cos·min(1, ‖g‖/ε) = ½/20 and cos·‖a‖‖g‖/ε = ½·5e-12/1e-8; published,
// pytorch/pytorch#115786: .8399261269653225, exact .9103636220511842. Gap: a factor of 20.
test("epsilon-clamp: what two generations of PyTorch make of a cosine of ½", async () => {
  const { wrong, right, also } = await show("epsilon-clamp");
  assert.is(right, 0.5);
  near(wrong, 0.025, 1e-15);
  near(also[0]!, 2.5e-4, 1e-15);
  near(also[1]!, 0.8399261269653225, 1e-15);
  near(also[2]!, 0.9103636220511842, 1e-15);
  near(also[3]!, 0.9103636220511842, 1e-15);
});

// Oracle: IEEE 754: 2⁻²⁴, nothing below half of it; bfloat16 is within 2⁻⁹ of each value, so that of
// the norm. The fraction lost is P(|N(0, 1)| < 2⁻²⁵/(1e-6/16)) = P(|N| < .4768) = .3665, sd .030 for
// 256 entries. Gap: everything.
test("float16-underflow: exact zeros where bfloat16 keeps the gradient", async () => {
  const { wrong, right, also: [least, ofNothing, ofBrain, lost, early] } = await show(
    "float16-underflow",
  );
  assert.is(wrong, 0);
  near(right, 5e-10, 2 ** -9);
  assert.is(least, 5.9604644775390625e-8);
  assert.ok(Number.isNaN(ofNothing), "the direction of nothing was measured");
  assert.ok(ofBrain! > 0.9999);
  assert.ok(Math.abs(lost! - 0.3665) < 4 * 0.03);
  assert.ok(early! < 0.99);
});

// Oracle: of random feedback the expected Γ is zero: the mean of 20 draws is within 4 standard errors
// of it. Gap: .1, and more than two standard deviations of the null.
test("fresh-feedback: only the feedback of training is aligned", async () => {
  const { wrong, right, also: [mean, spread] } = await show("fresh-feedback");
  assert.ok(Math.abs(mean!) < 4 * spread! / Math.sqrt(20));
  assert.ok(right - wrong > 0.1);
  assert.ok(right > 2 * spread!);
});

/** The cosine from its definition, in plain double. */
function naiveCosine(a: readonly number[], b: readonly number[]): number {
  const dot = (x: readonly number[], y: readonly number[]) =>
    x.reduce((sum, value, i) => sum + value * y[i]!, 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

// Oracle: independent reference: the same four strategies in plain loops. Gap: .1, with opposite signs.
test("aggregation: from the same tensors, two signs", async () => {
  const { wrong, right, also: [ofMeans, headline, concatenated] } = await show("aggregation");
  assert.ok(wrong > 0 && right < 0 && ofMeans! > 0);
  assert.ok(wrong - right > 0.1);
  const { batch, width, blocks } = sizes;
  const toy = trainedToy();
  const found: number[][] = [[], [], [], [], []];
  for (const each of evaluationBatches()) {
    const { error, gradient } = measureBatch(toy, each);
    const a = dfaCredits(error, toy.feedback).map((t) => [...t.dataSync()]);
    const g = gradient.slice(0, blocks).map((t) => [...t.dataSync()]);
    const sample = (all: readonly number[], b: number) => all.slice(b * width, (b + 1) * width);
    const mean = (all: readonly number[]) =>
      sample(all, 0).map((_, i) => all.filter((_, at) => at % width === i).reduce((x, y) => x + y));
    found[0]!.push(naiveCosine(a[3]!, g[3]!));
    found[2]!.push(naiveCosine(mean(a[3]!), mean(g[3]!)));
    for (let b = 0; b < batch; b++) {
      const cosines = a.map((_, l) => naiveCosine(sample(a[l]!, b), sample(g[l]!, b)));
      found[1]!.push(cosines[3]!);
      found[3]!.push(...cosines);
      const joined = (all: readonly number[][]) => all.flatMap((layer) => sample(layer, b));
      found[4]!.push(naiveCosine(joined(a), joined(g)));
    }
  }
  [wrong, right, ofMeans!, headline!, concatenated!].forEach((value, i) => {
    near(value, found[i]!.reduce((x, y) => x + y) / found[i]!.length, 1e-12);
  });
});

// Oracle: closed form: the means of the four layers. Gap: a factor of 2.
test("layer-0-dominance: the headline is mostly Γ_0", async () => {
  const { wrong, right, also: [g0, g1, g2, g3, share] } = await show("layer-0-dominance");
  near(wrong, (g0! + g1! + g2! + g3!) / 4, 1e-14);
  near(right, (g1! + g2! + g3!) / 3, 1e-14);
  assert.ok(wrong > 2 * right);
  assert.ok(share! > 0.5 && share! < 1);
  near(share!, g0! / (g0! + g1! + g2! + g3!), 1e-14);
});

// Oracle: cos(g, g) = 1; specification: what cannot be measured is no number. Gap: .5.
test("missing-auxiliaries: 1 from a fallback, nothing here", async () => {
  const { wrong, right, also } = await demonstrate("missing-auxiliaries");
  assert.is(wrong.value, 1);
  assert.equal(right.value, { valid: false, reason: "no credits were given" });
  assert.ok(Number(also[0]!.value) < 0.5);
});

// Oracle: closed form: 1024/128 = 8, exactly, as powers of two only shift. The floor of (b) lies
// between. Gap: a factor of 8.
test("batch-size: one model, on both sides of the floor", async () => {
  const { wrong, right, also: [at128, ofSample, ratio] } = await show("batch-size");
  assert.is(right, 8 * wrong);
  assert.is(ratio, 8);
  assert.is(at128, right);
  assert.is(ofSample, 128 * right);
  assert.ok(wrong < 1e-7 && right > 1e-7);
});

// Oracle: closed form: to first order the loss changes by what the gradient predicts, so that ρ → 1.
// An entry x ~ N(0, 2500²) moves by s ~ N(0, (6.25e-5)²) if |s| is above half an ulp of x: most do
// not. Gap: .5.
test("absolute-step: below the resolution of float32 there is no ρ", async () => {
  const { wrong, right, also: [unmoved, vanilla, inDouble] } = await show("absolute-step");
  assert.ok(right > 0.999999);
  assert.ok(inDouble! > 0.999999);
  assert.ok(right - wrong > 0.5);
  assert.ok(unmoved! > 0.5 && unmoved! < 1);
  assert.is(vanilla, 1);
});

// Oracle: closed form: (3·deep + Γ_L)/4. Gap: .02.
test("feedback-counted-twice: the second use of B repeats the first", async () => {
  const { wrong, right, also: [g3, g4, between] } = await show("feedback-counted-twice");
  near(wrong, (3 * right + g4!) / 4, 1e-13);
  assert.ok(Math.abs(wrong - right) > 0.02);
  assert.ok(Math.abs(g3! - g4!) < 0.02);
  assert.ok(between! > 0.98);
});

// Oracle: chain rule: block l's parameter gradient is the pullback of g_{l+1}. Gap: .1 and 1e-14.
test("credit-index: g_{l+1} teaches block l exactly, g_l does not", async () => {
  const { wrong, right, also: [least, most, gamma] } = await show("credit-index");
  assert.ok(right < 1e-14);
  assert.ok(wrong > 0.1);
  assert.ok(least! > 0.05 && most! < 0.6 && least! < most!);
  assert.ok(gamma! < 0.99);
});

// Oracle: specification.
test("findPitfall knows numbers and names, and says what there is", () => {
  assert.is(findPitfall("2"), findPitfall("epsilon-clamp"));
  const refuses = (which: number | string, message: RegExp) =>
    assert.throws(
      () => findPitfall(which),
      (error: Error) => error instanceof RangeError && message.test(error.message),
    );
  refuses(12, /^Cannot find pitfall 12 as they are numbered from 1 to 11$/);
  refuses("0", /pitfall 0 as they are numbered from 1 to 11$/);
  refuses("-1", /numbered from 1 to 11$/);
  refuses("2.5", /numbered from 1 to 11$/);
  refuses("epsilon-clmp", /did you mean 'epsilon-clamp'\?/);
});

test.run();
