// The job that opens stored callbacks.
import { z } from 'zod';
import { defineJob } from '../../../core/jobs/define.js';

export const receiveInbound = defineJob({
  name: 'channels.receive',
  queue: 'inbound',
  schema: z.object({ inboundIds: z.array(z.uuid()).min(1) }),
  attempts: 12,
});
