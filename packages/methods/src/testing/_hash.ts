// A hash of bytes.

const PRIME = 0x100000001b3n;
const START = 0xcbf29ce484222325n;

/**
 * FNV-1a of 64 bits, in hexadecimal (Fowler, Noll, Vo & Eastlake, The FNV Non-Cryptographic Hash
 * Algorithm). Finds any difference between runs; it is no protection against intent.
 */
export function fnv1a(chunks: Iterable<Uint8Array>): string {
  let hash = START;
  for (const bytes of chunks) {
    for (const byte of bytes) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * PRIME);
  }
  return hash.toString(16).padStart(16, "0");
}
