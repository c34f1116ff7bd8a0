// What a pitfall is: a mistake that measures something else, and a program that shows it.
import type { Measured } from "../evidence/measured.ts";

/** One way to measure, and the number that it gives. */
export interface PitfallValue {
  /** How it was measured, in one sentence. */
  readonly how: string;
  /** What came out; computed by {@link Pitfall.run}, never written down. */
  readonly value: Measured;
}

/** A pitfall, shown: the same tensors measured twice. */
export interface PitfallDemonstration {
  /** The number that the mistake gives. */
  readonly wrong: PitfallValue;
  /** The number that was meant. */
  readonly right: PitfallValue;
  /** More numbers of the same demonstration. */
  readonly also: readonly PitfallValue[];
  /** Why they differ. */
  readonly why: string;
}

/** A few lines that find the mistake in one's own code. */
export interface PitfallCheck {
  /** For PyTorch. */
  readonly pytorch: string;
  /** For this library, a whole program; absent where the library leaves nothing to check. */
  readonly typescript?: string;
}

/** A mistake that real code makes, with a program that shows it. */
export interface Pitfall {
  /** 1–7 as the paper numbers them, 8–11 ours. */
  readonly number: number;
  /** Its name in look-ups. */
  readonly name: string;
  /** What goes wrong, in one line. */
  readonly title: string;
  /** Who makes it and what follows, in a few sentences. */
  readonly problem: string;
  /** Where it is documented. */
  readonly source: string;
  /** What to add to one's own code. */
  readonly check: PitfallCheck;
  /** Shows it; the same bits in every runtime, in less than two seconds. */
  run(): Promise<PitfallDemonstration>;
}
