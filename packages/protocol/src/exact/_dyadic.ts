// Exact sums of doubles as integers times a power of two, and their exact decimal text.

const view = new DataView(new ArrayBuffer(8));

/** n·2^exponent. */
export interface Dyadic {
  readonly n: bigint;
  readonly exponent: number;
}

/** A finite double; its last place, not its decimal text, says what it is. */
export function dyadic(value: number): Dyadic {
  view.setFloat64(0, Math.abs(value));
  const high = view.getUint32(0);
  const field = high >>> 20;
  const fraction = (BigInt(high & 0xfffff) << 32n) | BigInt(view.getUint32(4));
  const n = field === 0 ? fraction : fraction | (1n << 52n);
  return { n: value < 0 ? -n : n, exponent: Math.max(field, 1) - 1075 };
}

/** Products of doubles are multiples of this power of two. */
const PRODUCT_EXPONENT = -2148;

/** Σ xᵢyᵢ, nothing rounded. */
export function dyadicDot(x: ArrayLike<number>, y: ArrayLike<number>): Dyadic {
  let sum = 0n;
  for (let i = 0; i < x.length; i++) {
    const [a, b] = [dyadic(x[i]!), dyadic(y[i]!)];
    sum += (a.n * b.n) << BigInt(a.exponent + b.exponent - PRODUCT_EXPONENT);
  }
  return { n: sum, exponent: PRODUCT_EXPONENT };
}

/** The product. */
export function times(a: Dyadic, b: Dyadic): Dyadic {
  return { n: a.n * b.n, exponent: a.exponent + b.exponent };
}

/** The root of a value ≥ 0 with an even exponent, if that is a dyadic number, too. */
export function exactRoot({ n, exponent }: Dyadic): Dyadic | undefined {
  const root = integerRoot(n);
  return root * root === n ? { n: root, exponent: exponent / 2 } : undefined;
}

/** ⌊√n⌋ by Newton's method from above. */
function integerRoot(n: bigint): bigint {
  if (n === 0n) return 0n;
  let root = 1n << BigInt(2 * n.toString(16).length);
  while (true) {
    const next = (root + n / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

/** Every digit of the value, as a whole number and a power of ten: n·2^-k = n·5^k·10^-k. */
export function decimalText({ n, exponent }: Dyadic): string {
  if (exponent >= 0) return (n << BigInt(exponent)).toString();
  return `${n * 5n ** BigInt(-exponent)}e${exponent}`;
}
