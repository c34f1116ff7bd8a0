/**
 * Checks the documentation of the packages: everything that a mod.ts exports has a doc comment, every
 * function and class an `@example` with a ts block, every member of a class a doc comment; and every
 * ts block in doc comments, README and guides type-checks and runs. In doc comments it also asserts
 * what it shows.
 *
 *     deno run --allow-read --allow-write --allow-env tools/check_docs.ts [word in a path …]
 *
 * The last line is `N passed, N failed` over exports and examples.
 */
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import ts from "typescript";
import { type Example, findExamples } from "./_examples.ts";
import { isTest, listFiles } from "./_files.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const wanted = process.argv.slice(2);
const problems: string[] = [];
let passed = 0;

function isWanted(path: string): boolean {
  return wanted.length === 0 || wanted.some((word) => path.includes(word));
}

/** Counts one thing that was checked, and keeps what is wrong with it. */
function judge(place: string, problem: string | undefined): void {
  if (problem === undefined) passed++;
  else problems.push(`${place} ${problem}`);
}

/** The examples of sources and guides, in the order of the files. */
async function readExamples(): Promise<Example[]> {
  const examples: Example[] = [];
  for (const path of await listFiles(root, "")) {
    const source = /^packages\/[^/]+\/src\/.*\.ts$/.test(path) && !isTest(path);
    const guide = path.endsWith(".md") && !path.startsWith("docs/api/");
    if (!(source || guide) || !isWanted(path)) continue;
    examples.push(...findExamples(path, await readFile(join(root, path), "utf8")));
  }
  return examples;
}

/** The program of all packages and of the examples, under the options of tsconfig.json. */
function createProgram(files: string[]): ts.Program {
  const config = ts.getParsedCommandLineOfConfigFile(join(root, "tsconfig.json"), {}, {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: (diagnostic) => {
      throw new Error(ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n"));
    },
  });
  return ts.createProgram(files, config!.options);
}

/** Checks that what a package exports is documented. */
function checkExports(program: ts.Program, path: string): void {
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(join(root, path))!;
  const module = checker.getSymbolAtLocation(source);
  if (module === undefined) return judge(path, "exports nothing");
  judge(`${path}:1`, /@module\b/.test(source.text) ? undefined : "has no doc comment with @module");
  for (const exported of checker.getExportsOfModule(module)) {
    const alias = (exported.flags & ts.SymbolFlags.Alias) !== 0;
    const symbol = alias ? checker.getAliasedSymbol(exported) : exported;
    const declaration = symbol.declarations?.[0];
    if (declaration === undefined) continue;
    const file = declaration.getSourceFile();
    const line = file.getLineAndCharacterOfPosition(declaration.getStart()).line + 1;
    const place = `${file.fileName.replace(root, "")}:${line}`;
    judge(place, undocumented(checker, symbol, exported.name));
  }
}

/** What the documentation of an export lacks. */
function undocumented(
  checker: ts.TypeChecker,
  symbol: ts.Symbol,
  name: string,
): string | undefined {
  if (symbol.getDocumentationComment(checker).length === 0) return `${name} has no doc comment`;
  if ((symbol.flags & (ts.SymbolFlags.Function | ts.SymbolFlags.Class)) === 0) return undefined;
  const examples = symbol.getJsDocTags(checker).filter((tag) => tag.name === "example");
  const shown = examples.some((tag) => ts.displayPartsToString(tag.text).includes("```ts"));
  if (!shown) return `${name} has no @example with a ts block`;
  const bare = [...symbol.members?.values() ?? []].find((member) => {
    const declaration = member.valueDeclaration;
    return declaration !== undefined &&
      !(ts.isClassElement(declaration) &&
        declaration.name?.kind === ts.SyntaxKind.PrivateIdentifier) &&
      (ts.getCombinedModifierFlags(declaration) & ts.ModifierFlags.Private) === 0 &&
      member.getDocumentationComment(checker).length === 0;
  });
  return bare === undefined ? undefined : `${name}.${bare.name} has no doc comment`;
}

/** Type-checks, then runs one example; its console stays silent unless it fails. */
async function tryExample(
  program: ts.Program,
  example: Example,
  file: string,
): Promise<string | undefined> {
  if (example.path.endsWith(".ts") && !/\bthrow\b|\bassert/.test(example.code)) {
    return "asserts nothing: end it in `if (…) throw …`";
  }
  const source = program.getSourceFile(file);
  const wrong = [
    ...program.getSyntacticDiagnostics(source),
    ...program.getSemanticDiagnostics(source),
  ][0];
  if (wrong !== undefined) {
    const line = source!.getLineAndCharacterOfPosition(wrong.start ?? 0).line + example.line;
    return `does not type-check (line ${line}): ${
      ts.flattenDiagnosticMessageText(wrong.messageText, "\n")
    }`;
  }
  const { log, error } = console;
  const said: string[] = [];
  console.log = console.error = (...values: unknown[]) => void said.push(values.join(" "));
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    const limit = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error("not done within a minute")), 60_000);
    });
    await Promise.race([import(pathToFileURL(file).href), limit]);
    return undefined;
  } catch (cause) {
    return ["fails:", cause instanceof Error ? cause.message : cause, ...said].join(" ");
  } finally {
    clearTimeout(timer);
    Object.assign(console, { log, error });
  }
}

const started = performance.now();
const modules = (await readdir(join(root, "packages"))).sort()
  .map((name) => `packages/${name}/src/mod.ts`);
for (const part of ["bundle", "pitfalls", "probes", "report"]) { // parts with names of their own
  modules.push(`packages/protocol/src/${part}/mod.ts`);
}
const examples = await readExamples();
// Inside of the repository, where imports of @fa/… resolve.
const folder = await mkdtemp(join(root, ".examples-"));
try {
  await writeFile(join(folder, "package.json"), `{ "type": "module" }\n`);
  const files = examples.map((_, index) => join(folder, `example_${index}.ts`));
  for (const [index, { code }] of examples.entries()) {
    await writeFile(files[index]!, `${code}export {};\n`);
  }
  const program = createProgram([...modules.map((path) => join(root, path)), ...files]);
  for (const path of modules) if (isWanted(path)) checkExports(program, path);
  for (const [index, example] of examples.entries()) {
    const place = `${example.path}:${example.line}`;
    judge(place, await tryExample(program, example, files[index]!));
  }
} finally {
  await rm(folder, { recursive: true });
}
for (const problem of new Set(problems)) console.error(problem);
const seconds = ((performance.now() - started) / 1000).toFixed(1);
console.log(`Documentation: ${examples.length} examples tried in ${seconds} s`);
console.log(`${passed} passed, ${problems.length} failed`);
process.exit(problems.length > 0 || passed === 0 ? 1 : 0);
