// The job that reads what was said in one customer-service account.
import { z } from 'zod';
import { defineJob } from '../../../core/jobs/define.js';

export const readKf = defineJob({ name: 'channels.read_kf', queue: 'inbound', schema: z.object({ channelId: z.uuid(), accountId: z.string().min(1) }), attempts: 5 });
