/**
 * Credit rules (BP, DFA, FA, SB, CB, EP) and the local-rule trainer.
 *
 * @module
 */

export {};
