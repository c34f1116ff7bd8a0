// Tries one library after the other, and says of each why it would not do.
import { bindBlas } from "./_bind.ts";
import type { BlasBinding } from "./blas_binding.ts";
import { candidates, installation, type Platform } from "./_candidates.ts";
import { isPath, type NativeRuntime, PermissionMissing } from "./_native.ts";

/**
 * The first library that serves: `library` alone if given, else those that the platform may have.
 *
 * @throws {Error} that names all that were tried, why none would do, and what to do about it.
 */
export function findBlas(
  runtime: NativeRuntime,
  platform: Platform,
  library?: string,
): BlasBinding {
  const wanted = library === undefined ? candidates(platform) : [library];
  const failures = new Map<string, string[]>(); // paths by reason
  const forbidden: string[] = [];
  for (const path of wanted) {
    try {
      return bindBlas(path, runtime.open(path));
    } catch (error) {
      if (error instanceof PermissionMissing) forbidden.push(path);
      const reason = explain(path, error);
      failures.set(reason, [...failures.get(reason) ?? [], path]);
    }
  }
  const lines = [`Cannot open a BLAS library as none was found that ${runtime.name} can use:`];
  for (const [reason, paths] of failures) lines.push(`  ${paths.join(", ")}: ${reason}`);
  if (forbidden.length > 0) {
    const path = forbidden.find(isPath) ?? "<path of the library>";
    lines.push(
      `Allow ${runtime.name} to open the one that you have: --allow-ffi=${path}`,
      "To find it by name takes --allow-ffi, which allows any library.",
    );
  }
  if (forbidden.length < wanted.length || library === undefined) {
    lines.push(`${installation(platform)}.`);
  }
  if (library === undefined) lines.push("Any other library can be named by its path.");
  throw new Error(lines.join("\n"));
}

/** What a loader says, without the wrapping of runtimes, and alike for all that are not there. */
function explain(path: string, error: unknown): string {
  const message = (error instanceof Error ? error.message : String(error))
    .replace(/^(Could not open library: )+|^Failed to (open|load)[^:]*: /, "");
  // Linux. Another file than the one asked for is one that this one depends on.
  const linux = /^(?:(.*): )?cannot open shared object file: No such file/.exec(message);
  if (linux !== null) {
    const missing = linux[1] ?? path;
    return fileName(missing) === fileName(path) ? "not found" : `needs ${missing}: not found`;
  }
  // macOS.
  if (/no such file/.test(message) && !/Library not loaded/.test(message)) return "not found";
  return message;
}

function fileName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
