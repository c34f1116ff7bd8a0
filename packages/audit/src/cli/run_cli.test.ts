// The command line in this process, with streams that remember. Oracle: the specification.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { version } from "../version.ts";
import { runHere } from "./_test_cli.ts";

const test = suite("runCli");

async function run(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const { code, stdout, stderr } = await runHere(args);
  return { code, out: stdout, err: stderr };
}

test("--help explains every option, the presets and the exit codes", async () => {
  const { code, out, err } = await run("--help");
  assert.equal([code, err], [0, ""]);
  const options =
    "preset data data-dir methods seeds epochs width depth batch lambda limit dtype " +
    "backend fast-math policy workers threads out keep-last keep-epochs json quiet help version";
  for (const option of options.split(" ")) assert.ok(out.includes(`--${option}`), option);
  for (const part of ["Examples", "deno task audit", "Exit codes", "quick", "paper", "tiny"]) {
    assert.ok(out.includes(part), part);
  }
  for (const line of out.split("\n")) assert.ok([...line].length <= 100, line);
});

test("--version", async () => {
  assert.equal(await run("--version"), { code: 0, out: `${version}\n`, err: "" });
});

test("wrong values are refused with rule and value, in one line", async () => {
  const cases: [string[], string][] = [
    [["--epochs", "abc"], "--epochs as it must be an integer: 'abc'"],
    [["--epochs", "1.5"], "--epochs as it must be an integer: '1.5'"],
    [["--epochs", "1e2"], "--epochs as it must be an integer: '1e2'"],
    [["--epochs", "0x10"], "--epochs as it must be an integer: '0x10'"],
    [["--epochs", ""], "--epochs as it must be an integer: it is empty"],
    [["--epochs="], "--epochs as it must be an integer: it is empty"],
    [["--epochs", "99999999999999999999"], "must be an integer"],
    [["--epochs", "0"], "epochs must be an integer from 1 to 100000: 0"],
    [["--epochs"], "option '--epochs <n>' argument missing"],
    [
      ["--epochs", "3", "--stop-after", "4"],
      "stopAfter must be an integer from 1 to 3, the epochs",
    ],
    [["--stop-after", "two"], "--stop-after as it must be an integer: 'two'"],
    [["--stop-after", "2", "--keep-epochs", "1,3"], "--keep-epochs as a run has 2 epochs: 3"],
    [["--probes", "evry-epoch"], "time of probes 'evry-epoch': did you mean 'every-epoch'?"],
    [["--seeds", "42,,1"], "--seeds as it must be an integer: it is empty"],
    [["--seeds", "42,42"], "every seed can be given only once: 42 is given twice"],
    [["--lambda", "1e999"], "--lambda as it must be a finite number: '1e999'"],
    [["--lambda", "NaN"], "--lambda as it must be a finite number: 'NaN'"],
    [["--lambda", "-1"], "lambda must be a finite number >= 0: -1"],
    [["--workers", "0"], "--workers as it must be from 1 to 1024: 0"],
    [["--workers", "two"], "--workers as it must be an integer: 'two'"],
    [["--threads", "0"], "--threads as it must be from 1 to 64: 0"],
    [["--threads", "65"], "--threads as it must be from 1 to 64: 65"],
    [["--threads", "many"], "--threads as it must be an integer: 'many'"],
    [["--threads", "2", "--backend", "js"], "--threads as backend js computes on one thread: 2"],
    [["--batch", "20000"], "a batch cannot hold more than the 12800 train images in use: 20000"],
    [["--limit", "100"], "limit must be at least 1280: 100"],
    [["--preset", "papr"], "Cannot find preset 'papr': did you mean 'paper'?"],
    [["--data", "cifar-10"], "Cannot find dataset 'cifar-10': did you mean 'cifar10'?"],
    [["--dtype", "float16"], "Cannot find dtype 'float16': did you mean 'float32'?"],
    [["--backend", "wsm"], "Cannot find backend 'wsm': did you mean 'wasm'?"],
    [["--backend", "js", "--fast-math"], "--fast-math as only backend wasm has it: js"],
    [["--policy", "strct"], "Cannot find policy 'strct': did you mean 'strict'?"],
    [["--methods", ""], "Cannot find method ''"],
    [["--data-dir", "x"], "Cannot use --data-dir with the synthetic data"],
    [["--out", ""], "--out as it must name a folder"],
    [["--keep-last", "0"], "--keep-last as it must be at least 1: 0"],
    [["--keep-epochs", "1,0"], "--keep-epochs as epochs begin with 1: 0"],
    [["--keep-epochs", "1,20,21,30"], "--keep-epochs as a run has 20 epochs: 21, 30"],
    [["--preset", "tiny", "--epochs", "1", "--keep-epochs", "2"], "as a run has 1 epoch: 2"],
    [["--keep-epochs", ""], "--keep-epochs as it must be an integer: it is empty"],
    [["--quite"], "unknown option '--quite': did you mean --quiet?"],
    [["contrl"], "unexpected argument"],
    [["--preset", "tiny", "smoke", "x"], "Cannot run smoke with options of the audit: --preset; "],
    [["--no-controls", "--json", "smoke", "x", "--data-dir", "y"], ": --no-controls, --json; "],
    [["--data-dir", "y", "smoke", "x"], "its own options follow its name (audit smoke --help)"],
  ];
  for (const [args, part] of cases) {
    const { code, out, err } = await run(...args);
    assert.is(code, 2, `${args.join(" ")}: ${err}`);
    assert.is(out, "");
    assert.match(err, /^error: [^\n]+\n$/);
    assert.ok(err.includes(part), `${args.join(" ")}: ${err}`);
  }
});

test.run();
