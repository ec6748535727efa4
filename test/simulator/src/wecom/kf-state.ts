import type { WecomLine } from './wecom-line.ts';

/** A row of `sync_msg` before the ids of an app are written in. */
export interface KfRow {
  at: number;
  person: string;
  msgid: string;
  /** 3 the person, 4 the platform, 5 an employee in his client. */
  origin: 3 | 4 | 5;
  msgtype: string;
  /** The object named after the type; for an event without the ids. */
  part: Record<string, unknown>;
  servicer?: string;
}

/** One person in one kf account. */
export interface KfVisitor {
  person: string;
  /** 0 untreated, 1 assistant, 2 pool, 3 human, 4 ended. */
  sessionState: 0 | 1 | 2 | 3 | 4;
  servicer: string;
  /** When the person last wrote or entered; milliseconds. */
  lastWroteAt: number;
  lastEnteredAt: number;
  sentSinceWrote: number;
  welcomedAt: number;
  /** The person refuses messages: sends are accepted and fail afterwards. */
  refuses: boolean;
  context: { scene: string; scene_param: string };
  lines: WecomLine[];
}

export interface KfAccount {
  openKfid: string;
  name: string;
  deleted: boolean;
  servicers: string[];
  /** Rows in order; a cursor is a position in it. */
  log: KfRow[];
  visitors: Map<string, KfVisitor>;
  /** Message ids the merchant chose: none is taken twice. */
  sentIds: string[];
}
