// The hash of a checkpoint, which stands in the file that it is the hash of.

const PREFIX_LENGTH = 8;

/** Stands where the hash will: a file is hashed with zeros for the digits of its hash. */
export const noHash: string = "0".repeat(64);

/** Whether a text can be a hash: 64 lower-case hexadecimal digits. */
export function isHash(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}

/**
 * Replaces the hash in the header of a safetensors file.
 *
 * @returns whether it was found. It can be but in one place: in all other text the quotation marks
 * are escaped, and no tensor has text for a value.
 */
export function replaceHash(bytes: Uint8Array, from: string, to: string): boolean {
  const [pattern, digits] = [`"sha256":"${from}"`, to].map((text) =>
    new TextEncoder().encode(text)
  );
  const { buffer, byteOffset } = bytes;
  const headerLength = Number(new DataView(buffer, byteOffset).getBigUint64(0, true));
  const header = bytes.subarray(PREFIX_LENGTH, PREFIX_LENGTH + headerLength);
  const at = header.findIndex((_, i) => pattern!.every((byte, j) => header[i + j] === byte));
  if (at < 0) return false;
  header.set(digits!, at + pattern!.length - 1 - digits!.length);
  return true;
}

/** SHA-256 in lower-case hexadecimal digits. */
export async function sha256(bytes: Uint8Array): Promise<string> {
  const subtle = globalThis.crypto?.subtle;
  if (!subtle) {
    throw new Error(
      "Cannot hash a checkpoint as crypto.subtle is missing: a page needs https or localhost for it",
    );
  }
  const digest = await subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
