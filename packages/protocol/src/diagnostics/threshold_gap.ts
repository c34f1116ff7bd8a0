// How much room there is for a threshold between the healthy and the degenerate.
import { type Measured, unmeasured } from "../evidence/measured.ts";
import type { Direction } from "./diagnostic.ts";

/** The room between two groups of values, for one threshold to lie in. */
export interface ThresholdGap {
  /** Healthy value nearest the degenerate ones: the largest of what fires above, the smallest below. */
  readonly healthyEdge: Measured;
  /** Degenerate value nearest the healthy ones. */
  readonly degenerateEdge: Measured;
  /** The larger edge over the smaller one, where both are positive. */
  readonly factor: Measured;
  /** Degenerate edge − healthy edge, with the sign turned where it fires below: positive is a gap. */
  readonly difference: Measured;
  /** Whether one threshold can tell the two groups apart; null where a group is empty. */
  readonly separated: boolean | null;
}
