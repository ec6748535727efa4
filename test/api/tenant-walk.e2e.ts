// Two tenants: the whole schema is walked, and every field that takes an id is tried with the other merchant's.
// A new field that takes an id and is not told here which one, fails the walk: it cannot be forgotten.
import { buildSchema, type GraphQLArgument, type GraphQLField, type GraphQLInputType, type GraphQLOutputType, getNamedType, isEnumType, isInputObjectType, isListType, isNonNullType, isRequiredInputField, isObjectType, isScalarType, isUnionType } from 'graphql';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Client, eventually } from '../support/client.ts';
import { aShopper, answerPrompt, claim, type Shopper } from '../support/customer.ts';
import { aCoupon, aMerchant, anOffer, type Merchant } from '../support/merchant.ts';
import { ROOT, startStack, type Stack } from '../support/stack.ts';

const schema = buildSchema(readFileSync(path.join(ROOT, 'server/schema.graphql'), 'utf8'));
const roots = [...Object.values(schema.getQueryType()!.getFields()).map((f) => ['query', f] as const), ...Object.values(schema.getMutationType()!.getFields()).map((f) => ['mutation', f] as const)];

/** Which table the id of `field.argument` comes from; dots go into inputs. */
const ID_OF: Record<string, string> = {
  'channel.id': 'channels', 'messageTemplates.channelId': 'channels', 'updateChannel.id': 'channels', 'checkChannel.id': 'channels', 'syncTemplates.channelId': 'channels',
  'pauseChannel.id': 'channels', 'resumeChannel.id': 'channels', 'disconnectChannel.id': 'channels', 'revealCallbackSecrets.channelId': 'channels',
  'corpTags.channelId': 'channels', 'pullCorpTags.channelId': 'channels', 'pushTagToCorp.channelId': 'channels', 'pushTagToCorp.tagId': 'tags',
  'contactEmployees.channelId': 'channels', 'contactSync.channelId': 'channels', 'contactCount.channelId': 'channels', 'startContactSync.channelId': 'channels', 'stopContactSync.channelId': 'channels',
  'liveCodes.channelId': 'channels', 'createLiveCode.channelId': 'channels', 'createLiveCode.input.entryLinkId': 'entry_links', 'updateLiveCode.id': 'live_codes', 'updateLiveCode.input.entryLinkId': 'entry_links', 'deleteLiveCode.id': 'live_codes',
  'contactWelcome.channelId': 'channels', 'setContactWelcome.channelId': 'channels', 'welcomeFigures.channelId': 'channels', 'setContactRemark.channelId': 'channels',
  'customerGroups.channelId': 'channels', 'syncCustomerGroups.channelId': 'channels', 'createGroupJoinCode.channelId': 'channels', 'moments.channelId': 'channels', 'createMoment.channelId': 'channels', 'cancelMoment.id': 'moments',
  'followerSync.channelId': 'channels', 'followerCount.channelId': 'channels', 'startFollowerSync.channelId': 'channels', 'stopFollowerSync.channelId': 'channels',
  'accountMenu.channelId': 'channels', 'publishAccountMenu.channelId': 'channels', 'removeAccountMenu.channelId': 'channels', 'massPosts.channelId': 'channels', 'sendMassPost.channelId': 'channels',
  'previewMassPost.channelId': 'channels', 'deleteMassPost.id': 'mass_posts', 'articleDrafts.channelId': 'channels', 'publications.channelId': 'channels', 'saveArticleDraft.channelId': 'channels',
  'deleteArticleDraft.channelId': 'channels', 'publishArticle.channelId': 'channels', 'uploadArticlePicture.channelId': 'channels',
  'resolveAlert.id': 'alerts', 'channelQuotas.channelId': 'channels', 'unmappedCodes.channelId': 'channels', 'refreshQuotas.channelId': 'channels', 'clearQuotas.channelId': 'channels',
  'customer.id': 'customers', 'updateCustomer.id': 'customers', 'setOptOut.customerId': 'customers', 'permitCredits.customerId': 'customers',
  'customers.filter.tagId': 'tags', 'customerCount.filter.tagId': 'tags', 'deleteTag.id': 'tags', 'tagCustomers.customerIds': 'customers', 'tagCustomers.tagId': 'tags',
  'untagCustomers.customerIds': 'customers', 'untagCustomers.tagId': 'tags',
  'entryLink.id': 'entry_links', 'archiveEntryLink.id': 'entry_links', 'createEntryLink.input.offerId': 'offers', 'recordVisit.messageId': 'messages',
  'accountTags.channelId': 'channels', 'pullAccountTags.channelId': 'channels', 'pushTagToAccount.channelId': 'channels', 'pushTagToAccount.tagId': 'tags',
  'makeEntryAddress.entryLinkId': 'entry_links', 'makeEntryAddress.channelId': 'channels',
  'couponTemplate.id': 'coupon_templates', 'coupons.templateId': 'coupon_templates', 'updateCouponTemplate.id': 'coupon_templates', 'archiveCouponTemplate.id': 'coupon_templates', 'undoRedemption.id': 'redemptions',
  'offer.id': 'offers', 'publicOffer.offerId': 'offers', 'saveOffer.id': 'offers', 'saveOffer.input.channelId': 'channels', 'saveOffer.input.couponTemplateId': 'coupon_templates', 'saveOffer.input.notices.templateId': 'message_templates',
  'publishOffer.id': 'offers', 'endOffer.id': 'offers', 'claimOffer.offerId': 'offers',
  'segment.id': 'segments', 'saveSegment.id': 'segments', 'archiveSegment.id': 'segments', 'messages.dispatchId': 'campaigns',
  'campaign.id': 'campaigns', 'forecast.campaignId': 'campaigns', 'previewCampaign.campaignId': 'campaigns', 'previewCampaign.customerId': 'customers', 'saveCampaign.id': 'campaigns',
  'saveCampaign.input.segmentId': 'segments', 'saveCampaign.input.offerId': 'offers', 'saveCampaign.input.contents.channelId': 'channels', 'saveCampaign.input.contents.templateId': 'message_templates',
  'launchCampaign.id': 'campaigns', 'pauseCampaign.id': 'campaigns', 'resumeCampaign.id': 'campaigns', 'cancelCampaign.id': 'campaigns', 'duplicateCampaign.id': 'campaigns', 'deleteDraftCampaign.id': 'campaigns',
  'conversation.id': 'conversations', 'replyToConversation.id': 'conversations', 'markConversationRead.id': 'conversations', 'assignConversation.id': 'conversations', 'assignConversation.staffId': 'staff',
  'kfAccounts.channelId': 'channels', 'syncKfAccounts.channelId': 'channels', 'createKfLink.accountId': 'kf_accounts', 'setKfWelcome.accountId': 'kf_accounts',
  'switchTenant.tenantId': 'tenants', 'revokeInvitation.id': 'invitations', 'changeRole.staffId': 'staff', 'removeStaff.staffId': 'staff', 'revokeApiKey.id': 'api_keys', 'retryDeadLetter.id': 'dead_letters',
};
/** Fields that answer a stranger's id with something other than NOT_FOUND, and what that is. */
const OTHER_ANSWERS: Record<string, (data: unknown) => void> = {
  publicOffer: (data) => expect(data).toBeNull(),
  claimOffer: (data) => expect(data).toMatchObject({ __typename: 'Refusal', code: 'offer_not_found' }),
  // A stale link must not lose the visit itself; the stranger's message stays untouched (the snapshot says so).
  recordVisit: (data) => expect(data).toMatchObject({ ok: true }),
};
const EMPTY_LISTS = new Set(['customers', 'customerCount', 'coupons', 'messageTemplates', 'messages', 'permitCredits']);
/** Fields that end a session or need a session of their own: the walk would saw off its branch. */
const NOT_WALKED = new Set(['signOut', 'signOutEverywhere']);

