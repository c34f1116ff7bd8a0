// The version of this package, as in its package.json.

/** Version of `@fa/audit`. */
export const version = "0.1.0";
