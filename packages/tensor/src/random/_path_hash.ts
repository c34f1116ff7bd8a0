// The identity of a random stream: a 128-bit hash of its seed and labels.

/** 128 bits as four unsigned 32-bit words. */
export type Words = [number, number, number, number];

/** First 128 bits of the fraction of √2: a start that is not zero. */
const START: Words = [0x6a09e667, 0xf3bcc908, 0xb2fb1366, 0xea957d3e];

const INTEGER = 1;
const TEXT = 2;

/** Hash of a seed, before any label. */
export function _seedPath(seed: number): Words {
  return _extendPath(START, seed);
}

/**
 * Hash of the path `path` followed by `label`.
 *
 * A sponge: each 32-bit word of the encoded label is xored into the first word of the 128-bit
 * state, which then goes through a bijective mixing (four quarter rounds of ChaCha, Bernstein 2008,
 * on the rotated state). The encoding is injective: a type tag, then for an integer its sign and
 * magnitude (53 bits), for text its length and UTF-16 code units. Different paths therefore meet
 * only by chance, with probability 2^-96 or so; the hash is not meant to resist an adversary.
 */
export function _extendPath(path: Words, label: string | number): Words {
  const state: Words = [...path];
  if (typeof label === "number") {
    const magnitude = Math.abs(label);
    _absorb(state, INTEGER + (label < 0 ? 0x100 : 0));
    _absorb(state, Math.floor(magnitude / 2 ** 32));
    _absorb(state, magnitude >>> 0);
  } else {
    _absorb(state, TEXT);
    _absorb(state, label.length);
    for (let i = 0; i < label.length; i++) _absorb(state, label.charCodeAt(i));
  }
  return state;
}

/** The first state of the generator with identity `path`: one more mixing, and never all zero. */
export function _firstWords(path: Words): Words {
  const state: Words = [...path];
  _absorb(state, 0xffffffff); // no encoded label begins like this
  if ((state[0] | state[1] | state[2] | state[3]) === 0) state[0] = 1;
  return state;
}

function _absorb(state: Words, word: number): void {
  let [a, b, c, d] = state;
  a ^= word;
  for (let round = 0; round < 4; round++) {
    a = (a + b) | 0;
    d = rotate(d ^ a, 16);
    c = (c + d) | 0;
    b = rotate(b ^ c, 12);
    a = (a + b) | 0;
    d = rotate(d ^ a, 8);
    c = (c + d) | 0;
    b = rotate(b ^ c, 7);
    [a, b, c, d] = [b, c, d, a];
  }
  state[0] = a >>> 0;
  state[1] = b >>> 0;
  state[2] = c >>> 0;
  state[3] = d >>> 0;
}

function rotate(x: number, bits: number): number {
  return (x << bits) | (x >>> (32 - bits));
}
