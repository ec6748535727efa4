// The planning job: one chunk of one campaign.
import { z } from 'zod';
import { defineJob } from '../../core/jobs/define.js';

export const planChunk = defineJob({
  name: 'campaigns.plan_chunk',
  queue: 'plan',
  schema: z.object({ campaignId: z.string(), number: z.int() }),
  attempts: 10,
});
