// --policy: the name of a policy of the protocol, or a file with one's own.

import { readFile } from "node:fs/promises";
import { parsePolicy, type Policy } from "@fa/protocol";

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
    throw new Error(`Cannot read policy ${text}: ${(cause as Error).message}`, { cause });
  }
  return parsePolicy(json, text);
}
