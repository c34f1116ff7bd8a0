// Hostile records and bundles, made from valid ones by chance, and what must hold of whatever comes out.
import { Rng, SafetensorsError } from "@fa/tensor";
import * as assert from "uvu/assert";
import { exampleEvidence } from "../evidence/example_evidence.ts";
import { isMeasured } from "../evidence/measured.ts";
import { parseEvidence } from "../evidence/parse_evidence.ts";
import { finalSnapshot, type RunEvidence } from "../evidence/run_evidence.ts";
import { assessMethod, type MethodAssessment } from "../report/assess_method.ts";
import { filesOf, testBundle } from "./_test_bundle.ts";
import { readBundle } from "./read_bundle.ts";

/** How the cases ended. */
export interface Tally {
  /** Refused when read. */
  refused: number;
  /** Read, but the run and its baseline could not be judged together. */
  unjudged: number;
  /** Judged. */
  judged: number;
}

// deno-lint-ignore no-explicit-any
type Any = any;
type Judged = { readonly runs: RunEvidence[]; readonly found?: MethodAssessment } | undefined;

/** A change, and whether it takes something away rather than say something else. */
interface Mutation {
  readonly text: string;
  readonly dropped: boolean;
}

const slowest = 5000;

/** Judges a mutant within its time: our own errors, or a verdict that follows from the record. */
async function judgeMutant(
  title: string,
  tally: Tally,
  read: () => Promise<RunEvidence[]>,
): Promise<Judged> {
  const start = performance.now();
  let runs: RunEvidence[] | undefined;
  try {
    runs = await read();
    const method = runs.filter(({ role }) => role !== "baseline");
    const baselines = runs.filter(({ role }) => role === "baseline");
    const found = assessMethod(method, baselines);
    checkVerdict(found, runs, title);
    for (const policy of ["paper", "strict"]) assessMethod(method, baselines, policy);
    tally.judged++;
    return { runs, found };
  } catch (error) {
    checkError(error, title);
    if (runs) tally.unjudged++;
    else tally.refused++;
    return runs && { runs };
  } finally {
    const took = performance.now() - start;
    assert.ok(took < slowest, `${title} took ${took} ms`);
  }
}

const ours = [TypeError, RangeError, SyntaxError, SafetensorsError];

function checkError(error: unknown, title: string): void {
  const known = error instanceof Error && ours.some((type) => error.constructor === type);
  assert.ok(known, `${title}: ${(error as Error)?.stack ?? error}`);
  const { message, stack } = error as Error;
  // Engines begin some of their own messages with the same word.
  assert.match(message, /^Cannot (find|open|.{3,} as) .{5}/, `${title}: ${stack}`);
  assert.ok(message.length < 1000, `${title}: ${message.length} characters`);
  // deno-lint-ignore no-control-regex
  assert.not.match(message, /[\u0000-\u001f\u007f-\u009f]/, `${title}: ${JSON.stringify(message)}`);
}

/** Oracle: (a), (b) and (d) computed anew, from the numbers that the record holds. */
function checkVerdict(found: MethodAssessment, runs: RunEvidence[], title: string): void {
  const { verdict, diagnostics } = found;
  const [run] = runs.filter(({ role }) => role !== "baseline");
  const baseline = runs.find(({ role }) => role === "baseline");
  const { hiddenNorms, gradientNorms, batchSize } = finalSnapshot(run!);
  const [a, b, , d] = diagnostics;
  const ratios = hiddenNorms.slice(1).map((after, l) => {
    const before = hiddenNorms[l]!;
    return isMeasured(after) && isMeasured(before) && before > 0 ? after / before : NaN;
  });
  const largest = Math.max(...ratios.filter(Number.isFinite));
  const whole = ratios.length > 0 && ratios.every(Number.isFinite);
  if (a!.fired === false) assert.ok(whole && largest <= 50, `${title}: (a) is silent`);
  const overflow = finalSnapshot(run!).growth.perLayer.some((ratio) =>
    !isMeasured(ratio) && ratio.nonFinite === "+Infinity"
  );
  if (a!.fired) assert.ok(largest > 50 || overflow, `${title}: (a) fired`);
  const last = gradientNorms.at(-1)!;
  const scaled = isMeasured(last) ? last * (batchSize / 128) : NaN;
  assert.is(b!.evaluated, Number.isFinite(scaled), `${title}: (b)`);
  if (b!.evaluated) assert.is(b!.fired, scaled < 1e-7, `${title}: (b)`);
  assert.is(d!.evaluated && baseline === undefined, false, `${title}: (d) without a baseline`);
  if (d!.evaluated) {
    const [x, y] = [run!.finalAccuracy, baseline!.finalAccuracy];
    assert.is(x.withoutPrediction + y.withoutPrediction, 0, title);
    const points = x.correct / x.total - y.correct / y.total;
    if (Math.abs(points - 0.02) > 1e-12) assert.is(d!.fired, points < 0.02, `${title}: (d)`);
    for (const { parameterGrowth } of baseline!.epochs) {
      for (const block of parameterGrowth) {
        assert.ok(Object.keys(block).length > 0, title);
        assert.ok(Object.values(block).every((growth) => growth === 1), title);
      }
    }
  }
  const judged = [a!, b!, d!];
  const word = judged.some(({ fired }) => fired)
    ? "walk-back"
    : judged.every(({ fired }) => fired === false)
    ? "trustworthy"
    : "not-assessable";
  assert.is(verdict.verdict, word, title);
}

