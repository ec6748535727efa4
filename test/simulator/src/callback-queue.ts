import { Agent, request } from 'undici';
import type { FaultBook } from './fault-book.ts';
import type { MiniProgram } from './mini-program.ts';
import { nameOfPush, signedRequest, type PushEvent, type SignedRequest } from './push-event.ts';

const ATTEMPTS = 3;
const LOG_KEPT = 200;

export interface QueueOptions {
  timeoutMs: number;
  retryMs: number;
  concurrency: number;
}

/** How one push ended, for the log and for whoever waits. */
export interface Delivery {
  appid: string;
  name: string;
  openid: string;
  createTime: number;
  state: 'acked' | 'failed' | 'dropped' | 'skipped';
  attempts: number;
  /** HTTP status of the last attempt, or the network error. */
  last: string;
}

/** Whoever receives pushes: its address, and where they are counted. */
export interface PushTarget {
  appid: string;
  settings: { callbackUrl: string };
  stats: { callbacks: { sent: number; acked: number; failed: number; dropped: number; attempts: number } };
}

/** One push, ready to be written anew for each attempt. */
export interface OutgoingPush {
  /** Event or MsgType: what a fault or a log knows it by. */
  name: string;
  openid: string;
  createTime: number;
  write: () => SignedRequest;
  /** WeCom repeats a push only when no answer came; WeChat also when the answer is not an acknowledgement. */
  repeatOn?: 'silence';
}

interface Job {
  app: PushTarget;
  push: OutgoingPush;
  attempts: number;
  /** Deliveries still wanted after this one; 1 when a fault doubles the push. */
  again: number;
  last: string;
  done: (delivery: Delivery) => void;
}

/** Delivers pushes to merchants: at most `concurrency` at once, five seconds each, three attempts. */
export class CallbackQueue {
  readonly log: Delivery[] = [];
  private waiting: Job[] = [];
  private head = 0;
  private running = 0;
  private open = 0;
  private closed = false;
  private idleWaiters: (() => void)[] = [];
  private readonly timers = new Set<NodeJS.Timeout>();
  private readonly agent: Agent;
  private readonly faults: FaultBook;
  private readonly options: QueueOptions;

  constructor(faults: FaultBook, options: QueueOptions) {
    this.faults = faults;
    this.options = options;
    this.agent = new Agent({ connections: options.concurrency, keepAliveTimeout: 10_000 });
  }

  /** Number of pushes that are not settled. */
  get pending(): number {
    return this.open;
  }

  /** Queues a push. The promise settles when it was acknowledged, given up or lost. */
  push(app: MiniProgram, push: PushEvent): Promise<Delivery> {
    const { openid, createTime } = push;
    const settings = app.pushSettings;
    const write = (): SignedRequest => signedRequest(settings, push);
    return this.deliver({ appid: app.appid, settings, stats: app.stats }, { name: nameOfPush(push), openid, createTime, write });
  }

  /** The same for any receiver and any form of push. */
  deliver(app: PushTarget, push: OutgoingPush): Promise<Delivery> {
    return new Promise((done) => {
      const job: Job = { app, push, attempts: 0, again: 0, last: '', done };
      this.open += 1;
      if (app.settings.callbackUrl === '') return this.settle(job, 'skipped');
      const fault = this.faults.forCallback(push.name, app.appid);
      if (fault?.kind === 'drop_callback') return this.settle(job, 'dropped');
      if (fault?.kind === 'double_callback') job.again = 1;
      app.stats.callbacks.sent += 1;
      if (fault?.kind === 'late_callback') this.later(job, fault.delayMs);
      else this.enqueue(job);
    });
  }

  /** Waits until nothing is pending. False when that did not happen in time. */
  async idle(timeoutMs: number): Promise<boolean> {
    if (this.open === 0) return true;
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), timeoutMs);
      this.idleWaiters.push(() => {
        clearTimeout(timer);
        resolve(true);
      });
    });
  }

  async close(): Promise<void> {
    this.closed = true;
    for (const timer of this.timers) clearTimeout(timer);
    this.waiting = [];
    this.head = 0;
    await this.agent.destroy();
  }

  private enqueue(job: Job): void {
    this.waiting.push(job);
    this.pump();
  }

  private later(job: Job, delayMs: number): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      this.enqueue(job);
    }, delayMs);
    this.timers.add(timer);
  }

  private pump(): void {
    while (!this.closed && this.running < this.options.concurrency && this.head < this.waiting.length) {
      const job = this.waiting[this.head];
      this.head += 1;
      if (job) void this.run(job);
    }
    // The spent part is cut off in large steps: cutting at every push would cost more than the push.
    if (this.head > 4096 || this.head === this.waiting.length) {
      this.waiting = this.waiting.slice(this.head);
      this.head = 0;
    }
  }

  private async run(job: Job): Promise<void> {
    this.running += 1;
    job.attempts += 1;
    job.app.stats.callbacks.attempts += 1;
    const outcome = await this.attempt(job);
    const acked = outcome === 'acked';
    this.running -= 1;
    if (this.closed) return;
    if (acked && job.again > 0) {
      job.again -= 1;
      this.enqueue(job);
    } else if (acked) this.settle(job, 'acked');
    else if (job.attempts < ATTEMPTS && (outcome === 'silence' || job.push.repeatOn !== 'silence')) this.later(job, this.options.retryMs);
    else this.settle(job, 'failed');
    this.pump();
  }

  private async attempt(job: Job): Promise<'acked' | 'refused' | 'silence'> {
    try {
      const { url, body, contentType } = job.push.write();
      const response = await request(url, {
        method: 'POST',
        body,
        headers: { 'content-type': contentType, 'user-agent': 'Mozilla/4.0' },
        dispatcher: this.agent,
        signal: AbortSignal.timeout(this.options.timeoutMs),
      });
      const text = await response.body.text();
      job.last = String(response.statusCode);
      return response.statusCode === 200 && isAcknowledgement(text) ? 'acked' : 'refused';
    } catch (error) {
      job.last = error instanceof Error ? error.message : String(error);
      return 'silence';
    }
  }

  private settle(job: Job, state: Delivery['state']): void {
    const { app, push } = job;
    if (state === 'acked' || state === 'failed' || state === 'dropped') app.stats.callbacks[state] += 1;
    const delivery: Delivery = {
      appid: app.appid,
      name: push.name,
      openid: push.openid,
      createTime: push.createTime,
      state,
      attempts: job.attempts,
      last: job.last,
    };
    this.log.push(delivery);
    if (this.log.length > LOG_KEPT) this.log.shift();
    job.done(delivery);
    this.open -= 1;
    if (this.open === 0) for (const wake of this.idleWaiters.splice(0)) wake();
  }
}

/** `success`, an empty body, or a passive reply; anything else counts as a failed attempt. */
function isAcknowledgement(text: string): boolean {
  const body = text.trim();
  return body === '' || body === 'success' || body.includes('transfer_customer_service') || /["<]Encrypt[">]/.test(body);
}