/** Nullable fields without which the input would be refused before any id is looked at. */
const NEEDED = new Set(['saveCampaign.input.contents.fields', 'saveCampaign.input.contents.templateId']);

let stack: Stack;
let victim: Merchant;
let stranger: Merchant;
let shopper: Shopper;
/** One id of each table, the victim's and the stranger's own. */
const ids: Record<string, string> = {};
const ownIds: Record<string, string> = {};
let before: string;

beforeAll(async () => {
  stack = await startStack();
  victim = await aMerchant(stack.url, stack.simulator, '甲店');
  stranger = await aMerchant(stack.url, stack.simulator, '乙店');
  await fill(victim);
  await fill(stranger);
  shopper = await aShopper(stack.url, stack.simulator, stranger);
  for (const table of new Set(Object.values(ID_OF))) {
    ids[table] = await anId(table, victim);
    ownIds[table] = await anId(table, stranger);
  }
  before = await snapshot();
});
afterAll(() => stack?.stop());

async function anId(table: string, merchant: Merchant): Promise<string> {
  const { rows } = await stack.db.query(`select id from ${table} where ${table === 'tenants' ? 'id' : 'tenant_id'} = $1 limit 1`, [merchant.tenantId]);
  expect(rows[0], `no row in ${table}`).toBeDefined();
  return (rows[0] as { id: string }).id;
}

