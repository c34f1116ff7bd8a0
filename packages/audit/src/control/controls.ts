// All controls by name.

import { unknownName } from "@fa/tensor";
import { capacityCost } from "./capacity_cost.ts";
import type { Control } from "./control.ts";
import { decisionUtility } from "./decision_utility.ts";
import { earlyEpochs } from "./early_epochs.ts";
import { firstFire } from "./first_fire.ts";
import { ladder } from "./ladder.ts";
import { lambdaSweep } from "./lambda_sweep.ts";
import { nudging } from "./nudging.ts";
import { nullCalibration } from "./null_calibration.ts";
import { randomTargets } from "./random_targets.ts";
import { residual } from "./residual.ts";
import { rho } from "./rho.ts";
import { terminalLn } from "./terminal_ln.ts";
import { thresholds } from "./thresholds.ts";

/** All controls, in the order of the help. */
export const controls: readonly Control[] = [
  lambdaSweep,
  capacityCost,
  earlyEpochs,
  nullCalibration,
  rho,
  nudging,
  randomTargets,
  terminalLn,
  residual,
  ladder,
  thresholds,
  firstFire,
  decisionUtility,
];

/**
 * The control of a name.
 *
 * @throws {RangeError} if there is no such control; names the nearest.
 */
export function findControl(name: string): Control {
  const found = controls.find((control) => control.name === name);
  if (!found) throw unknownName("control", name, controls.map((control) => control.name));
  return found;
}
