// What a queue driver does for us. The contract suite (drivers.contract.spec) holds both to the same behaviour.

export interface QueueDriver {
  /** Begins taking jobs. */
  start(): Promise<void>;
  /** Stops taking jobs and waits for those that run. */
  stop(): Promise<void>;
}
