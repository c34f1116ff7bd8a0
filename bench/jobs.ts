// Who takes part, and where.
import { backendNames } from "./backends.ts";
import type { DType } from "./child.ts";
import type { RuntimeName } from "./runtimes.ts";

/** One process to be run in each round. */
export interface Job {
  readonly engine: string;
  readonly backend: string;
  readonly dtype: DType;
  readonly runtime: RuntimeName;
  /** Path from the root of the repository. */
  readonly file: string;
}

const javascript: readonly RuntimeName[] = ["node", "deno", "bun"];
const both: readonly DType[] = ["float32", "float64"];

const participants: readonly {
  readonly engine: string;
  readonly file: string;
  readonly backends: readonly string[];
  readonly dtypes: readonly DType[];
  readonly runtimes: readonly RuntimeName[];
}[] = [
  { engine: "fa", file: "fa.ts", backends: backendNames, dtypes: both, runtimes: javascript },
  { engine: "jax-js", file: "jax_js.ts", backends: ["wasm"], dtypes: both, runtimes: javascript },
  {
    engine: "tfjs",
    file: "tfjs.ts",
    backends: ["wasm"],
    dtypes: ["float32"], // it has no other
    runtimes: javascript,
  },
  { engine: "deepbox", file: "deepbox.ts", backends: ["js"], dtypes: both, runtimes: javascript },
  { engine: "pytorch", file: "pytorch.py", backends: ["cpu"], dtypes: both, runtimes: ["python"] },
];

/** Names of the engines. */
export const engineNames: readonly string[] = participants.map(({ engine }) => engine);

/** All jobs, those first that are compared with each other: by dtype, then by runtime. */
export const jobs: readonly Job[] = both.flatMap((dtype) =>
  [...javascript, "python" as const].flatMap((runtime) =>
    participants
      .filter(({ dtypes, runtimes }) => dtypes.includes(dtype) && runtimes.includes(runtime))
      .flatMap(({ engine, file, backends }) =>
        backends.map((backend) => ({
          engine,
          backend,
          dtype,
          runtime,
          file: `bench/engines/${file}`,
        }))
      )
  )
);
