// What the campaign itself brought: the return rate of those who were written to minus that of the held back.

const Z95 = 1.959963984540054;

export interface Arm {
  people: number;
  returned: number;
}

export interface Uplift {
  /** Difference of the two rates, −1 to 1. */
  difference: number;
  /** 95% confidence interval of the difference, low and high. */
  interval: [number, number];
}

/**
 * Newcombe's hybrid score interval for the difference of two independent proportions, without continuity correction
 * (R. G. Newcombe, Statistics in Medicine 17, 1998, 873–890, method 10). Unlike the plain normal approximation it holds for
 * small hold-outs and for rates near 0, which is where recall campaigns live. Undefined when an arm is empty.
 */
export function upliftOf(sent: Arm, holdout: Arm): Uplift | undefined {
  if (sent.people === 0 || holdout.people === 0) return undefined;
  const a = wilson(sent);
  const b = wilson(holdout);
  const difference = a.rate - b.rate;
  const low = difference - Math.hypot(a.rate - a.low, b.high - b.rate);
  const high = difference + Math.hypot(a.high - a.rate, b.rate - b.low);
  return { difference, interval: [Math.max(-1, low), Math.min(1, high)] };
}

// Wilson's score interval of one proportion.
function wilson({ people, returned }: Arm): { rate: number; low: number; high: number } {
  const rate = returned / people;
  const z2 = Z95 * Z95;
  const centre = 2 * returned + z2;
  const spread = Z95 * Math.sqrt(z2 + 4 * returned * (1 - rate));
  const scale = 2 * (people + z2);
  return { rate, low: Math.max(0, (centre - spread) / scale), high: Math.min(1, (centre + spread) / scale) };
}
