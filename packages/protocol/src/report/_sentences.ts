// An assessment in plain words, from the assessment alone.
import { isMeasured } from "../evidence/measured.ts";
import type { MethodAssessment } from "./assess_method.ts";
import { methodLabel } from "./_method_label.ts";
import { words } from "./modes.ts";

/** A fraction of samples as percentage points, with its sign. */
export function points(fraction: number): string {
  const value = fraction * 100;
  return `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(1)} percentage points`;
}

/** Sentences for reports; each is complete without the others. */
export function assessmentSentences(found: Omit<MethodAssessment, "sentences">): string[] {
  const { verdict, accuracy, depthUtility, diagnostics, gamma, modes } = found;
  const method = methodLabel(found.method);
  const sentences = [
    `${method} reads ${verdict.verdict} under policy ${verdict.policy}: ${verdict.reason}.`,
    `${method} reaches a test accuracy of ${accuracy.text}.`,
  ];
  sentences.push(
    isMeasured(depthUtility.mean)
      ? `That is ${
        points(depthUtility.mean)
      } against its own frozen blocks, paired by seed (${found.frozenAccuracy.text}).`
      : `Its ${depthUtility.mean.reason}.`,
  );
  for (const diagnostic of diagnostics) {
    sentences.push(`${method} ${diagnostic.name}: ${words(diagnostic)}.`);
  }
  sentences.push(
    isMeasured(gamma.headline.mean)
      ? `Headline Γ of ${method} is ${gamma.headline.text}; over the deep layers l = 1..L−1 it is ${gamma.deepOurs.text}.`
      : `${method}: ${gamma.headline.mean.reason}.`,
  );
  for (const { mode, title, named, evidence } of modes) {
    if (named) sentences.push(`${method} shows Mode ${mode}, ${title}. ${evidence.join(". ")}.`);
  }
  return sentences;
}
