// The job that reads again what a merchant granted.
import { z } from 'zod';
import { defineJob } from '../../../core/jobs/define.js';

export const refreshGrant = defineJob({
  name: 'channels.refresh_grant',
  queue: 'inbound',
  schema: z.object({ channelId: z.uuid() }),
});
