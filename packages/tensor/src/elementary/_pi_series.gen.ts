// Constants of cosPi and sinPi. Written by tools/elementary/generate.ts: do not edit.
// deno-fmt-ignore-file
/** π, a multiple of 2^-24 (26 bits). */
export const PI_HI: number = 3.1415926814079285;
/** π less PI_HI. */
export const PI_LO: number = -2.7818135228334233e-8;
/** π²/2, a multiple of 2^-21 (24 bits). */
export const COS2_HI: number = 4.934802055358887;
/** π²/2 less COS2_HI. */
export const COS2_LO: number = 1.4518579259066726e-7;
/** Coefficients of r³, r⁵ … r¹⁷ in sin πr. */
export const SIN_PI: Float64Array = /* @__PURE__ */ new Float64Array([
  -5.16771278004997,
  2.5501640398773455,
  -0.5992645293207921,
  0.08214588661112823,
  -0.0073704309457143504,
  0.00046630280576761255,
  -0.000021915353447830217,
  7.952054001475513e-7,
]);
/** Coefficients of r⁴, r⁶ … r¹⁸ in cos πr. */
export const COS_PI: Float64Array = /* @__PURE__ */ new Float64Array([
  4.0587121264167685,
  -1.3352627688545895,
  0.2353306303588932,
  -0.02580689139001406,
  0.0019295743094039231,
  -0.0001046381049248457,
  0.000004303069587032947,
  -1.3878952462213771e-7,
]);