/** One row at least of everything that has an id. */
async function fill(merchant: Merchant): Promise<void> {
  const { client } = merchant;
  const coupon = await aCoupon(merchant);
  const offer = await anOffer(merchant, coupon.id);
  await client.ask('mutation ($input: EntryLinkInput!) { createEntryLink(input: $input) { id } }', { input: { name: '门店码', source: 'shop_qr', offerId: offer.id } });
  const buyer = await aShopper(stack.url, stack.simulator, merchant);
  await answerPrompt(stack.simulator, merchant, buyer, { 'tmpl-coupon-expiring': 'accept' });
  const held = await claim(buyer, offer.id);
  await client.ask('mutation ($c: String!) { redeemCoupon(code: $c, orderFen: 9900, requestKey: "walk-0001") { __typename } }', { c: held.coupon!.code });
  const tag = await client.one<{ id: string }>('mutation { createTag(name: "熟客") { id } }');
  await client.ask('mutation ($c: [ID!]!, $t: ID!) { tagCustomers(customerIds: $c, tagId: $t) { ok } }', { c: [buyer.customerId], t: tag.id });
  const segment = await client.one<{ id: string }>('mutation ($rule: JSON!) { saveSegment(name: "熟客", rule: $rule) { id } }', { rule: { version: 1, root: { and: [{ type: 'tag', tagId: tag.id, has: true }] } } });
  const campaign = await client.one<{ id: string }>('mutation ($input: CampaignInput!) { saveCampaign(input: $input) { __typename ... on Campaign { id } ... on Refusal { code details } } }', {
    input: { name: '召回', segmentId: segment.id, holdoutPercent: 0, quietFrom: null, quietUntil: null, contents: [{ kind: 'subscription', channelId: merchant.channelId, templateId: merchant.templates['tmpl-coupon-expiring'], fields: { thing1: '券', time2: '2026-12-01 09:00', thing3: '来用' } }] },
  });
  await client.ask('mutation ($id: ID!) { launchCampaign(id: $id) { __typename ... on Refusal { code details } } }', { id: campaign.id });
  // Until the campaign is over: what changes by itself must not look like the stranger's doing.
  await eventually(() => client.one<{ state: string }>('query ($id: ID!) { campaign(id: $id) { state } }', { id: campaign.id }), (c) => c.state === 'completed');
  await eventually(async () => (await stack.db.query('select 1 from messages where tenant_id = $1 and receipt is not null', [merchant.tenantId])).rowCount ?? 0, (n) => n > 0);
  await client.ask('mutation { inviteStaff(email: "walk@example.com", role: analyst) { __typename } }');
  await client.ask('mutation { createApiKey(name: "walk", scopes: ["coupon.read"]) { secret } }');
  await stack.db.query("insert into mass_posts (tenant_id, id, channel_id, client_msg_id, reach, content) values ($1, gen_random_uuid(), $2, 'walk', '{\"everyone\":true}', '{\"type\":\"text\",\"text\":\"x\"}')", [merchant.tenantId, merchant.channelId]);
  await stack.db.query("insert into live_codes (tenant_id, id, channel_id, kind, name, state, employees) values ($1, gen_random_uuid(), $2, 'code', 'walk', 'walk', '{a}')", [merchant.tenantId, merchant.channelId]);
  await stack.db.query("insert into kf_accounts (tenant_id, id, channel_id, external_id) values ($1, gen_random_uuid(), $2, 'walk')", [merchant.tenantId, merchant.channelId]);
  await stack.simulator.say(buyer.person, merchant.appid, '在吗');
  await eventually(() => client.one<{ items: unknown[] }>('{ conversations { items { id } } }'), ({ items }) => items.length === 1);
  await stack.db.query("insert into moments (tenant_id, id, channel_id, text) values ($1, gen_random_uuid(), $2, 'walk')", [merchant.tenantId, merchant.channelId]);
  await stack.db.query("insert into alerts (tenant_id, id, channel_id, kind, since) values ($1, gen_random_uuid(), $2, 'penalty', now())", [merchant.tenantId, merchant.channelId]);
  await stack.db.query("insert into dead_letters (id, job_name, payload, tenant_id, attempts, error, error_kind) values (gen_random_uuid(), 'walk', '{}', $1, 1, 'x', 'bug')", [merchant.tenantId]);
}

