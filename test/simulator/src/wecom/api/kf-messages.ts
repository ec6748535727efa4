import type { FastifyInstance } from 'fastify';
import { randomText } from '../../ids.ts';
import type { World } from '../../world.ts';
import { ok, refuse } from '../codes.ts';
import type { CorpApp, KfCode } from '../corp.ts';
import { externalIdOf } from '../external-id.ts';
import { addKfEvent, endIfOver, issueKfCode, kfPlace, KF_WINDOW_MS, sayKf, type KfPlace } from '../kf-book.ts';
import type { KfAccount, KfRow } from '../kf-state.ts';
import { addCall, type WecomCall } from './call.ts';
import { accountOf } from './kf-accounts.ts';
import { readKfMessage } from './kf-content.ts';
import { numberOf, seconds, textOf } from './fields.ts';

const HISTORY_MS = 3 * 86_400_000;
const SENDS_MAX = 5;
const BARE_READS_PER_MINUTE = 10;
const ENDED_CODE_MS = 20_000;

/** Reading and writing messages, and who has the session. */
export function addKfMessageRoutes(server: FastifyInstance, world: World): void {
  addCall(server, world, 'kf/sync_msg', sync);
  addCall(server, world, 'kf/send_msg', send);
  addCall(server, world, 'kf/send_msg_on_event', sendOnEvent);
  addCall(server, world, 'kf/service_state/get', getState);
  addCall(server, world, 'kf/service_state/trans', changeState);
}

function sync(call: WecomCall): object {
  const { corp, app, body, now } = call;
  const account = accountOf(call);
  if (typeof account === 'number') return refuse(account);
  if ((corp.kfTokens.get(textOf(body, 'token')) ?? 0) < now) {
    corp.bareReads = corp.bareReads.filter((at) => at > now - 60_000);
    if (corp.bareReads.length >= BARE_READS_PER_MINUTE) return refuse(45009);
    corp.bareReads.push(now);
  }
  const start = startOf(account, textOf(body, 'cursor'), now);
  if (start === null) return refuse(50100);
  const end = Math.min(account.log.length, start + Math.min(numberOf(body, 'limit', 1000), 1000));
  const msg_list = account.log.slice(start, end).map((row) => rowView(corp.corpid, app, account, row));
  return ok({ next_cursor: Buffer.from(`k${end}`).toString('base64url'), has_more: end < account.log.length ? 1 : 0, msg_list });
}

/** A position in the log; without a cursor reading begins three days ago. */
function startOf(account: KfAccount, cursor: string, now: number): number | null {
  if (cursor === '') {
    const index = account.log.findIndex((row) => row.at >= now - HISTORY_MS);
    return index < 0 ? account.log.length : index;
  }
  const position = Number(/^k(\d+)$/.exec(Buffer.from(cursor, 'base64url').toString())?.[1] ?? NaN);
  return position <= account.log.length ? position : null;
}

function rowView(corpid: string, app: CorpApp, account: KfAccount, row: KfRow): object {
  const ids = { open_kfid: account.openKfid, external_userid: externalIdOf(corpid, app, row.person) };
  const head = { msgid: row.msgid, send_time: seconds(row.at), origin: row.origin, msgtype: row.msgtype };
  // Events carry the ids inside.
  if (row.msgtype === 'event') return { ...head, event: { ...ids, ...row.part } };
  return { ...head, ...ids, ...(row.servicer === undefined ? {} : { servicer_userid: row.servicer }), [row.msgtype]: row.part };
}

/** The visitor a call names, or the errcode. */
function placeOf(call: WecomCall, id: string): KfPlace | number {
  const account = accountOf(call);
  if (typeof account === 'number') return account;
  const person = call.corp.people.get(id);
  if (person === undefined || !account.visitors.has(person)) return 40096;
  const place = kfPlace(call.corp, account, person);
  endIfOver(place.visitor, call.now);
  return place;
}

