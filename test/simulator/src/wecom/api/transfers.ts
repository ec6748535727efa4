import type { FastifyInstance } from 'fastify';
import type { World } from '../../world.ts';
import { ok, refuse } from '../codes.ts';
import { isRelated } from '../corp.ts';
import { externalIdOf } from '../external-id.ts';
import { addCall, type WecomCall } from './call.ts';
import { memberError } from './contacts.ts';
import { pageOf, seconds, textOf, textsOf } from './fields.ts';

const NINETY_DAYS_MS = 90 * 86_400_000;

/** On-job transfers: begun here, ended by the control side (or by waiting in real life). */
export function addTransferRoutes(server: FastifyInstance, world: World): void {
  addCall(server, world, 'externalcontact/transfer_customer', transfer);
  addCall(server, world, 'externalcontact/transfer_result', results);
}

function transfer(call: WecomCall): object {
  const { corp, app, body } = call;
  const from = textOf(body, 'handover_userid');
  const to = textOf(body, 'takeover_userid');
  const ids = textsOf(body, 'external_userid');
  if (from === to) return refuse(40130);
  if (ids.length === 0 || ids.length > 100) return refuse(40032);
  const wrong = memberError(corp, app, from) || memberError(corp, app, to);
  if (wrong !== 0) return refuse(wrong);
  return ok({ customer: ids.map((external_userid) => ({ external_userid, errcode: begin(call, { from, to, id: external_userid }) })) });
}

function begin({ corp, now }: WecomCall, { from, to, id }: { from: string; to: string; id: string }): number {
  const person = corp.people.get(id);
  if (person === undefined) return 40096;
  const contact = corp.contact(from, person);
  if (!isRelated(contact)) return 40131;
  contact.transfers = contact.transfers.filter((at) => now - at < NINETY_DAYS_MS);
  if (contact.transfers.length >= 2) return 40128;
  if (corp.data.transfers.some((one) => one.person === person && one.from === from && one.status === 2)) return 40129;
  contact.transfers.push(now);
  corp.data.transfers.push({ from, to, person, at: now, status: 2 });
  return 0;
}

function results({ corp, app, body }: WecomCall): object {
  const found = corp.data.transfers.filter((one) => one.from === textOf(body, 'handover_userid') && one.to === textOf(body, 'takeover_userid'));
  const page = pageOf(found, textOf(body, 'cursor'), 1000);
  if (!page) return refuse(50100);
  const customer = page.rows.map((one) => ({ external_userid: externalIdOf(corp.corpid, app, one.person), status: one.status, takeover_time: one.status === 1 ? seconds(one.at) : 0 }));
  return ok({ customer, next_cursor: page.next_cursor });
}
