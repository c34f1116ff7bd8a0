// Our own backends by the names that stand in the results.
import {
  type Backend,
  backendNames as known,
  openBackend as open,
  openBlasBackend,
} from "@fa/tensor";
import process from "node:process";
import { Unavailable } from "./child.ts";
import { importPeer } from "./engines/peer.ts";

/** Names of the backends, in the order of the tables. */
export const backendNames: readonly string[] = known;

/** Ours without being asked for: what all others are compared with. */
export const defaultBackend = "wasm";

/** @throws {Unavailable} if it cannot be had on this machine. */
export async function openBackend(name: string): Promise<Backend> {
  try {
    // In Node it needs a package that is a dependency of this folder alone.
    const inNode = !("deno" in process.versions || "bun" in process.versions);
    if (name !== "blas" || !inNode) return await open(name);
    const { module: koffi } = await importPeer("koffi");
    return await openBlasBackend({ koffi: koffi.default ?? koffi });
  } catch (error) {
    throw new Unavailable(error instanceof Error ? error.message : String(error));
  }
}
