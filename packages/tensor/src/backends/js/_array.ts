// Operands of the js backend are typed arrays.
import type { Operand } from "../../backend.ts";
import type { TypedArray } from "../../dtype.ts";

/** The values behind an operand. */
export function arrayOf(operand: Operand): TypedArray {
  return operand.storage as TypedArray;
}
