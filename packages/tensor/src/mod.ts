/**
 * Small tensor engine with trustworthy, bit-reproducible numerics and autograd.
 *
 * @module
 */

export {};
