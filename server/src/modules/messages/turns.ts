// Whose turn it is: dispatches take turns on a channel, wave by wave, until what the account allows is used up.

export interface Turn<D> {
  dispatch: D;
  count: number;
}

export class Turns<D> {
  /** Messages taken, and those of them for which the platform was called. */
  claimed = 0;
  sent = 0;
  private left: number;
  private readonly waiting: D[];

  constructor(
    dispatches: readonly D[],
    budget: number,
    private readonly wave: number,
  ) {
    this.waiting = [...dispatches];
    this.left = budget;
  }

  /** The next dispatch and how many it may take; undefined when nothing is left to give or nobody asks. */
  next(): Turn<D> | undefined {
    const dispatch = this.left > 0 ? this.waiting.shift() : undefined;
    if (dispatch === undefined) return undefined;
    this.waiting.push(dispatch);
    const count = Math.min(this.wave, this.left);
    this.left -= count;
    return { dispatch, count };
  }

  /** A turn found this many due; fewer than it asked for means there are no more. */
  took({ dispatch, count }: Turn<D>, claimed: number): void {
    this.claimed += claimed;
    this.left += count - claimed;
    if (claimed < count) this.drop(dispatch);
  }

  /** What came of a wave; what did not reach the platform costs the account nothing. */
  ended(dispatch: D, { claimed, sent, isOver }: { claimed: number; sent: number; isOver: boolean }): void {
    this.sent += sent;
    this.left += claimed - sent;
    if (isOver) this.drop(dispatch);
  }

  private drop(dispatch: D): void {
    const at = this.waiting.indexOf(dispatch);
    if (at >= 0) this.waiting.splice(at, 1);
  }
}
