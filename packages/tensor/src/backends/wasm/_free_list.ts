// Hands out ranges of one address space and takes them back.

/**
 * Free ranges of an address space that can grow at its end. Requests take the first range that is
 * long enough; neighbours merge again when they come back, so that after everything was given back
 * one range is left.
 */
export class FreeList {
  // Free ranges in order of address; no two touch.
  readonly #starts: number[] = [];
  readonly #lengths: number[] = [];

  /** Where a range of `length` was taken, or −1 if none is long enough. */
  take(length: number): number {
    const lengths = this.#lengths;
    for (let i = 0; i < lengths.length; i++) {
      if (lengths[i]! < length) continue;
      const start = this.#starts[i]!;
      if (lengths[i] === length) {
        this.#starts.splice(i, 1);
        lengths.splice(i, 1);
      } else {
        this.#starts[i] = start + length;
        lengths[i]! -= length;
      }
      return start;
    }
    return -1;
  }

  /** Gives a range back, or adds a new one. */
  give(start: number, length: number): void {
    const starts = this.#starts, lengths = this.#lengths;
    const i = this.#firstAfter(start);
    const touchesBefore = i > 0 && starts[i - 1]! + lengths[i - 1]! === start;
    const touchesAfter = i < starts.length && start + length === starts[i];
    if (touchesBefore) {
      lengths[i - 1]! += length + (touchesAfter ? lengths[i]! : 0);
      if (touchesAfter) {
        starts.splice(i, 1);
        lengths.splice(i, 1);
      }
    } else if (touchesAfter) {
      starts[i] = start;
      lengths[i]! += length;
    } else {
      starts.splice(i, 0, start);
      lengths.splice(i, 0, length);
    }
  }

  /** Length of the free range that ends at `end`, or 0: what growing there need not add. */
  freeBefore(end: number): number {
    const last = this.#starts.length - 1;
    return last >= 0 && this.#starts[last]! + this.#lengths[last]! === end
      ? this.#lengths[last]!
      : 0;
  }

  /** Free ranges as [start, length], in order of address. */
  ranges(): [start: number, length: number][] {
    return this.#starts.map((start, i) => [start, this.#lengths[i]!]);
  }

  #firstAfter(start: number): number {
    let low = 0, high = this.#starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#starts[middle]! < start) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
