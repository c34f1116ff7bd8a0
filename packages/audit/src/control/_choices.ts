// What controls choose where nothing is chosen.

import type { AuditChoices } from "../plan/configuration.ts";
import type { PresetName } from "../plan/presets.ts";

/** Epochs of a control: 30 with the sizes of the paper. */
const epochs: Readonly<Record<PresetName, number>> = { tiny: 2, quick: 20, paper: 30 };

/**
 * Choices of a control: its methods, and what differs from the preset. Controls run no self-
 * controls, and probe nothing unless they say so.
 */
export function choose(own: AuditChoices): (preset: PresetName) => AuditChoices {
  return (preset) => ({ probes: "none", epochs: epochs[preset], ...own });
}
