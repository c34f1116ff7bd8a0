/**
 * Datasets, normalisation, augmentation and batching.
 *
 * @module
 */

export {};
