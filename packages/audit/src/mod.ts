/**
 * The audit on the command line: presets, grid of runs, reports.
 *
 * @module
 */

export {};
