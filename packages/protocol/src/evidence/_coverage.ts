// How many of the samples must have a value before a mean over them is a measurement.
import { type Unmeasured, unmeasured } from "./measured.ts";

/** Whether at least half of the samples, and at least one, have a value. */
export function isCovered(valid: number, samples: number): boolean {
  return valid > 0 && 2 * valid >= samples;
}

/** The reason why a mean over too few samples is unmeasured. */
export function uncovered(what: string, valid: number, samples: number): Unmeasured {
  return unmeasured(
    `${what} has a value in ${valid} of ${samples} samples, and at least half of them are needed`,
  );
}
