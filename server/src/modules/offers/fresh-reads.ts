// One read for everybody who waits, and never an answer from before they asked.

/** Shares reads between callers: those who come while a read runs share the one after it, because the running one may be too old for them. */
export class FreshReads<V> {
  private readonly running = new Map<string, Promise<V>>();
  private readonly next = new Map<string, Promise<V>>();

  constructor(private readonly read: (key: string) => Promise<V>) {}

  /** What a read finds that began after this call. */
  look(key: string): Promise<V> {
    const running = this.running.get(key);
    if (!running) return this.start(key);
    const known = this.next.get(key);
    if (known) return known;
    const startNext = (): Promise<V> => {
      this.next.delete(key);
      return this.start(key);
    };
    const waiting = running.then(startNext, startNext);
    this.next.set(key, waiting);
    return waiting;
  }

  private start(key: string): Promise<V> {
    const reading = this.read(key).finally(() => {
      if (this.running.get(key) === reading) this.running.delete(key);
    });
    this.running.set(key, reading);
    return reading;
  }
}
