// Names of checkpoint files.

/** `checkpoint-epoch-0003.safetensors`. */
export function checkpointName(epoch: number): string {
  return `checkpoint-epoch-${String(epoch).padStart(4, "0")}.safetensors`;
}

/** The epoch of such a name; undefined of any other. */
export function epochOf(name: string): number | undefined {
  const epoch = Number(/^checkpoint-epoch-(\d{4,9})\.safetensors$/.exec(name)?.[1] ?? NaN);
  return checkpointName(epoch) === name ? epoch : undefined;
}
