/**
 * Evidence from elsewhere: bundles of states, gradients and credits that another framework has
 * written.
 *
 * @module
 */

export type { Bundle, BundleAccuracy, BundleRun, BundleSnapshot } from "./bundle.ts";
export { parseBundle } from "./parse_bundle.ts";
export { type BundleFile, readBundle, type ReadBundleOptions } from "./read_bundle.ts";
