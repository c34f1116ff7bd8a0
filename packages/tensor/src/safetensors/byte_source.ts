// Where bytes come from: a file, a blob, a server.

/**
 * Bytes that can be read piece by piece: the reader of a large file needs no more of it in memory
 * than what it was asked for. A `Blob` or `File` of a browser, for example, is
 * `{ size: blob.size, read: async (at, n) => new Uint8Array(await blob.slice(at, at + n).arrayBuffer()) }`.
 */
export interface ByteSource {
  /** Number of bytes in all. */
  readonly size: number;
  /** Exactly `length` bytes from `offset` on, in memory that the caller may keep and change. */
  read(offset: number, length: number): Promise<Uint8Array>;
}
