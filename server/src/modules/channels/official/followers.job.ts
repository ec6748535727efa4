// The jobs that learn who follows an account.
import { z } from 'zod';
import { defineJob } from '../../../core/jobs/define.js';

/** Reads one page of the list and puts the next in line. */
export const readFollowers = defineJob({
  name: 'channels.read_followers',
  queue: 'inbound',
  schema: z.object({ syncId: z.uuid() }),
  attempts: 8,
});

/** Asks the platform about people who just followed: the callback names only the openid. */
export const learnFollowers = defineJob({
  name: 'channels.learn_followers',
  queue: 'inbound',
  schema: z.object({ channelId: z.uuid(), openids: z.array(z.string()).min(1) }),
  attempts: 8,
});
