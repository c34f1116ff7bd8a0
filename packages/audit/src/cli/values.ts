// Values of options, read strictly: all of the text must be the value.

import type { RuleOptions } from "@fa/methods";

/** An integer in decimal digits. */
export function integer(option: string, text: string): number {
  const value = /^[+-]?\d+$/.test(text.trim()) ? Number(text) : NaN;
  if (!Number.isSafeInteger(value)) refuse(option, "an integer", text);
  return value;
}

/** Integers between commas. */
export function integers(option: string, text: string): number[] {
  return text.split(",").map((part) => integer(option, part));
}

/** A finite number, such as 0.01 or 1e-2. */
export function number(option: string, text: string): number {
  const written = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text.trim());
  const value = written ? Number(text) : NaN;
  if (!Number.isFinite(value)) refuse(option, "a finite number", text);
  return value;
}

/** Names between commas. */
export function names(text: string): string[] {
  return text.split(",").map((name) => name.trim());
}

/** `method.option=value` between commas; a value is true, false, a number, or a word. */
export function ruleOptions(option: string, text: string): Record<string, RuleOptions> {
  const rules = new Map<string, Map<string, number | string | boolean>>();
  for (const part of text.split(",")) {
    const found = /^\s*(\w+)\.(\w+)=(.+?)\s*$/.exec(part);
    if (!found) refuse(option, "method.option=value between commas", part);
    const [, method, name, value] = found as unknown as [string, string, string, string];
    const own = rules.get(method) ?? new Map();
    if (own.has(name)) refuse(option, "given once for each name", `${method}.${name}`);
    rules.set(method, own.set(name, ruleValue(value)));
  }
  return Object.fromEntries([...rules].map(([method, own]) => [method, Object.fromEntries(own)]));
}

function ruleValue(text: string): number | string | boolean {
  if (text === "true" || text === "false") return text === "true";
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : text;
}

function refuse(option: string, rule: string, text: string): never {
  const found = text.trim() === "" ? "it is empty" : `'${text}'`;
  throw new RangeError(`Cannot use ${option} as it must be ${rule}: ${found}`);
}