/** Everything the victim has, as text: nothing of it may change while the stranger tries. */
async function snapshot(): Promise<string> {
  const parts: string[] = [];
  for (const table of Object.values(ID_OF).filter((t, i, all) => all.indexOf(t) === i && t !== 'tenants').toSorted()) {
    const { rows } = await stack.db.query(`select md5(string_agg(x::text, '' order by x::text)) h from ${table} x where tenant_id = $1`, [victim.tenantId]);
    parts.push(`${table} ${(rows[0] as { h: string }).h}`);
  }
  return parts.join('\n');
}

const isId = (type: GraphQLInputType): boolean => getNamedType(type).name === 'ID';

/** Every place of an argument where an id goes: input.contents.channelId. */
function placesIn(type: GraphQLInputType, place: string, above: readonly string[] = []): string[] {
  const named = getNamedType(type);
  if (named.name === 'ID') return [place];
  if (!isInputObjectType(named) || above.includes(named.name)) return []; // an input within itself (a menu's buttons) has the same places again
  return Object.values(named.getFields()).flatMap((f) => placesIn(f.type, `${place}.${f.name}`, [...above, named.name]));
}

function tableOf(place: string): string {
  const table = ID_OF[place];
  if (!table) throw new Error(`${place} takes an id: say in ID_OF of which table, so that it is tried across tenants.`);
  return table;
}

const leadsTo = (place: string, foreign: string | undefined): boolean => foreign !== undefined && (foreign === place || foreign.startsWith(`${place}.`));

/** A legal value for an argument: the id at `foreign` is the victim's, every other one the stranger's own. */
function valueOf(type: GraphQLInputType, place: string, foreign: string | undefined): unknown {
  if (isNonNullType(type)) return valueOf(type.ofType as GraphQLInputType, place, foreign);
  if (isListType(type)) return [valueOf(type.ofType as GraphQLInputType, place, foreign)];
  if (isId(type)) return (place === foreign ? ids : ownIds)[tableOf(place)];
  if (isInputObjectType(type))
    return Object.fromEntries(
      Object.values(type.getFields())
        .filter((f) => isRequiredInputField(f) || leadsTo(`${place}.${f.name}`, foreign) || NEEDED.has(`${place}.${f.name}`))
        .map((f) => [f.name, valueOf(f.type, `${place}.${f.name}`, foreign)]),
    );
  if (isEnumType(type)) return (type.getValues().find((v) => v.name === 'subscription') ?? type.getValues()[0]!).name;
  return scalarOf(getNamedType(type).name, place);
}

function scalarOf(name: string, place: string): unknown {
  if (place.endsWith('.rule')) return { version: 1, root: { and: [{ type: 'last_visit', op: 'never' }] } };
  if (place.endsWith('.tenantSlug')) return stranger.slug;
  if (place.endsWith('.appId')) return stranger.appid;
  if (place.endsWith('.source')) return 'shop_qr';
  if (place.endsWith('.purpose')) return 'coupon_expiring';
  if (place.endsWith('.visitorId')) return 'walking-visitor-0001';
  return { Int: 5, Float: 1, Boolean: true, JSON: { thing1: '满减券', time2: '2026-12-01 09:00', thing3: '来用' }, DateTime: '2030-01-01T00:00:00Z', Fen: 100 }[name] ?? 'walk-value';
}

