// Safetensors files assembled by hand, and what a runtime has for binary fixtures.

import { readFileSync } from "node:fs";

/** 8 bytes of length, the text, the data: a file from its definition, be it valid or not. */
export function assemble(
  header: string | Uint8Array,
  data: ArrayLike<number> = [],
  length?: bigint,
): Uint8Array {
  const json = typeof header === "string" ? new TextEncoder().encode(header) : header;
  const bytes = new Uint8Array(8 + json.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, length ?? BigInt(json.length), true);
  bytes.set(json, 8);
  bytes.set(data, 8 + json.length);
  return bytes;
}

/** The bytes of a file in packages/tensor/fixtures. */
export function readFixtureBytes(name: string): Uint8Array {
  return readFileSync(new URL(`../../fixtures/${name}`, import.meta.url));
}

/** Bytes in hexadecimal, as the fixtures write them. */
export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The error that a promise is rejected with. */
export async function rejection(work: Promise<unknown>): Promise<Error> {
  let value: unknown;
  try {
    value = await work;
  } catch (error) {
    return error as Error;
  }
  throw new Error(`Nothing was thrown; the value is ${value}`);
}
