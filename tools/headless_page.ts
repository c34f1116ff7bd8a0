/**
 * Runs a TypeScript program in a page of a headless Chromium, for tests: bundled by esbuild, started
 * from a file, without network.
 */
import { build } from "esbuild";
import { execFile } from "node:child_process";
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** Path of a Chromium or Chrome in PATH, or undefined. */
export function findBrowser(): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/**
 * Runs the program at `entry` in a new page of `browser`. The program writes its result, a JSON value,
 * with `document.body.textContent = JSON.stringify(result)`, before the page has loaded: it does not
 * await anything.
 *
 * @returns the result.
 * @throws {Error} if the page holds no such text, with what it holds, or is not done in 5 minutes.
 */
export async function runInPage(browser: string, entry: string): Promise<unknown> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    format: "iife",
    platform: "browser",
    target: "es2022",
    write: false,
    logLevel: "silent",
  });
  const script = outputFiles[0]!.text.replaceAll("</script", "<\\/script");
  const folder = mkdtempSync(join(tmpdir(), "page-"));
  try {
    const page = join(folder, "page.html");
    const head = '<!doctype html><meta charset="utf-8"><title>test</title><body>';
    writeFileSync(page, `${head}<script>${script}</script></body>`);
    const dom = await dump(browser, [`--user-data-dir=${folder}`, pathToFileURL(page).href]);
    const [, text] = /<body>(\s*[[{].*)<\/body>/s.exec(dom) ?? [];
    if (text === undefined) throw new Error(`The page holds no result:\n${dom.slice(-2000)}`);
    return JSON.parse(unescape(text));
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

/** The document as HTML, after the page has loaded. */
function dump(browser: string, more: readonly string[]): Promise<string> {
  const args = ["--headless=new", "--no-sandbox", "--disable-gpu", "--dump-dom", ...more];
  const limits = { timeout: 300_000, maxBuffer: 2 ** 26 };
  return new Promise((resolve, reject) => {
    execFile(browser, args, limits, (error, stdout, stderr) => {
      if (error) reject(new Error(`${browser} failed: ${error.message}\n${stderr.slice(-2000)}`));
      else resolve(stdout);
    });
  });
}

/** Undoes what HTML does to a text. */
function unescape(html: string): string {
  const characters: Record<string, string> = {
    lt: "<",
    gt: ">",
    quot: '"',
    nbsp: "\u00a0",
    amp: "&",
  };
  return html.replace(/&(\w+);/g, (all, name: string) => characters[name] ?? all);
}
