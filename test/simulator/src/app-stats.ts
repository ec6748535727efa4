import type { MessageKind, Received } from './member.ts';

/** What happened to one mini program. All numbers are exact. */
export class AppStats {
  calls: Record<string, number> = {};
  /** Calls by the errcode they were answered with, `path errcode`. */
  refusals: Record<string, number> = {};
  callbacks = { sent: 0, acked: 0, failed: 0, dropped: 0, attempts: 0 };
  received: Received = { subscribe: 0, custom: 0 };
  /** Messages whose person, template, page and content were seen before. */
  repeats = 0;
  private readonly seen = new Set<number>();

  call(path: string): void {
    this.calls[path] = (this.calls[path] ?? 0) + 1;
  }

  refusal(path: string, errcode: number): void {
    const key = `${path} ${errcode}`;
    this.refusals[key] = (this.refusals[key] ?? 0) + 1;
  }

  message(kind: MessageKind, content: string): void {
    this.received[kind] = (this.received[kind] ?? 0) + 1;
    const mark = fingerprint(content);
    if (this.seen.has(mark)) this.repeats += 1;
    else this.seen.add(mark);
  }
}

/** 53-bit hash: small enough to keep one per message at a hundred thousand messages. */
function fingerprint(text: string): number {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    high = Math.imul(high ^ unit, 2654435761);
    low = Math.imul(low ^ unit, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return 4294967296 * (2097151 & low) + (high >>> 0);
}