/** Where something was taken away, nothing may read otherwise than before: an error, or open. */
function checkDropped(before: MethodAssessment, after: Judged, title: string): void {
  if (!after?.found) return;
  const { verdict, diagnostics } = after.found;
  diagnostics.forEach(({ fired, value }, i) => {
    if (fired === null) return;
    assert.is(fired, before.diagnostics[i]!.fired, `${title}: (${"abcd"[i]})`);
    assert.equal(value, before.diagnostics[i]!.value, title);
  });
  assert.ok(
    [before.verdict.verdict, "not-assessable"].includes(verdict.verdict),
    `${title}: ${verdict.verdict}`,
  );
}

const wrongValues: readonly unknown[] = [
  null,
  true,
  "",
  "NaN",
  "Infinity",
  "1e-3",
  "\u001b[2J\u009b",
  0,
  -0,
  -1,
  0.5,
  1e308,
  -1e308,
  5e-324,
  2 ** 53,
  2 ** 53 + 2,
  2 ** 32,
  1e21,
  [],
  {},
  [[]],
  { valid: true },
  { valid: false },
  { valid: false, reason: "by chance" },
  { valid: false, reason: "by chance", nonFinite: "+Infinity" },
  { valid: false, reason: "by chance", nonFinite: "NaN" },
  { length: 1e9 },
];

const names = ["__proto__", "constructor", "toString", "valid", "length", "\u0000", "reason", "w9"];

/** One change somewhere in a tree of JSON; true if something was only taken away. */
function mutateTree(rng: Rng, root: Any): boolean {
  const places: [Any, string | number][] = [];
  const visit = (value: Any): void => {
    if (typeof value !== "object" || value === null) return;
    for (const key of Object.keys(value)) {
      places.push([value, Array.isArray(value) ? Number(key) : key]);
      visit(value[key]);
    }
  };
  visit(root);
  if (places.length === 0) return false;
  const [of, key] = places[rng.integer(places.length)]!;
  const [from, fromKey] = places[rng.integer(places.length)]!;
  switch (rng.integer(8)) {
    case 0:
    case 1:
      if (Array.isArray(of)) of.splice(key as number, 1);
      else delete of[key];
      return true;
    case 2:
      if (Array.isArray(of)) of.push(structuredClone(of[key as number]));
      else define(of, names[rng.integer(names.length)]!, of[key]);
      return false;
    case 3:
      of[key] = structuredClone(from[fromKey]);
      return false;
    case 4:
      if (typeof of[key] === "number") of[key] *= [-1, 0, 1e300, 1e-300, 2, 0.5][rng.integer(6)]!;
      else of[key] = wrongValues[rng.integer(wrongValues.length)];
      return false;
    case 5: {
      const deep = 10 ** (1 + rng.integer(4));
      of[key] = `DEEP${deep}`; // written as text, as JSON.stringify would overflow
      return false;
    }
    default:
      of[key] = structuredClone(wrongValues[rng.integer(wrongValues.length)]);
      return false;
  }
}

function define(of: Any, name: string, value: unknown): void {
  Object.defineProperty(of, name, { value, enumerable: true, configurable: true, writable: true });
}

