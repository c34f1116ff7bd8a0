// Draws noisy gratings of random phase and colour: the images of the synthetic task.

import { cosPi, type Rng, sinPi } from "@fa/tensor";

/** Number of classes: 5 orientations × 2 spatial frequencies. */
export const classes = 10;

/** Cycles per image of the low- and of the high-frequency classes. */
const cycles = [1.5, 2.5] as const;

/** What is the same for all images of a size. */
export interface GratingTables {
  /** Pixels per channel, size². */
  readonly pixels: number;
  /** `cos[k][p]` = cos(2πf(i·cosθ + j·sinθ)) for class k at pixel p = i·size + j. */
  readonly cos: readonly Float64Array[];
  /** `sin[k][p]`, likewise. */
  readonly sin: readonly Float64Array[];
  /** Colour direction T of each class, `[classes, 3]`. */
  readonly tint: readonly (readonly [number, number, number])[];
}

/** How strong the noise and the class colour are. */
export interface GratingScales {
  readonly noise: number;
  readonly tint: number;
}

/**
 * `count` points on the unit sphere, spread along a Fibonacci spiral (golden angle π(3−√5)).
 * The z_k are symmetric about 0.
 */
export function fibonacciSphere(count: number): [number, number, number][] {
  return Array.from({ length: count }, (_, k) => {
    const z = 1 - (2 * k + 1) / count;
    const radius = Math.sqrt(1 - z * z);
    const turn = (3 - Math.sqrt(5)) * k; // in units of π
    return [radius * cosPi(turn), radius * sinPi(turn), z];
  });
}

/** Waves of all classes on a size × size grid. */
export function gratingTables(size: number): GratingTables {
  const cos: Float64Array[] = [];
  const sin: Float64Array[] = [];
  for (let k = 0; k < classes; k++) {
    const frequency = cycles[k < 5 ? 0 : 1] / size; // cycles per pixel
    const alongRows = 2 * frequency * cosPi((k % 5) / 5); // in units of π
    const alongColumns = 2 * frequency * sinPi((k % 5) / 5);
    const c = new Float64Array(size * size);
    const s = new Float64Array(size * size);
    for (let i = 0, p = 0; i < size; i++) {
      for (let j = 0; j < size; j++, p++) {
        const angle = i * alongRows + j * alongColumns;
        c[p] = cosPi(angle);
        s[p] = sinPi(angle);
      }
    }
    cos.push(c);
    sin.push(s);
  }
  return { pixels: size * size, cos, sin, tint: fibonacciSphere(classes) };
}

/**
 * Fills `x` `[B, 3·pixels]` and `y` `[B]` with fresh images.
 *
 * Content and noise come from two streams, so that image n of a stream is the same for every
 * batch size (3·pixels is even for an even size: the noise is drawn in pairs).
 */
export function fillGratings(
  tables: GratingTables,
  scales: GratingScales,
  content: Rng,
  noise: Rng,
  x: Float64Array,
  y: Uint8Array,
): void {
  const { pixels } = tables;
  noise.fillNormal(x, 0, scales.noise);
  const colour: [number, number, number] = [0, 0, 0];
  for (let n = 0, at = 0; n < y.length; n++) {
    const label = content.integer(classes);
    const phase = 2 * content.uniform(); // φ in units of π
    drawDirection(content, colour);
    y[n] = label;
    // √2·cos(a + φ) = √2·cosφ·cos(a) − √2·sinφ·sin(a)
    const alongCos = Math.sqrt(2) * cosPi(phase);
    const alongSin = Math.sqrt(2) * sinPi(phase);
    const cos = tables.cos[label]!;
    const sin = tables.sin[label]!;
    const tint = tables.tint[label]!;
    for (let channel = 0; channel < 3; channel++) {
      const weightCos = colour[channel]! * alongCos;
      const weightSin = colour[channel]! * alongSin;
      const offset = scales.tint * tint[channel]!;
      for (let p = 0; p < pixels; p++, at++) {
        x[at] = x[at]! + (weightCos * cos[p]! - weightSin * sin[p]! + offset);
      }
    }
  }
}

/** A uniform random direction in R³: three normals, normalised. */
function drawDirection(rng: Rng, out: [number, number, number]): void {
  for (;;) {
    const a = rng.normal();
    const b = rng.normal();
    const c = rng.normal();
    const norm = Math.sqrt(a * a + b * b + c * c);
    if (norm > 0) { // three exact zeros have no direction: draw again
      out[0] = a / norm;
      out[1] = b / norm;
      out[2] = c / norm;
      return;
    }
  }
}
