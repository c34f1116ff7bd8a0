// What the name of a dataset with permuted train labels ends in.

/** Appended to the dataset's name. */
export const permutedSuffix = "+permuted-labels";
