/**
 * Residual networks to train and to audit.
 *
 * @module
 */

export {};
