import type { WecomLine } from './corp.ts';

/** A row of `sync_msg`, as it is answered. */
export interface KfMessage {
  msgid: string;
  open_kfid: string;
  external_userid: string;
  send_time: number;
  origin: 3 | 4 | 5;
  msgtype: string;
  [part: string]: unknown;
}

/** One person in one kf account. */
export interface KfVisitor {
  person: string;
  /** 0 untreated, 1 assistant, 2 pool, 3 human, 4 ended. */
  sessionState: 0 | 1 | 2 | 3 | 4;
  servicer: string;
  /** When the person last wrote or entered; milliseconds. */
  lastWroteAt: number;
  lastSeenAt: number;
  sentSinceWrote: number;
  welcomedAt: number;
  enterContext: { scene: string; scene_param: string };
  lines: WecomLine[];
}

export interface KfAccount {
  openKfid: string;
  name: string;
  deleted: boolean;
  servicers: string[];
  /** Rows in order; a cursor is a position in it. `external_userid` holds the person, and is written per caller. */
  log: { at: number; person: string; row: KfMessage }[];
  visitors: Map<string, KfVisitor>;
  /** Message ids the merchant chose: none is taken twice. */
  sentIds: string[];
}
