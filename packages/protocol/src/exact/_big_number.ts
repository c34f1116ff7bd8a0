// The decimal numbers of mathjs, which is loaded when it is first needed and may be absent.

/** As much of mathjs' BigNumber as is used here. */
export interface BigNumber {
  sqrt(): BigNumber;
  div(other: BigNumber): BigNumber;
  times(other: BigNumber): BigNumber;
  toPrecision(digits: number): string;
}

/** Makes numbers from decimal text, exactly; what they compute is rounded to some precision. */
export type MakeBigNumber = new (text: string) => BigNumber;

type Mathjs = Pick<typeof import("mathjs"), "create" | "BigNumberDependencies">;

/**
 * The class of numbers whose roots, quotients and products are rounded correctly to `precision`
 * decimal digits.
 *
 * @param load imports mathjs; replaced in tests.
 * @throws {Error} if mathjs is not installed.
 */
export async function bigNumbers(
  precision: number,
  // A bundler that does not find it may go on, as the failure is caught.
  load: () => Promise<Mathjs> = () => import("mathjs").catch(refuse),
): Promise<MakeBigNumber> {
  const { create, BigNumberDependencies } = await load();
  // The types of mathjs leave the class out.
  const made: unknown = create({ BigNumberDependencies: BigNumberDependencies! }, { precision });
  return (made as { readonly BigNumber: MakeBigNumber }).BigNumber;
}

/** Says what to do. */
export function refuse(cause: unknown): never {
  throw new Error(
    "Cannot compute more digits than float64 has as that takes mathjs, an optional dependency: npm install mathjs",
    { cause },
  );
}
