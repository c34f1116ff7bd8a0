// One AdamW step of the js backend.
import type { AdamWConstants, Operand } from "../../backend.ts";
import { arrayOf } from "./_array.ts";

/** Updates parameter, first and second moment in place; every value is rounded once when stored. */
export function adamw(
  parameter: Operand,
  gradient: Operand,
  first: Operand,
  second: Operand,
  { lr, beta1, beta2, eps, weightDecay, correction1, correction2 }: AdamWConstants,
): void {
  const [p, g, m, v] = [arrayOf(parameter), arrayOf(gradient), arrayOf(first), arrayOf(second)];
  const decay = 1 - lr * weightDecay;
  const step = lr / correction1;
  const root2 = Math.sqrt(correction2);
  for (let i = 0; i < p.length; i++) {
    const gi = g[i]!;
    const mi = beta1 * m[i]! + (1 - beta1) * gi;
    const vi = beta2 * v[i]! + (1 - beta2) * (gi * gi);
    m[i] = mi;
    v[i] = vi;
    p[i] = p[i]! * decay - step * (mi / (Math.sqrt(vi) / root2 + eps));
  }
}
