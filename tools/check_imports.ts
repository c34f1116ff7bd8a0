/**
 * Checks the law of the house on the sources of the packages: who may import whom, no cycle, and in
 * no package but audit anything that is bound to a runtime or whose bits depend on the engine.
 *
 *     deno run --allow-read tools/check_imports.ts
 *
 * Test-only files may use a runtime, any function of Math and tools/; the table of packages binds
 * them too.
 */
import { readFile } from "node:fs/promises";
import { builtinModules } from "node:module";
import { posix } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { isTest, listFiles } from "./_files.ts";
import { findRuntimeUse } from "./_runtime_use.ts";

/** Who may import whom: the arrows of the architecture. */
const law: Record<string, readonly string[]> = {
  tensor: [],
  data: ["tensor"],
  models: ["tensor"],
  methods: ["tensor", "models"],
  protocol: ["tensor"],
  audit: ["tensor", "data", "models", "methods", "protocol"],
};
/** Parts of packages that are imported by a name of their own: their mod.ts. */
const parts: readonly string[] = [
  "protocol/bundle",
  "protocol/pitfalls",
  "protocol/probes",
  "protocol/report",
];
/** npm packages by importer; a key is a prefix of the path. */
const npm: readonly (readonly [prefix: string, names: readonly string[]])[] = [
  ["packages/tensor/src/backends/gpu/", ["gpu.js"]],
  ["packages/protocol/", ["mathjs"]],
  ["packages/audit/", ["commander"]],
];
/** npm packages that every test may import. */
const forTests = ["uvu", "mathjs"];
const builtin = new Set(builtinModules);

interface Import {
  readonly position: number;
  readonly specifier: string;
  /** Whether the compiler removes it (`import type`): then it closes no cycle. */
  readonly erased: boolean;
}

/** Checks the tree at `root` and gives one line for each broken rule: `file:line rule`. */
export async function checkImports(root: string): Promise<string[]> {
  const problems: string[] = [];
  const graph = new Map<string, string[]>();
  const files = await listFiles(root, "");
  const known = new Set(files);
  const paths = files.filter((path) => /^packages\/[^/]+\/src\/.*\.ts$/.test(path));

  for (const path of paths) {
    const text = await readFile(posix.join(root, path), "utf8");
    const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
    const report = (position: number, rule: string) => {
      const line = source.getLineAndCharacterOfPosition(position).line + 1;
      problems.push(`${path}:${line} ${rule}`);
    };
    const targets: string[] = [];
    for (const { position, specifier, erased } of findImports(source)) {
      const rule = checkSpecifier(path, specifier);
      if (rule !== undefined) report(position, rule);
      const target = resolve(path, specifier);
      if (target === undefined) continue;
      if (!known.has(target)) report(position, `imports ${specifier}, which does not exist`);
      else if (isTest(target) && !isTest(path)) {
        report(position, `imports ${specifier}, which is there for tests only`);
      }
      if (!erased) targets.push(target);
    }
    graph.set(path, targets);
    if (packageOf(path) !== "audit" && !isTest(path)) {
      for (const { position, message } of findRuntimeUse(source)) report(position, message);
    }
  }
  for (const cycle of findCycles(graph)) {
    problems.push(`${cycle[0]}:1 imports itself: ${[...cycle, cycle[0]].join(" -> ")}`);
  }
  return problems;
}

/** The imports, re-exports, dynamic imports and import types of a file. */
function findImports(source: ts.SourceFile): Import[] {
  const found: Import[] = [];
  const add = (node: ts.Node | undefined, erased: boolean) => {
    if (node !== undefined && ts.isStringLiteralLike(node)) {
      found.push({ position: node.getStart(source), specifier: node.text, erased });
    }
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) {
      const phase = node.importClause?.phaseModifier;
      add(node.moduleSpecifier, phase === ts.SyntaxKind.TypeKeyword);
    }
    if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly);
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(node.arguments[0], false);
    }
    if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      add(node.argument.literal, true);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** The rule that an import of `specifier` in the file at `path` breaks. */
function checkSpecifier(path: string, specifier: string): string | undefined {
  const from = packageOf(path);
  const allowed = law[from];
  if (allowed === undefined) return `is in no package of the table: ${from}`;
  if (specifier.startsWith(".")) {
    const target = posix.join(posix.dirname(path), specifier);
    if (isTest(path) && target.startsWith("tools/")) return undefined;
    if (!target.startsWith(`packages/${from}/src/`)) {
      return `imports ${specifier}, which is outside of packages/${from}/src; write @fa/…`;
    }
    return /\.(ts|json)$/.test(specifier) ? undefined : `imports ${specifier} without its .ts`;
  }
  if (specifier.startsWith("@fa/")) {
    const [name, ...rest] = specifier.slice("@fa/".length).split("/") as [string, ...string[]];
    if (name === from) return `imports its own package as ${specifier}; write a relative path`;
    if (rest.length > 0 && !parts.includes(`${name}/${rest.join("/")}`)) {
      return `imports ${specifier}; write @fa/${name}`;
    }
    if (allowed.includes(name)) return undefined;
    const may = allowed.length === 0 ? "no package" : allowed.join(", ");
    return `imports ${specifier}; ${from} may import ${may}`;
  }
  if (specifier.startsWith("node:") || builtin.has(specifier)) {
    if (isTest(path) || from === "audit") return undefined;
    return `imports ${specifier}; only audit and tests may use a runtime`;
  }
  const name = specifier.split("/").slice(0, specifier.startsWith("@") ? 2 : 1).join("/");
  if (isTest(path) && forTests.includes(name)) return undefined;
  if (npm.some(([prefix, names]) => path.startsWith(prefix) && names.includes(name))) {
    return undefined;
  }
  return `imports ${specifier}; ${from} may not depend on ${name} here`;
}

/** The file of this repository that a specifier names. */
function resolve(path: string, specifier: string): string | undefined {
  if (specifier.startsWith(".")) {
    const target = posix.join(posix.dirname(path), specifier);
    return target.endsWith(".ts") ? target : undefined;
  }
  const [, name, part = ""] = /^@fa\/([^/]+)(\/.+)?$/.exec(specifier) ?? [];
  if (name === undefined || (part !== "" && !parts.includes(name + part))) return undefined;
  return `packages/${name}/src${part}/mod.ts`;
}

function packageOf(path: string): string {
  return path.split("/")[1]!;
}

/** The cycles of a graph, each once and beginning with its first file in the alphabet. */
function findCycles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const cycles = new Map<string, string[]>();
  const state = new Map<string, "open" | "done">();
  const trail: string[] = [];
  const visit = (path: string): void => {
    state.set(path, "open");
    trail.push(path);
    for (const target of graph.get(path) ?? []) {
      if (state.get(target) === "open") {
        const cycle = trail.slice(trail.indexOf(target));
        const first = cycle.indexOf([...cycle].sort()[0]!);
        const turned = [...cycle.slice(first), ...cycle.slice(0, first)];
        cycles.set(turned.join(), turned);
      } else if (!state.has(target)) visit(target);
    }
    trail.pop();
    state.set(path, "done");
  };
  for (const path of graph.keys()) if (!state.has(path)) visit(path);
  return [...cycles.values()];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const problems = await checkImports(fileURLToPath(new URL("..", import.meta.url)));
  for (const problem of problems) console.error(problem);
  console.log(`Import directions: ${problems.length} problems`);
  process.exit(problems.length === 0 ? 0 : 1);
}
