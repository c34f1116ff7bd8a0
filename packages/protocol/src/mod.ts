/**
 * Diagnostics, controls and verdicts that audit credit assignment.
 *
 * @module
 */

export {};