/** A hostile text made from a record. */
function mutateJson(rng: Rng, record: unknown): Mutation {
  const copy = structuredClone(record);
  let dropped = rng.integer(10) > 0;
  for (let edits = 1 + rng.integer(3); edits > 0; edits--) {
    dropped = mutateTree(rng, copy) && dropped;
  }
  let text = JSON.stringify(copy).replace(
    /"DEEP(\d+)"/g,
    (_, n) =>
      rng.integer(2) ? "[".repeat(n) + "]".repeat(n) : '{"a":'.repeat(n) + "1" + "}".repeat(n),
  );
  if (rng.integer(4) > 0) return { text, dropped };
  const at = rng.integer(text.length);
  const piece = ["1e400", "-", "0", "NaN", '"', "{", "}", "\u0000", ',"kind":1', "9".repeat(400)];
  switch (rng.integer(3)) {
    case 0:
      text = text.slice(0, at);
      break;
    case 1:
      text = text.slice(0, at) + piece[rng.integer(piece.length)] + text.slice(at + rng.integer(2));
      break;
    default: {
      // A field twice: the last one counts.
      const number = /"(\w+)":(-?[\d.]+(?:e-?\d+)?)/g;
      const fields = [...text.matchAll(number)];
      if (fields.length === 0) break;
      const [whole, name] = fields[rng.integer(fields.length)]!;
      text = text.replace(whole, `${whole},"${name}":${rng.integer(3) * 1e9}`);
    }
  }
  return { text, dropped: false };
}

/** Judges `count` hostile records of evidence. */
export async function fuzzRecords(count: number, seed: number): Promise<Tally> {
  const tally: Tally = { refused: 0, unjudged: 0, judged: 0 };
  const traced = await bundleRuns();
  for (let i = 0; i < count; i++) {
    const rng = Rng.fromSeed(seed, "record", i);
    const run = [...traced, exampleEvidence({ gamma: 0.5 }), hardEvidence(rng)][rng.integer(3)]!;
    const baseline = withBaseline(run);
    const inBaseline = rng.integer(4) === 0;
    const whole = inBaseline ? baseline : run;
    const { text, dropped } = rng.integer(5)
      ? mutateJson(rng, whole)
      : { text: JSON.stringify(whole), dropped: true };
    const title = `record ${i} of seed ${seed}`;
    const before = assessMethod([run], [baseline]);
    const after = await judgeMutant(title, tally, () => {
      const found = parseEvidence(text, "hostile.json");
      return Promise.resolve(inBaseline ? [found, run] : [found, baseline]);
    });
    if (dropped) checkDropped(before, after, title);
    if (after) {
      const again = parseEvidence(JSON.stringify(after.runs[0]), "again.json");
      assert.equal(again, after.runs[0], `${title}: what was read is read as itself`);
    }
  }
  return tally;
}

/** A record that is in itself right, with numbers that are hard. */
function hardEvidence(rng: Rng): RunEvidence {
  const overflow = { valid: false, reason: "overflow", nonFinite: "+Infinity" } as const;
  const nan = { valid: false, reason: "NaN", nonFinite: "NaN" } as const;
  const norms = [1, 9, 450, 450.1, 1e-300, 5e-324, 1e308, 0, overflow, nan];
  const pick = <T>(of: readonly T[]): T => of[rng.integer(of.length)]!;
  return exampleEvidence({
    hiddenNorms: Array.from({ length: 1 + rng.integer(4) }, () => pick(norms)),
    gradientNorm: pick([1e-3, 1e-7, 9.99e-8, 1e-300, 0, nan]),
    batchSize: pick([1, 128, 1000]),
    accuracy: pick([0, 0.0199, 0.02, 0.5, 1]),
    ...(rng.integer(2) && { gamma: pick([-1, 0, 1]) }),
  });
}

/** Evidence that has every part. */
async function bundleRuns(): Promise<RunEvidence[]> {
  const bundle = testBundle();
  const files = await filesOf(bundle);
  const [run] = await readBundle(bundle.json, (name) => Promise.resolve(files.get(name)!));
  return [run!];
}

/** A baseline that fits a run. */
function withBaseline(run: RunEvidence): RunEvidence {
  const frozen = run.initial.hiddenNorms.slice(1).map(() => ({ w: 1 }));
  const epochs = run.epochs.map((epoch) => ({ ...epoch, parameterGrowth: frozen, accuracy: 0 }));
  const { total } = run.finalAccuracy;
  const finalAccuracy = { correct: 0, total, value: 0, withoutPrediction: 0 };
  return { ...run, role: "baseline", epochs, finalAccuracy };
}

