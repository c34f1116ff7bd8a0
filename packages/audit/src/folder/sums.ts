// The checksums of a finished run, as `sha256sum -c` reads them.

/** Name of the file that is written last, and says that a run is finished. */
export const sumsName = "SHA256SUMS";

/** SHA-256 in lower-case hexadecimal digits. */
export async function sha256(bytes: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** SHA-256 of files by their names. */
export type Sums = Readonly<Record<string, string>>;

/** The text of the file, in the order of the names. */
export function formatSums(sums: Sums): string {
  return Object.keys(sums).sort().map((name) => `${sums[name]}  ${name}\n`).join("");
}

/** What the file says; undefined if it is not what {@link formatSums} writes. */
export function parseSums(text: string): Sums | undefined {
  const sums = Object.fromEntries(
    [...text.matchAll(/^([0-9a-f]{64}) {2}([\w.-]+)$/gm)].map(([, sum, name]) => [name!, sum!]),
  );
  return formatSums(sums) === text && text !== "" ? sums : undefined;
}
