// The recall: who is asked back, the launch, what the phones got, and who came.
import { type Api, atOnce, settled } from './api.ts';
import { enter, type Person, redeem, type World } from './visits.ts';

export const HOLDOUT_PERCENT = 8;

export interface Sent {
  id: string;
  state: string;
  /** What it was sent by. */
  kind: 'one_time_subscription' | 'long_term_subscription' | 'service_window' | null;
  /** `chosen` names the rung that was used, or (held back) would have been. */
  considered: { verdict: string }[];
  customer: { id: string };
}

export interface Outcome {
  campaignId: string;
  segments: Record<'jd' | 'unredeemed' | 'permitted', { id: string; count: number }>;
  forecast: { audience: number; holdout: number; reachable: { index: number; count: number }[]; unreachable: { count: number }[]; permitsBefore: number; permitsAfter: number };
  messages: Sent[];
  /** People who came back after it, and who bought then. */
  returned: Set<string>;
  bought: Map<string, number>;
  tapped: Set<string>;
}

const RULES = {
  jd: { name: '来自京东', root: { type: 'source', in: ['jd_search'] } },
  unredeemed: { name: '领了券还没来', root: { type: 'has_coupon', state: 'claimed' } },
  permitted: { name: '有提醒次数', root: { type: 'has_permit', kind: 'one_time_subscription', atLeast: 1 } },
} as const;

/** Makes the segments and counts each as the console does. */
export async function makeSegments(api: Api): Promise<Outcome['segments']> {
  const made = {} as Outcome['segments'];
  for (const key of ['jd', 'unredeemed', 'permitted'] as const) {
    made[key] = await api.one('mutation ($name: String!, $rule: JSON!) { saveSegment(name: $name, rule: $rule) { id count } }', { name: RULES[key].name, rule: { version: 1, root: RULES[key].root } });
  }
  return made;
}

/** Forecasts and launches; answers when the last message is settled. */
export async function recall({ shop }: World, segments: Outcome['segments'], onSettled: (done: number, of: number) => void): Promise<Pick<Outcome, 'campaignId' | 'forecast' | 'messages'>> {
  const { id: campaignId } = await shop.api.accepted<{ id: string }>('mutation ($input: CampaignInput!) { saveCampaign(input: $input) { __typename ... on Campaign { id } ... on Refusal { code details } } }', {
    input: {
      name: '券快到期，喊他回来', goal: 'before_expiry', segmentId: segments.unredeemed.id, offerId: shop.offers.amount, holdoutPercent: HOLDOUT_PERCENT,
      quietFrom: null, quietUntil: null, // the story is told at any hour
      contents: [
        { kind: 'window', channelId: shop.channelId, text: '{{customer.name | default: "您"}}好，您的{{coupon.name}}还没用，今天新烤的可颂给您留着～' },
        { kind: 'subscription', channelId: shop.channelId, templateId: shop.templates.expiring, fields: { thing1: '{{coupon.name}}', time2: '{{coupon.expires_at}}', thing3: '新品上架，凭券更划算' } },
      ],
    },
  });
  const forecast = await shop.api.one<Outcome['forecast']>('query ($id: ID!) { forecast(campaignId: $id) { audience holdout reachable { index count } unreachable { count } permitsBefore permitsAfter } }', { id: campaignId });
  await shop.api.accepted('mutation ($id: ID!) { launchCampaign(id: $id) { __typename ... on Refusal { code details } } }', { id: campaignId });
  const ended = await settled(
    () => shop.api.one<{ state: string; stateReason: string | null; progress: Record<string, number> }>('query ($id: ID!) { campaign(id: $id) { state stateReason progress { audience sent skipped heldBack unknown refused failed cancelled } } }', { id: campaignId }),
    ({ state, progress: { audience, ...states } }) => {
      onSettled(Object.values(states).reduce((sum, count) => sum + count, 0), audience ?? 0);
      return ['completed', 'stopped', 'cancelled'].includes(state);
    },
    180,
  );
  if (ended.state !== 'completed') throw new Error(`The campaign did not complete: ${ended.state} ${ended.stateReason ?? ''} ${JSON.stringify(ended.progress)}`);
  return { campaignId, forecast, messages: await allMessages(shop.api, campaignId) };
}

async function allMessages(api: Api, dispatchId: string): Promise<Sent[]> {
  const all: Sent[] = [];
  for (let after: string | null = null; ; ) {
    const page: { items: Sent[]; pageInfo: { endCursor: string | null; hasNextPage: boolean } } = await api.one(
      'query ($id: ID!, $after: String) { messages(dispatchId: $id, first: 100, after: $after) { items { id state kind considered customer { id } } pageInfo { endCursor hasNextPage } } }',
      { id: dispatchId, after },
    );
    all.push(...page.items);
    if (!page.pageInfo.hasNextPage) return all;
    after = page.pageInfo.endCursor;
  }
}

/** What people do once they were written to, or (held back) were not. */
export async function aftermath(world: World, people: readonly Person[], messages: readonly Sent[], step: () => void): Promise<Pick<Outcome, 'returned' | 'bought' | 'tapped'>> {
  const told = new Map(messages.map((message) => [message.customer.id, message]));
  const outcome: Pick<Outcome, 'returned' | 'bought' | 'tapped'> = { returned: new Set(), bought: new Map(), tapped: new Set() };
  await atOnce(people, world.width, async (person) => {
    const message = person.customerId ? told.get(person.customerId) : undefined;
    if (message && person.customerId) await react(world, { person, message, customerId: person.customerId }, outcome);
    step();
  });
  return outcome;
}

async function react(world: World, { person, message, customerId }: { person: Person; message: Sent; customerId: string }, outcome: Pick<Outcome, 'returned' | 'bought' | 'tapped'>): Promise<void> {
  const { heedsReminder, returnsAnyway, buysThen, laterOrderFen } = person.part;
  if (message.state === 'sent' && heedsReminder) {
    if (await tap(world, person)) outcome.tapped.add(customerId);
    else await enter(world, person, 'shop_qr'); // a chat line has nothing to tap: they read it and walk in
  } else if (returnsAnyway) await enter(world, person, 'shop_qr');
  else return;
  outcome.returned.add(customerId);
  if (buysThen && (await redeem(world, person, laterOrderFen))) outcome.bought.set(customerId, laterOrderFen);
}

/** Taps the notice; the page that opens tells the product which message it was. */
async function tap({ simulator, shop }: World, person: Person): Promise<boolean> {
  const notice = (await simulator.inbox(person.id, shop.appid)).find((message) => message.kind === 'subscribe');
  if (!notice) return false;
  const { page } = await simulator.tap(person.id, notice.id);
  await person.api!.one('mutation ($slug: String!, $v: String!, $m: ID) { recordVisit(tenantSlug: $slug, visitorId: $v, messageId: $m) { ok } }', {
    slug: shop.slug, v: person.visitorId, m: new URLSearchParams(page.split('?')[1]).get('m'),
  });
  return true;
}
