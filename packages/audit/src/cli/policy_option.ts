// --policy: the name of a policy of the protocol, or a file with one's own.

import { readFile } from "node:fs/promises";
import { parsePolicy, type Policy } from "@fa/protocol";

/** What the errors of files say in words. */
const reasons: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EISDIR: "it is a folder",
  EACCES: "it may not be read",
};

/**
 * What `--policy` means: a file if the text ends with `.json` or contains a slash, else a name, which
 * is checked where it is used.
 *
 * @throws {Error} if the file cannot be read.
 * @throws {SyntaxError | TypeError | RangeError} if it holds no policy; the message names file and
 * field.
 */
export async function policyOption(text: string): Promise<string | Policy> {
  if (!/\.json$|[/\\]/i.test(text)) return text;
  let json: string;
  try {
    json = await readFile(text, "utf8");
  } catch (cause) {
    const { code, message } = cause as Error & { code?: string };
    const reason = reasons[code ?? ""] ?? message;
    throw new Error(`Cannot read policy ${text} as ${reason}`, { cause });
  }
  return parsePolicy(json, text);
}
