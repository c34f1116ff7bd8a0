// An assessment in plain words, from the assessment alone.
import { isMeasured } from "../evidence/measured.ts";
import { formatNumber } from "../statistics/format.ts";
import { signFlipTest } from "../statistics/sign_flip_test.ts";
import type { SeedSummary } from "../statistics/summarize_seeds.ts";
import { tInterval } from "../statistics/t_interval.ts";
import { type GammaSummary, isBelowFloor } from "./alignment_summary.ts";
import type { MethodAssessment } from "./assess_method.ts";
import { methodLabel } from "./_method_label.ts";
import { words } from "./modes.ts";
import type { ProbeSummaries } from "./summarize_probes.ts";

/** A fraction of samples as percentage points, with its sign. */
export function points(fraction: number): string {
  const value = fraction * 100;
  return `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(1)} percentage points`;
}

/** Sentences for reports; each is complete without the others. */
export function assessmentSentences(found: Omit<MethodAssessment, "sentences">): string[] {
  const { verdict, accuracy, depthUtility, diagnostics, gamma, probes, modes } = found;
  const method = methodLabel(found.method);
  const sentences = [
    `${method} reads ${verdict.verdict} under policy ${verdict.policy}: ${verdict.reason}.`,
    `${method} reaches a test accuracy of ${accuracy.text}.`,
  ];
  sentences.push(
    isMeasured(depthUtility.mean)
      ? `That is ${
        points(depthUtility.mean)
      } against its own frozen blocks, paired by seed (${found.frozenAccuracy.text}); ${
        marginWords(depthUtility)
      }.`
      : `Its ${depthUtility.mean.reason}.`,
  );
  for (const diagnostic of diagnostics) {
    sentences.push(`${method} ${diagnostic.name}: ${words(diagnostic)}.`);
  }
  sentences.push(gammaSentence(method, gamma), ...probeSentences(method, probes));
  for (const { mode, title, named, evidence } of modes) {
    if (named) sentences.push(`${method} shows Mode ${mode}, ${title}. ${evidence.join(". ")}.`);
  }
  return sentences;
}

/** `95 % t-interval [−5.6, −2.6] points; exact sign-flip p = 0.250, where 3 seeds can reach …`. */
export function marginWords({ perSeed }: SeedSummary): string {
  const differences = perSeed.map(({ value }) => value).filter(isMeasured);
  if (differences.length < 2) return "one seed has neither interval nor test";
  const { n, mean, halfWidth } = tInterval(differences);
  const end = (value: number) => (value * 100).toFixed(1).replace("-", "−");
  const interval = isMeasured(halfWidth)
    ? `95 % t-interval [${end(mean - halfWidth)}, ${end(mean + halfWidth)}] points`
    : `no t-interval, as ${halfWidth.reason}`;
  if (n > 20) return interval; // more patterns than an exact test counts
  const { p, minimumP } = signFlipTest(differences);
  return `${interval}; exact sign-flip p = ${formatNumber(p)}, where ${n} seeds can reach ${
    formatNumber(minimumP)
  } at the least`;
}

/** Only a Γ whose reference is exact and above the floor is a headline; others are shown. */
function gammaSentence(method: string, gamma: GammaSummary): string {
  const { headline, deepOurs, deepPaper, regime, regimeText, referenceError } = gamma;
  if (!isMeasured(headline.mean)) return `${method}: ${headline.mean.reason}.`;
  const paper = isMeasured(deepPaper.mean) ? `, as the paper takes it ${deepPaper.text}` : "";
  const deep = `over the deep layers l = 1..L−1 it is ${deepOurs.text}${paper}`;
  if (regime === "exact") return `Headline Γ of ${method} is ${headline.text}; ${deep}.`;
  const error = isMeasured(referenceError.mean) ? ` (relative error ${referenceError.text})` : "";
  const exactness = regime === "below-floor"
    ? `, though the reference is exact there${error}`
    : "; whether it is exact there was not measured";
  const why = isBelowFloor(regime)
    ? `its reference is below the paper's floor (${regimeText})${exactness}`
    : `how exact its reference is was not checked (${regimeText})`;
  return `${method} has no headline Γ: ${why}. Without any clamp the cosine is ${headline.text}; ${deep}.`;
}

function probeSentences(method: string, probes: ProbeSummaries): string[] {
  const { perturbation, nudging, null: calibration } = probes;
  const sentences: string[] = [];
  if (perturbation) {
    const { rho, positive, negative } = perturbation;
    sentences.push(
      `ρ of ${method} is ${rho.mean.text}; over the deep layers it is ${rho.deep.text}. Its positive control, the true gradient, gives ${positive.mean.text}, its negative control, a random vector, ${negative.mean.text}.`,
    );
  }
  if (calibration) {
    const { draws, mean, sampleStandardDeviation, trained } = calibration;
    sentences.push(
      `With ${draws} draws of fresh feedback deep Γ of ${method} is ${mean.deep.text}, and varies from draw to draw by ${sampleStandardDeviation.deep.text}; with the feedback of training it is ${trained.deep.text}.`,
    );
  }
  if (nudging) {
    sentences.push(
      `A step of η = ${nudging.eta} against the credit of one deep layer changes the loss of ${method} by ${nudging.change.deep.text}; negative helps.`,
    );
  }
  return sentences;
}
