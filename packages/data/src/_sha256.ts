// SHA-256 by the runtime's Web Crypto.

/** Lower-case hex SHA-256 of `bytes`, or undefined where the runtime offers no `crypto.subtle`. */
export async function sha256(bytes: Uint8Array): Promise<string | undefined> {
  const subtle = globalThis.crypto?.subtle;
  if (subtle === undefined) return undefined;
  // Web Crypto refuses shared memory; slice() copies out of it.
  const own = bytes.buffer instanceof ArrayBuffer ? bytes : bytes.slice();
  const digest = new Uint8Array(await subtle.digest("SHA-256", own as Uint8Array<ArrayBuffer>));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
