// Tests of the dataset names. Oracle: the documented list of names.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { checkDatasetName, datasetNames } from "./dataset_names.ts";

const test = suite("datasetNames");

test("checkDatasetName returns every known name unchanged", () => {
  for (const name of datasetNames) assert.is(checkDatasetName(name), name);
});

test("checkDatasetName rejects an unknown name and lists the known ones", () => {
  assert.throws(
    () => checkDatasetName("sinthetic"),
    (error: Error) =>
      error instanceof RangeError && error.message.includes("Cannot find dataset 'sinthetic'") &&
      datasetNames.every((name) => error.message.includes(name)),
  );
});

test.run();
