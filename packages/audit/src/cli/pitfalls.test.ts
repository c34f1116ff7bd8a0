// `audit pitfalls`. Oracle: specification, and the values that the programs themselves compute.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { formatNumber, isMeasured } from "@fa/protocol";
import { pitfalls } from "@fa/protocol/pitfalls";
import { runHere } from "./_test_cli.ts";

const test = suite("audit pitfalls");

test("lists every pitfall with the wrong and the right value", async () => {
  const { code, stdout, stderr } = await runHere(["pitfalls"]);
  assert.equal([code, stderr], [0, ""]);
  for (const { number, name, run } of pitfalls) {
    const { wrong, right } = await run();
    const shown = [wrong, right].map(({ value }) => isMeasured(value) ? formatNumber(value) : "–");
    const [first, second] = shown.map((text) => text.replaceAll(".", "\\."));
    const item = new RegExp(
      `^ ?${number} {2}${name}\\n( {4}.+\\n)+ {4}wrong  ${first} .+\\n( {21}.+\\n)* {4}right  ${second} `,
      "m",
    );
    assert.match(stdout, item);
  }
  for (const line of stdout.split("\n")) assert.ok([...line].length <= 100, line);
});

test("one is shown in full, by number or name", async () => {
  const { code, stdout } = await runHere(["pitfalls", "2"]);
  assert.is(code, 0);
  assert.equal(await runHere(["pitfalls", "epsilon-clamp"]), { code, stdout, stderr: "" });
  for (
    const part of ["wrong  0.0250 ", "right  0.500 ", "0.840 ", "Why: A clamp", "Check, PyTorch:"]
  ) {
    assert.ok(stdout.includes(part), part);
  }
  assert.match(stdout, "\n    assert torch.allclose(cosine, clamped, atol=1e-6)");
  assert.match((await runHere(["pitfalls", "7"])).stdout, /right {2}– .*no credits were given/);
});

test("--json prints values in full, and nothing else", async () => {
  const one = JSON.parse((await runHere(["pitfalls", "8", "--json"])).stdout);
  assert.is(one.name, "batch-size");
  assert.is(one.right.value, 8 * one.wrong.value);
  const all = JSON.parse((await runHere(["pitfalls", "--json"])).stdout);
  assert.equal(all.map(({ number }: { number: number }) => number), pitfalls.map((p) => p.number));
  assert.equal(all[7], one);
});

test("what there is not is refused with the range or the nearest name", async () => {
  const refused: [string[], string][] = [
    [["12"], "Cannot find pitfall 12 as they are numbered from 1 to 11"],
    [["0", "--json"], "Cannot find pitfall 0 as they are numbered from 1 to 11"],
    [["fresh-fedback"], "Cannot find pitfall 'fresh-fedback': did you mean 'fresh-feedback'?"],
    [["1", "2"], "unexpected argument"],
  ];
  for (const [args, message] of refused) {
    const { code, stdout, stderr } = await runHere(["pitfalls", ...args]);
    assert.equal([code, stdout], [2, ""]);
    assert.match(stderr, new RegExp(`^error: [^\\n]+\\n$`));
    assert.ok(stderr.includes(message), stderr);
  }
});

test.run();
