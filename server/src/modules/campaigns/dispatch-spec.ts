// A campaign in the words of the messages module: what decides who gets what.
import type { CampaignContent } from './campaign.js';

interface Routed {
  id: string;
  contents: CampaignContent[];
  holdoutPercent: number;
  capMessages: number | null;
  capDays: number | null;
  quietFrom: string | null;
  quietUntil: string | null;
  latestUsefulAt: Date | null;
  offerId: string | null;
}

/** The same object goes to forecast, preview and launch, so that the three cannot disagree. */
export function dispatchSpecOf(campaign: Routed) {
  const { capMessages, capDays, quietFrom, quietUntil } = campaign;
  return {
    dispatchId: campaign.id,
    purpose: 'recall' as const,
    contents: campaign.contents,
    holdoutPercent: campaign.holdoutPercent,
    cap: capMessages !== null && capDays !== null ? { messages: capMessages, days: capDays } : undefined,
    quiet: quietFrom !== null && quietUntil !== null ? { from: quietFrom, until: quietUntil } : undefined,
    latestUsefulAt: campaign.latestUsefulAt ?? undefined,
    offerId: campaign.offerId ?? undefined,
  };
}
