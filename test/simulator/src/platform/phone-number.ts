import type { FastifyInstance } from 'fastify';
import { ok, refuse } from '../error-code.ts';
import type { World } from '../world.ts';
import { addRoute, programKinds, type Call } from './call.ts';

/** The call behind the phone button: a code of one use becomes the number. */
export function addPhoneNumberRoutes(server: FastifyInstance, world: World): void {
  addRoute(server, world, { method: 'POST', path: '/wxa/business/getuserphonenumber', auth: 'token', kinds: programKinds, handle: phoneNumber });
  addRoute(server, world, { method: 'POST', path: '/wxa/business/checkencryptedmsg', auth: 'token', kinds: programKinds, handle: checkSealed });
}

function phoneNumber({ world, app, body, now }: Call): object {
  const member = world.phoneCodes.redeem(String(body['code'] ?? ''), app.appid, now);
  if (typeof member === 'number') return refuse(40029);
  return { ...ok, phone_info: phoneInfo(member.person.phone ?? '', app.appid) };
}

const SEALED_MS = 3 * 86_400_000;

/** Whether sealed data came from this platform within three days. The field is spelt like this. */
function checkSealed({ app, body, now }: Call): object {
  const at = app.sealed.get(String(body['encrypted_msg_hash'] ?? ''));
  const vaild = at !== undefined && now - at < SEALED_MS;
  return { ...ok, vaild, create_time: vaild ? Math.floor(at / 1000) : 0 };
}

/** A number with the watermark both ways of handing it out carry. */
export function phoneInfo(number: string, appid: string): object {
  const timestamp = Math.floor(Date.now() / 1000);
  return { phoneNumber: number, purePhoneNumber: number, countryCode: '86', watermark: { timestamp, appid } };
}
