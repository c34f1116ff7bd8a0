// How long a queue of jobs takes on a pool of workers.

/**
 * Time at which the last worker is done, when every worker that becomes free takes the next job of
 * the queue: O(jobs × workers).
 *
 * @param seconds time of each job, in the order of the queue.
 * @param workers number of workers, at least 1.
 */
export function packedSeconds(seconds: readonly number[], workers: number): number {
  const busyUntil = new Array<number>(Math.max(1, Math.min(workers, seconds.length))).fill(0);
  for (const job of seconds) {
    let next = 0;
    for (let w = 1; w < busyUntil.length; w++) if (busyUntil[w]! < busyUntil[next]!) next = w;
    busyUntil[next] = busyUntil[next]! + job;
  }
  return Math.max(...busyUntil);
}
