/** Seeded chance: the same seed and label give the same value, in whatever order they are asked for. */
export class SeededRandom {
  readonly #seed: number;
  #serial = 0;

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** A number in [0, 1) that depends on nothing but seed and label. */
  unit(label: string): number {
    return hash(`${this.#seed}|${label}`) / 0x1_0000_0000;
  }

  /** A number between `low` and `high`, usually near `low`: service times have long tails. */
  skewed(label: string, low: number, high: number): number {
    return low + (high - low) * this.unit(label) ** 4;
  }

  /** A version 4 GUID that has not been given out before. */
  guid(): string {
    this.#serial += 1;
    return guidFrom(`${this.#seed}|guid|${this.#serial}`);
  }

  /** `length` hexadecimal digits that have not been given out before. */
  hex(length: number): string {
    return `${this.guid()}${this.guid()}`.replaceAll('-', '').slice(0, length);
  }
}

/** A version 4 GUID that depends on the text alone. */
export function guidFrom(text: string): string {
  const digits = [0, 1, 2, 3]
    .map((part) => hash(`${part}|${text}`).toString(16).padStart(8, '0'))
    .join('');
  const variant = '89ab'.charAt(Number.parseInt(digits.charAt(16), 16) % 4);
  const d = `${digits.slice(0, 12)}4${digits.slice(13, 16)}${variant}${digits.slice(17)}`;
  return [d.slice(0, 8), d.slice(8, 12), d.slice(12, 16), d.slice(16, 20), d.slice(20)].join('-');
}

/** FNV-1a with a final avalanche (from MurmurHash3): plenty for lags and ids, no use for secrets. */
export function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) {
    h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  }
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