function send(call: WecomCall): object {
  const { body, now } = call;
  const place = placeOf(call, textOf(body, 'touser'));
  if (typeof place === 'number') return refuse(place);
  const { visitor } = place;
  if (now - visitor.lastWroteAt > KF_WINDOW_MS) return refuse(95002);
  if (visitor.sessionState === 4) return refuse(95013);
  if (visitor.sessionState > 1) return refuse(95018);
  const message = readKfMessage(call.corp, body, now);
  if (typeof message === 'number') return refuse(message);
  const msgid = takeMessageId(place.account, textOf(body, 'msgid'));
  if (typeof msgid === 'number') return refuse(msgid, 'msgid');
  if (visitor.sentSinceWrote >= SENDS_MAX) return refuse(95001);
  visitor.sentSinceWrote += 1;
  deliver(call, place, { msgid, ...message });
  return ok({ msgid });
}

/** The merchant's own id is taken once per account; without one the platform makes it. */
function takeMessageId(account: KfAccount, wanted: string): string | number {
  if (wanted !== '' && (!/^[\w-]{1,32}$/.test(wanted) || account.sentIds.includes(wanted))) return 40058;
  const id = wanted || randomText(32);
  account.sentIds.push(id);
  return id;
}

function deliver({ world, corp, now }: WecomCall, place: KfPlace, message: { msgid: string; text: string; url?: string; title: string }): void {
  if (place.visitor.refuses) return addKfEvent(world, place, 'msg_send_fail', { fail_msgid: message.msgid, fail_type: 10 });
  corp.data.received.kf += 1;
  const attachments = message.url === undefined ? {} : { attachments: [{ msgtype: 'link', title: message.title, url: message.url }] };
  return sayKf(place.visitor, { at: now, from: 'servicer', kind: 'text', text: message.text, ...attachments });
}

function sendOnEvent(call: WecomCall): object {
  const { corp, body, now } = call;
  const code = textOf(body, 'code');
  const entry = corp.kfCodes.get(code);
  if (!entry || entry.endsAt < now) return refuse(95007);
  const account = corp.data.kf.get(entry.openKfid);
  if (!account || account.deleted) return refuse(95004);
  const place = kfPlace(corp, account, entry.person);
  if (entry.state !== null && place.visitor.sessionState !== entry.state) return refuse(95018);
  const message = readOnEvent(call, entry);
  if (typeof message === 'number') return refuse(message);
  const msgid = takeMessageId(account, textOf(body, 'msgid'));
  if (typeof msgid === 'number') return refuse(msgid, 'msgid');
  corp.kfCodes.delete(code);
  if (entry.state === null) place.visitor.welcomedAt = now;
  deliver(call, place, { msgid, ...message });
  return ok({ msgid });
}

function readOnEvent({ corp, body, now }: WecomCall, entry: KfCode): ReturnType<typeof readKfMessage> {
  const msgtype = textOf(body, 'msgtype');
  if (msgtype !== 'text' && !(msgtype === 'msgmenu' && entry.menus)) return 40008;
  return readKfMessage(corp, body, now, 10);
}

function getState(call: WecomCall): object {
  const place = placeOf(call, textOf(call.body, 'external_userid'));
  if (typeof place === 'number') return refuse(place);
  return ok({ service_state: place.visitor.sessionState, ...(place.visitor.servicer === '' ? {} : { servicer_userid: place.visitor.servicer }) });
}

function changeState(call: WecomCall): object {
  const { corp, body, now } = call;
  const place = placeOf(call, textOf(body, 'external_userid'));
  if (typeof place === 'number') return refuse(place);
  const { account, visitor } = place;
  const before = visitor.sessionState;
  const wanted = numberOf(body, 'service_state', -1);
  if (before === 4 || (wanted !== 1 && wanted !== 2 && wanted !== 3 && wanted !== 4)) return refuse(95016);
  const servicer = textOf(body, 'servicer_userid');
  if (wanted === 3 && !account.servicers.includes(servicer)) return refuse(95014);
  visitor.sessionState = wanted;
  visitor.servicer = wanted === 3 ? servicer : '';
  const base = { openKfid: account.openKfid, person: visitor.person, state: wanted };
  if (wanted === 4) return ok({ msg_code: issueKfCode(corp, { ...base, endsAt: now + ENDED_CODE_MS, menus: true }) });
  const isPool = wanted === 2 || (wanted === 3 && before === 2);
  return ok(isPool ? { msg_code: issueKfCode(corp, { ...base, endsAt: now + KF_WINDOW_MS, menus: false }) } : {});
}
