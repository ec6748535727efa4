// Recalling people: a segment, a campaign of one subscription message, and what became of it.
import { Client, eventually } from './client.ts';
import type { Merchant } from './merchant.ts';

export interface Progress {
  audience: number;
  planned: number;
  leased: number;
  sending: number;
  awaiting: number;
  sent: number;
  unknown: number;
  refused: number;
  failed: number;
  skipped: number;
}
export interface CampaignNow {
  state: string;
  stateReason: string | null;
  progress: Progress;
}

/** Everybody. */
export const EVERYONE = { version: 1, root: { and: [] } };

export const aSegment = (merchant: Merchant, name: string, rule: object = EVERYONE) =>
  merchant.client.one<{ id: string }>('mutation ($name: String!, $rule: JSON!) { saveSegment(name: $name, rule: $rule) { id } }', { name, rule });

/** A draft that sends one notice of the template to the whole segment, at any hour. */
export function aCampaign(merchant: Merchant, segmentId: string, templateExternalId: string, more: Record<string, unknown> = {}) {
  return merchant.client.one<{ id: string }>('mutation ($input: CampaignInput!) { saveCampaign(input: $input) { __typename ... on Campaign { id } ... on Refusal { code details } } }', {
    input: {
      name: '召回', segmentId, holdoutPercent: 0, capMessages: 10, capDays: 7, quietFrom: null, quietUntil: null,
      contents: [{ kind: 'subscription', channelId: merchant.channelId, templateId: merchant.templates[templateExternalId], fields: { thing1: '新品尝鲜', time2: '2026-12-01 09:00' } }],
      ...more,
    },
  });
}

export const launch = (client: Client, id: string) =>
  client.one<{ __typename: string }>('mutation ($id: ID!) { launchCampaign(id: $id) { __typename ... on Refusal { code details } } }', { id });

export const campaignNow = (client: Client, id: string) =>
  client.one<CampaignNow>('query ($id: ID!) { campaign(id: $id) { state stateReason progress { audience planned leased sending awaiting sent unknown refused failed skipped } } }', { id });

export const completed = (client: Client, id: string, seconds = 90) =>
  eventually(() => campaignNow(client, id), (campaign) => campaign.state === 'completed', seconds);

export const ledgerBalance = (client: Client) => client.one<{ remaining: number; offBalance: number; drift: number }>('{ ledgerBalance { remaining offBalance drift } }');
