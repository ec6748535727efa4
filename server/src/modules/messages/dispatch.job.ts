// The job that sends what is due on one channel.
import { z } from 'zod';
import { defineJob } from '../../core/jobs/define.js';

export const dispatchDue = defineJob({
  name: 'messages.dispatch',
  queue: 'send',
  schema: z.object({ channelId: z.uuid() }),
  attempts: 5,
});
