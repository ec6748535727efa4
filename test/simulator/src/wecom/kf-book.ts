import { randomText } from '../ids.ts';
import type { World } from '../world.ts';
import type { Corp, WecomLine } from './corp.ts';
import type { KfAccount, KfRow, KfVisitor } from './kf-state.ts';
import { pushToCorp } from './pushes.ts';

export const KF_WINDOW_MS = 48 * 3600_000;
const WELCOME_MS = 20_000;
const TOKEN_MS = 600_000;
const LINES_KEPT = 300;

/** A place: one person in one account of one corp. */
export interface KfPlace {
  corp: Corp;
  account: KfAccount;
  visitor: KfVisitor;
}

export function makeKfAccount(corp: Corp, name: string, openKfid = corp.id('wk')): KfAccount {
  const account: KfAccount = { openKfid, name, deleted: false, servicers: [], log: [], visitors: new Map(), sentIds: [] };
  corp.data.kf.set(openKfid, account);
  return account;
}

/** The person inside an account; made at the first visit. */
export function kfPlace(corp: Corp, account: KfAccount, person: string): KfPlace {
  let visitor = account.visitors.get(person);
  if (!visitor) {
    visitor = { person, sessionState: 0, servicer: '', lastWroteAt: 0, lastEnteredAt: 0, sentSinceWrote: 0, welcomedAt: 0, refuses: false, context: { scene: '', scene_param: '' }, lines: [] };
    account.visitors.set(person, visitor);
    corp.know(person);
  }
  return { corp, account, visitor };
}

/** Adds a row and tells the apps that there is something to read; the push itself says nothing more. */
export function addKfRow(world: World, { corp, account, visitor }: KfPlace, row: Pick<KfRow, 'origin' | 'msgtype' | 'part'> & { servicer?: string }): string {
  const msgid = randomText(32).replaceAll('_', 'a');
  const now = world.clock.now();
  account.log.push({ at: now, person: visitor.person, msgid, ...row });
  const token = randomText(64);
  corp.kfTokens.set(token, now + TOKEN_MS);
  void pushToCorp(world, corp, { kind: 'kf', event: 'kf_msg_or_event', fields: () => ({ Token: token, OpenKfId: account.openKfid }) });
  return msgid;
}

export function addKfEvent(world: World, place: KfPlace, event_type: string, fields: Record<string, unknown>): void {
  addKfRow(world, place, { origin: 4, msgtype: 'event', part: { event_type, ...fields } });
}

/** A person enters by a link. Answers the welcome code, if one was given. */
export function enterKf(world: World, place: KfPlace, scene: string, sceneParam: string): string {
  const { corp, account, visitor } = place;
  const now = world.clock.now();
  const silent = now - visitor.lastWroteAt > KF_WINDOW_MS && now - visitor.welcomedAt > KF_WINDOW_MS;
  const code = silent ? issueKfCode(corp, { openKfid: account.openKfid, person: visitor.person, endsAt: now + WELCOME_MS, state: null, menus: true }) : '';
  visitor.lastEnteredAt = now;
  visitor.context = { scene, scene_param: sceneParam };
  addKfEvent(world, place, 'enter_session', { scene, scene_param: sceneParam, ...(code === '' ? {} : { welcome_code: code }) });
  return code;
}

/** A person writes: the window opens afresh, and an ended session begins anew. */
export function writeKf(world: World, place: KfPlace, message: { msgtype: string; part: Record<string, unknown>; shown: string }): string {
  const { visitor } = place;
  const now = world.clock.now();
  endIfOver(visitor, now);
  visitor.lastWroteAt = now;
  visitor.sentSinceWrote = 0;
  if (visitor.sessionState === 4) visitor.sessionState = 0;
  sayKf(visitor, { at: now, from: 'me', kind: 'text', text: message.shown });
  return addKfRow(world, place, { origin: 3, msgtype: message.msgtype, part: message.part });
}

/** A session ends by itself 48 hours after the person last wrote. */
export function endIfOver(visitor: KfVisitor, now: number): void {
  if (visitor.lastWroteAt > 0 && visitor.sessionState !== 4 && now - visitor.lastWroteAt > KF_WINDOW_MS) visitor.sessionState = 4;
}

export function issueKfCode(corp: Corp, entry: Parameters<Corp['kfCodes']['set']>[1]): string {
  const code = randomText(40);
  corp.kfCodes.set(code, entry);
  return code;
}

export function sayKf(visitor: KfVisitor, line: WecomLine): void {
  visitor.lines.push(line);
  if (visitor.lines.length > LINES_KEPT) visitor.lines.splice(0, visitor.lines.length - LINES_KEPT);
}
