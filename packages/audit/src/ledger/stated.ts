// A number as a paper prints it, and what its digits leave open.

import { mean, sampleStandardDeviation } from "@fa/protocol";
import type { Interval } from "./interval.ts";

/** A printed number: every value in [low, high] would have been printed so. */
export interface Stated extends Interval {
  /** As printed. */
  readonly text: string;
  /** The number; absent for a range and for a bound. */
  readonly centre?: number;
  /** The spread that stands with it, or that of the list that stands with it. */
  readonly s?: number;
}

/**
 * Reads a printed number. Its rounding interval is half a unit of the last printed digit to either
 * side; zeros at the end of an integer (`200`) are not taken for printed digits, as nobody can know.
 * `~`, `≈`, `×`, `%` and `pp` change nothing.
 *
 * | printed | read as |
 * |---|---|
 * | `.306±.008` | .306 in [.3055, .3065], s = .008 |
 * | `4.0±.1e4` | 4.0e4, s = .1e4 |
 * | `≤ 11` | (−∞, 11.5] |
 * | `12–693`, `[−.04, +.02]` | from the first to the last, each with its own rounding |
 * | `8/11/8` | mean and sample standard deviation (n − 1) of the list |
 * | `1.6e4 (12781/24126/10467)` | 1.6e4, with the spread of the list |
 *
 * @throws {SyntaxError} if it is none of these.
 */
export function parseStated(printed: string): Stated {
  const text = printed.replace(/[~≈×%]|pp/g, "").replaceAll("−", "-").trim();
  const read = reading(text);
  if (!read) {
    throw new SyntaxError(
      `Cannot read a stated number as it must be a number, a range, a bound or a list: ${printed}`,
    );
  }
  return { text: printed, ...read };
}

function reading(text: string): Omit<Stated, "text"> | undefined {
  const withList = /^(\S+) \(([^()]+)\)$/.exec(text);
  if (withList) {
    const [one, list] = [reading(withList[1]!), reading(withList[2]!)];
    return one && list && { ...one, ...spread(list.s) };
  }
  if (text.startsWith("≤")) {
    const bound = number(text.slice(1).trim());
    return bound && { low: -Infinity, high: bound.high };
  }
  const range = /^\[(.+), (.+)\]$/.exec(text) ?? /^(.+)–(.+)$/.exec(text);
  if (range) {
    const [from, to] = [number(range[1]!), number(range[2]!)];
    return from && to && { low: from.low, high: to.high };
  }
  if (text.includes("/")) {
    const items = text.split("/").map(number);
    if (!items.every((item) => item !== undefined)) return undefined;
    const s = sampleStandardDeviation(items.map(({ centre }) => centre));
    return {
      low: mean(items.map(({ low }) => low)),
      high: mean(items.map(({ high }) => high)),
      centre: mean(items.map(({ centre }) => centre)),
      ...spread(typeof s === "number" ? s : undefined),
    };
  }
  const [value, more] = text.split("±");
  if (more === undefined) return number(text);
  const exponent = /e[+-]?\d+$/.exec(more)?.[0] ?? ""; // 4.0±.1e4 is 4.0e4 ± .1e4
  const decimals = /\.(\d+)/.exec(more)?.[1]?.length ?? 0;
  const full = /^0$/.test(value!) && decimals > 0 ? `0.${"0".repeat(decimals)}` : value!; // 0±.005
  const [at, s] = [number(full.includes("e") ? full : full + exponent), number(more)];
  return at && s && { ...at, s: s.centre };
}

function spread(s: number | undefined): { s?: number } {
  return s === undefined ? {} : { s };
}

/** A decimal number and half a unit of its last digit to either side, computed on its digits. */
function number(text: string): Interval & { readonly centre: number } | undefined {
  const found = /^([+-]?)(\d*)(?:\.(\d+))?(?:e([+-]?\d+))?$/.exec(text.trim().replaceAll(",", ""));
  if (!found || !(found[2] || found[3])) return undefined;
  const [, sign, whole = "", fraction, exponent = "0"] = found;
  let digits = whole + (fraction ?? "");
  let power = Number(exponent) - (fraction?.length ?? 0);
  while (fraction === undefined && digits.length > 1 && digits.endsWith("0")) {
    digits = digits.slice(0, -1);
    power++;
  }
  const negative = sign === "-";
  const at = (half: number): number => {
    const value = Number(`${Number(digits) + half}e${power}`); // an integer or .5: exact digits
    return negative && value !== 0 ? -value : value;
  };
  const [inner, outer] = [at(-0.5), at(0.5)];
  return { centre: at(0), low: negative ? outer : inner, high: negative ? inner : outer };
}