const doubles = [NaN, Infinity, -Infinity, 0, -0, 5e-324, 1e308, -1e308, 1e-200];

/** Judges `count` hostile bundles. */
export async function fuzzBundles(count: number, seed: number): Promise<Tally> {
  const tally: Tally = { refused: 0, unjudged: 0, judged: 0 };
  const syntax = new TextEncoder().encode('{}[]",:0123456789\\u -.eE');
  const whole = await filesOf(testBundle());
  const read = (json: unknown, files: ReadonlyMap<string, Uint8Array>) =>
    readBundle(json, (name) => {
      const bytes = files.get(name);
      return bytes
        ? Promise.resolve(bytes)
        : Promise.reject(new RangeError(`Cannot open ${JSON.stringify(name.slice(0, 99))}`));
    });
  const original = await read(testBundle().json, whole);
  const before = assessMethod([original[0]!], [original[1]!]);
  for (let i = 0; i < count; i++) {
    const rng = Rng.fromSeed(seed, "bundle", i);
    const bundle = testBundle();
    const title = `bundle ${i} of seed ${seed}`;
    const [name] = [...whole.keys()].slice(rng.integer(whole.size));
    const bytes = whole.get(name!)!;
    const end = 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true));
    let files = new Map(whole);
    let [json, dropped]: [unknown, boolean] = [bundle.json, false];
    switch (rng.integer(7)) {
      case 0: { // the header, its length among it
        const list = [...bytes];
        for (let edits = 1 + rng.integer(4); edits > 0; edits--) {
          const at = rng.integer(20) ? 8 + rng.integer(end - 8) : rng.integer(8);
          list[at] = rng.integer(3) ? syntax[rng.integer(syntax.length)]! : rng.integer(256);
        }
        files.set(name!, Uint8Array.from(list));
        break;
      }
      case 1: { // digits of the header: shapes and offsets
        const list = [...bytes];
        const digits = list.flatMap((byte, at) =>
          at >= 8 && at < end && byte >= 48 && byte < 58 ? [at] : []
        );
        for (let edits = 1 + rng.integer(3); edits > 0; edits--) {
          list[digits[rng.integer(digits.length)]!] = 48 + rng.integer(10);
        }
        files.set(name!, Uint8Array.from(list));
        break;
      }
      case 2: { // the data: bytes, or numbers that are hard
        const copy = bytes.slice();
        const view = new DataView(copy.buffer);
        for (let edits = 1 + rng.integer(40); edits > 0; edits--) {
          const at = end + rng.integer(copy.length - end);
          if (rng.integer(2)) copy[at] = rng.integer(256);
          else {
            const start = end + 8 * rng.integer(Math.floor((copy.length - end) / 8));
            view.setFloat64(start, doubles[rng.integer(doubles.length)]!, true);
          }
        }
        files.set(name!, copy);
        break;
      }
      case 3: // truncated, extended, empty, gone, exchanged
        files.set(
          name!,
          [
            bytes.slice(0, rng.integer(bytes.length)),
            Uint8Array.of(...bytes, rng.integer(256)),
            [...whole.values()][rng.integer(whole.size)]!,
          ][rng.integer(3)]!,
        );
        if (rng.integer(4) === 0) files.delete(name!);
        break;
      case 4: { // tensors that are missing
        for (const content of bundle.tensors.values()) {
          for (const tensor of [...content.keys()]) {
            if (rng.integer(15) === 0) content.delete(tensor);
          }
        }
        files = await filesOf(bundle);
        dropped = true;
        break;
      }
      case 5: { // tensors that are exchanged
        const content = bundle.tensors.get(name!)!;
        const keys = [...content.keys()];
        const [a, b] = [keys[rng.integer(keys.length)]!, keys[rng.integer(keys.length)]!];
        const [x, y] = [content.get(a)!, content.get(b)!];
        content.set(a, y).set(rng.integer(5) ? b : names[rng.integer(names.length)]!, x);
        files = await filesOf(bundle);
        break;
      }
      default: {
        const mutation = mutateJson(rng, bundle.json);
        json = mutation.text;
        dropped = mutation.dropped;
      }
    }
    const after = await judgeMutant(title, tally, () => read(json, files));
    if (dropped) checkDropped(before, after, title);
  }
  return tally;
}