/** Every scalar of the answer, two levels down: what could leak. Aliases only where two members of a union could clash. */
function selection(type: GraphQLOutputType, depth = 2, inUnion = false, above: readonly string[] = []): string {
  const named = getNamedType(type);
  if (isUnionType(named)) return `{ __typename ${named.getTypes().map((t) => `... on ${t.name} ${selection(t, depth, true, above)}`).join(' ')} }`;
  if (!isObjectType(named)) return '';
  const fields = Object.values(named.getFields()).flatMap((f) => {
    if (f.args.some((a) => isNonNullType(a.type))) return [];
    const inner = getNamedType(f.type);
    const isLeaf = isScalarType(inner) || isEnumType(inner);
    if (!isLeaf && (depth === 0 || isUnionType(inner) || [...above, named.name].includes(inner.name))) return []; // in circles is refused
    return [`${inUnion ? `${named.name}_${f.name}: ` : ''}${f.name} ${isLeaf ? '' : selection(f.type, depth - 1, false, [...above, named.name])}`];
  });
  return `{ __typename ${fields.join(' ')} }`;
}

function operation(kind: string, field: GraphQLField<unknown, unknown>, foreign: string | undefined): { query: string; variables: Record<string, unknown> } {
  const args = field.args.filter((a: GraphQLArgument) => isNonNullType(a.type) || leadsTo(`${field.name}.${a.name}`, foreign));
  const variables = Object.fromEntries(args.map((a) => [a.name, valueOf(a.type, `${field.name}.${a.name}`, foreign)]));
  const head = args.length ? `(${args.map((a) => `$${a.name}: ${String(a.type)}`).join(', ')})` : '';
  const call = args.length ? `(${args.map((a) => `${a.name}: $${a.name}`).join(', ')})` : '';
  return { query: `${kind} ${head} { ${field.name}${call} ${selection(field.type)} }`, variables };
}

const SHOPPERS = new Set(['claimOffer', 'recordVisit', 'reportPrompt', 'wallet', 'player', 'recordConsent']);

async function tryField(kind: string, field: GraphQLField<unknown, unknown>, foreign: string | undefined): Promise<void> {
  const { query, variables } = operation(kind, field, foreign);
  const answer = await (SHOPPERS.has(field.name) ? shopper.client : stranger.client).raw<Record<string, unknown>>(query, variables);
  for (const id of Object.values(ids)) expect(JSON.stringify(answer.data ?? {})).not.toContain(id);
  if (!foreign) return;
  const code = answer.errors?.[0]?.extensions.code;
  const other = OTHER_ANSWERS[field.name];
  if (other) return other(dealias(answer.data?.[field.name]));
  if (EMPTY_LISTS.has(field.name) && code === undefined) return expect(isEmpty(answer.data?.[field.name])).toBe(true);
  expect(code, JSON.stringify(answer)).toBe('NOT_FOUND');
}

describe('the other merchant’s ids', () => {
  for (const [kind, field] of roots) {
    if (NOT_WALKED.has(field.name)) continue;
    const places = field.args.flatMap((a) => placesIn(a.type, `${field.name}.${a.name}`));
    if (places.length === 0) it(`${kind} ${field.name}`, () => tryField(kind, field, undefined));
    for (const place of places) it(`${kind} ${place}`, () => tryField(kind, field, place));
  }
});

it('left everything of the other merchant as it was', async () => {
  expect(await snapshot()).toBe(before);
});

it('answers a customer of one merchant nothing of another', async () => {
  const wallet = await shopper.client.one<unknown[]>('{ wallet { id } }');
  expect(wallet).toEqual([]);
  expect((await shopper.client.raw('{ customers { items { id } } }')).errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
  expect((await new Client(stack.url).raw('{ wallet { id } }')).errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
});

const dealias = (data: unknown): unknown => (data && typeof data === 'object' ? Object.fromEntries(Object.entries(data).map(([key, value]) => [key.replace(/^[A-Z]\w*?_/, ''), value])) : data);
const isEmpty = (data: unknown): boolean => data === 0 || (Array.isArray(data) ? data.length === 0 : ((data as Record<string, unknown[]>)['items'] ?? [1]).length === 0);
