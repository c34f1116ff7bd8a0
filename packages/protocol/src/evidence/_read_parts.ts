// Parts that several records share.
import type { Place } from "./_reader.ts";
import type { DatasetRecord } from "./run_evidence.ts";

/** What JSON text holds. */
export function parseText(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // Engines quote the text, whatever is in it.
    const reason = (error as Error).message.replace(/\p{Cc}/gu, "\ufffd").slice(0, 200);
    throw new SyntaxError(`Cannot read ${name} as it must be JSON: ${reason}`);
  }
}

/** Which data a run saw. */
export function readDataset(at: Place): DatasetRecord {
  const rest = at.jsonObject();
  return {
    ...rest,
    name: at.field("name").name(),
    split: at.field("split").text(),
    trainSize: at.field("trainSize").integer(0),
    testSize: at.field("testSize").integer(1),
  };
}
