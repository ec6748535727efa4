import { randomText } from './ids.ts';

export const callFaults = ['slow', 'http500', 'busy', 'quota', 'errcode', 'token_invalid', 'hang_after'] as const;
export const callbackFaults = ['drop_callback', 'double_callback', 'late_callback'] as const;
export type FaultKind = (typeof callFaults)[number] | (typeof callbackFaults)[number] | 'mixed';

/** A failure the platform was told to show. */
export interface Fault {
  id: string;
  /** A platform path, or for callbacks an Event or MsgType; `*` matches all. */
  path: string;
  appid?: string;
  kind: FaultKind;
  errcode?: number;
  /** How many more times it strikes; null for always. */
  times: number | null;
  probability: number;
  delayMs: number;
  hits: number;
}

const defaultDelayMs: Partial<Record<FaultKind, number>> = { slow: 3000, late_callback: 10_000 };

type Draw = Partial<Fault> & { kind: FaultKind };

/** What a mixed fault draws from: every documented way a call or a push goes wrong. */
const mixedCalls: Draw[] = [
  { kind: 'slow', delayMs: 1500 },
  { kind: 'http500' },
  { kind: 'busy' },
  { kind: 'quota' },
  { kind: 'errcode', errcode: 45011 },
  { kind: 'token_invalid' },
  { kind: 'hang_after', delayMs: 1500 },
];
const mixedPushes: Draw[] = [{ kind: 'drop_callback' }, { kind: 'late_callback', delayMs: 3000 }, { kind: 'double_callback' }];

/** One concrete failure in place of a mixed one; the mixed fault's own delay wins. */
function drawn(fault: Fault, choices: Draw[]): Fault {
  const choice = choices[Math.floor(Math.random() * choices.length)] ?? { kind: 'busy' };
  return { ...fault, ...choice, delayMs: fault.delayMs || (choice.delayMs ?? 0) };
}

/** The failures in force, in the order they were set. */
export class FaultBook {
  private faults: Fault[] = [];

  /** Adds a fault, or replaces the one with the same id. */
  set(input: Partial<Fault> & { kind: FaultKind }): Fault {
    const fault: Fault = {
      id: input.id ?? randomText(8),
      path: input.path ?? '*',
      kind: input.kind,
      times: input.times ?? null,
      probability: input.probability ?? 1,
      delayMs: input.delayMs ?? defaultDelayMs[input.kind] ?? 0,
      hits: 0,
      ...(input.appid === undefined ? {} : { appid: input.appid }),
      ...(input.errcode === undefined ? {} : { errcode: input.errcode }),
    };
    this.faults = [...this.faults.filter((one) => one.id !== fault.id), fault];
    return fault;
  }

  list(): Fault[] {
    return this.faults;
  }

  /** Ends one fault, or all of them. */
  clear(id?: string): void {
    this.faults = id === undefined ? [] : this.faults.filter((fault) => fault.id !== id);
  }

  forCall(path: string, appid: string | undefined): Fault | null {
    return this.faults.length === 0 ? null : this.take(callFaults, path, appid);
  }

  forCallback(name: string, appid: string): Fault | null {
    return this.faults.length === 0 ? null : this.take(callbackFaults, name, appid);
  }

  private take(kinds: typeof callFaults | typeof callbackFaults, path: string, appid: string | undefined): Fault | null {
    for (const fault of this.faults) {
      if ((fault.kind !== 'mixed' && !(kinds as readonly FaultKind[]).includes(fault.kind)) || (fault.path !== '*' && fault.path !== path)) continue;
      if (fault.appid !== undefined && fault.appid !== appid) continue;
      if (fault.times !== null && fault.hits >= fault.times) continue;
      if (fault.probability < 1 && Math.random() >= fault.probability) continue;
      fault.hits += 1;
      return fault.kind === 'mixed' ? drawn(fault, kinds === callFaults ? mixedCalls : mixedPushes) : fault;
    }
    return null;
  }
}
