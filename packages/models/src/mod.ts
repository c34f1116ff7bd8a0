/**
 * Models under audit, in parts that local learning rules can train.
 *
 * @module
 */

export { linearParameters } from "./linear_parameters.ts";
export { loadParameters } from "./load_parameters.ts";
export { type CopyOptions, ResidualMLP, type ResidualMLPOptions } from "./residual_mlp.ts";
export type { NamedParameters, TrainableModel } from "./trainable_model.ts";
