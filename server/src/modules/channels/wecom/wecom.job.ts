// The jobs of WeCom accounts.
import { z } from 'zod';
import { defineJob } from '../../../core/jobs/define.js';

/** Reads one page of one employee's contacts and puts the next in line. */
export const readContacts = defineJob({ name: 'channels.read_contacts', queue: 'inbound', schema: z.object({ syncId: z.uuid() }), attempts: 8 });

/** Asks the platform about contacts who were added or edited: the callback names only their id. */
export const learnContacts = defineJob({
  name: 'channels.learn_contacts', queue: 'inbound', schema: z.object({ channelId: z.uuid(), externalIds: z.array(z.string()).min(1) }), attempts: 8,
});

/** Puts on the tags of the live code that brought a contact. */
export const tagNewcomer = defineJob({
  name: 'channels.tag_newcomer', queue: 'inbound', schema: z.object({ channelId: z.uuid(), externalId: z.string(), employee: z.string(), state: z.string() }), attempts: 8,
});

/** Reads the customer groups anew, or only one of them. */
export const readGroups = defineJob({ name: 'channels.read_groups', queue: 'inbound', schema: z.object({ channelId: z.uuid(), chatId: z.string().optional() }), attempts: 8 });
