// Starts a thread with the worker of the grid.

import { _spawn } from "./_spawn.ts";
import type { OpenWorker } from "./messages.ts";

/** A real worker thread. */
export const openWorker: OpenWorker = (events) =>
  _spawn(new URL("./worker.ts", import.meta.url), events);
