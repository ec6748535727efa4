import type { FastifyInstance } from 'fastify';
import type { World } from '../../world.ts';
import { ok, refuse } from '../codes.ts';
import { addCall, type WecomCall } from './call.ts';
import { readContent } from './content.ts';
import { textOf } from './fields.ts';

/** The welcome to a new contact: one use of a code that lives 20 seconds. */
export function addWelcomeRoutes(server: FastifyInstance, world: World): void {
  addCall(server, world, 'externalcontact/send_welcome_msg', sendWelcome);
}

function sendWelcome({ corp, body, now }: WecomCall): object {
  const code = textOf(body, 'welcome_code');
  if (code === '') return refuse(41049);
  const known = corp.welcomeCodes.get(code);
  if (!known) return refuse(41050);
  const contact = corp.contact(known.userid, known.person);
  if (known.used || contact?.welcomed || contact?.talked) return refuse(41051);
  if (!contact || now > known.endsAt) return refuse(41050);
  const content = readContent(corp, body, now);
  if (typeof content === 'number') return refuse(content);
  known.used = true;
  contact.welcomed = true;
  corp.data.received.welcome += 1;
  corp.say(contact.userid, contact.person, { at: now, from: 'employee', kind: 'welcome', text: content.text, attachments: content.attachments });
  return ok();
}
