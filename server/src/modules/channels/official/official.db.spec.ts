import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TenantDb } from '../../../core/db/tenant-db.js';
import { isRefusal } from '../../../core/graphql/refusal.js';
import { startSimulator, startTestApp, type SimulatorProcess, type TestApp } from '../../../core/testing/index.js';
import { ChannelSender } from '../sending/channel-sender.service.js';
import { TemplatesService } from '../templates.service.js';
import { ChannelsService } from '../channels.service.js';
import type { Merchant } from '../testing/merchant.fixture.js';
import { NOTICE, anOpenDoor, aServiceAccount, someone } from '../testing/official.fixture.js';
import { AccountMenu } from './account-menu.service.js';
import { ArticleDesk } from './article-desk.service.js';
import { FollowerSync } from './follower-sync.service.js';
import { MassPosts } from './mass-posts.service.js';
import { OfficialJobs } from './official.jobs.js';
import { OfficialResolver } from './official.resolver.js';

let simulator: SimulatorProcess;
let t: TestApp;
let http: NestFastifyApplication;
let origin: string;

beforeAll(async () => {
  simulator = await startSimulator();
  t = await startTestApp({ WECHAT_API_BASE: simulator.url });
  ({ http, origin } = await anOpenDoor(t));
});
afterAll(async () => {
  await http?.close();
  await t?.stop();
  await simulator?.stop();
});

const idle = () => simulator.call('GET', '/sim/idle?timeoutMs=20000');
const as = <T>(merchant: Merchant, work: () => Promise<T>) => t.as(merchant.tenantId, work);
const follow = (merchant: Merchant, people: string[]) => simulator.call<{ followers: { openid: string }[] }>('POST', `/sim/apps/${merchant.appId}/followers`, { people });
const sync = async (merchant: Merchant) => {
  await as(merchant, () => t.get(FollowerSync).start(merchant.channelId, 'asked'));
  await t.runJobs();
  return as(merchant, () => t.get(FollowerSync).latest(merchant.channelId));
};
const followers = (merchant: Merchant) => t.sql<{ openid: string; union_id: string | null; is_following: boolean }>('select * from followers where channel_id = $1 order by openid', [merchant.channelId]);

describe('a service account', () => {
  it('is connected with both kinds of templates', async () => {
    const merchant = await aServiceAccount(t, simulator);
    expect(await as(merchant, () => t.get(ChannelsService).get(merchant.channelId))).toMatchObject({ status: 'live', settings: { accountType: 'service' } });
    const templates = await as(merchant, () => t.get(TemplatesService).list(merchant.channelId));
    expect(templates.map(({ external_id: id, kind }) => ({ id, kind }))).toEqual(expect.arrayContaining([{ id: 'TPL_EXPIRY', kind: 'one_time' }, { id: NOTICE.templateId, kind: 'notice' }]));
  });

  it('sends a template message to a follower and to nobody else', async () => {
    const merchant = await aServiceAccount(t, simulator);
    const [fan, stranger] = await someone(simulator, 2);
    const openid = (await follow(merchant, [fan!])).followers[0]!.openid;
    const send = (to: string) => as(merchant, () => t.get(ChannelSender).send(merchant.channelId, { kind: 'template', to, templateExternalId: NOTICE.templateId, data: { thing1: '积分变动', amount2: '12元' } }));
    expect(await send(openid)).toMatchObject({ outcome: 'accepted' });
    expect(await send(`o-nobody-${stranger}`)).toMatchObject({ outcome: 'refused', reason: 'unknown_person' });
  });
});

describe('the follower list', () => {
  it('is read whole, with union ids, one reading at a time', async () => {
    const merchant = await aServiceAccount(t, simulator, { app: { unionBound: true } });
    await follow(merchant, await someone(simulator, 230));
    const both = await Promise.all([1, 2].map(() => as(merchant, () => t.get(FollowerSync).start(merchant.channelId, 'asked'))));
    expect(both.filter(isRefusal)).toMatchObject([{ code: 'sync_running' }]);
    await t.runJobs();
    expect(await as(merchant, () => t.get(FollowerSync).latest(merchant.channelId))).toMatchObject({ state: 'done', total: 230, seen: 230, found: 230, lost: 0, problem: null });
    const rows = await followers(merchant);
    expect(rows).toHaveLength(230);
    expect(rows.every((row) => row.union_id !== null && row.is_following)).toBe(true);
  });

  it('counts what callbacks left out, both ways', async () => {
    const merchant = await aServiceAccount(t, simulator);
    const people = await someone(simulator, 3);
    await follow(merchant, people.slice(0, 2));
    await sync(merchant);
    // Neither push arrives: the account has no callback address.
    await simulator.call('POST', `/sim/people/${people[0]!}/unfollow`, { appid: merchant.appId });
    await follow(merchant, [people[2]!]);
    expect(await sync(merchant)).toMatchObject({ state: 'done', seen: 2, found: 1, lost: 1 });
    expect(await as(merchant, () => t.get(FollowerSync).count(merchant.channelId))).toBe(2);
  });

  it('waits where it is while a quota is used up, and goes on', async () => {
    const merchant = await aServiceAccount(t, simulator);
    await follow(merchant, await someone(simulator, 3));
    const fault = await simulator.call<{ id?: string }>('POST', '/sim/faults', { kind: 'quota', appid: merchant.appId, path: '/cgi-bin/user/info/batchget' });
    expect(await sync(merchant)).toMatchObject({ state: 'running', seen: 0, problem: 'day_quota' });
    await simulator.call('DELETE', '/sim/faults', fault.id === undefined ? undefined : { id: fault.id });
    await t.runJobs({ until: new Date(Date.now() + 25 * 3_600_000) });
    expect(await as(merchant, () => t.get(FollowerSync).latest(merchant.channelId))).toMatchObject({ state: 'done', seen: 3, problem: null });
  });

  it('ends by name when the account has no right to it', async () => {
    const merchant = await aServiceAccount(t, simulator, { app: { deniedApis: { '/cgi-bin/user/get': 48001 } } });
    expect(await sync(merchant)).toMatchObject({ state: 'failed', problem: 'no_permission' });
  });

  it('follows the callbacks: a follow with its scene, an unfollow', async () => {
    const merchant = await aServiceAccount(t, simulator, { origin, app: { unionBound: true } });
    const [person] = await someone(simulator);
    await simulator.call('POST', `/sim/people/${person!}/follow`, { appid: merchant.appId });
    await idle();
    await t.runJobs();
    expect(await followers(merchant)).toMatchObject([{ is_following: true, union_id: expect.any(String) }]);
    await simulator.call('POST', `/sim/people/${person!}/unfollow`, { appid: merchant.appId });
    await idle();
    await t.runJobs();
    expect(await followers(merchant)).toMatchObject([{ is_following: false }]);
  });

  it('heeds what happened last, in whatever order it is told', async () => {
    const merchant = await aServiceAccount(t, simulator);
    const tell = (isFollowing: boolean, at: string) => as(merchant, () => t.get(TenantDb).write(() => t.get(FollowerSync).told(merchant.channelId, [{ openid: 'oFan', isFollowing, at, scene: '' }])));
    await tell(true, '2026-11-24T08:00:02Z');
    await tell(false, '2026-11-24T08:00:01Z');
    expect(await followers(merchant)).toMatchObject([{ is_following: true }]);
    await tell(false, '2026-11-24T08:00:03Z');
    expect(await followers(merchant)).toMatchObject([{ is_following: false }]);
  });

  it('is read monthly for every live account', async () => {
    const merchant = await aServiceAccount(t, simulator);
    await as(merchant, () => t.get(OfficialJobs).reconcileFollowers());
    await t.runJobs();
    expect(await as(merchant, () => t.get(FollowerSync).latest(merchant.channelId))).toMatchObject({ reason: 'monthly', state: 'done' });
  });
});

describe('a mass post', () => {
  const post = (clientMsgId: string) => ({ to: { everyone: true as const }, content: { type: 'text' as const, text: '双十二来啦' }, clientMsgId });
  const send = (merchant: Merchant, key: string) => as(merchant, () => t.get(MassPosts).send(merchant.channelId, post(key)));
  const list = (merchant: Merchant) => as(merchant, () => t.get(MassPosts).list(merchant.channelId));

  it('goes out once per key and ends with the platform\'s counts', async () => {
    const merchant = await aServiceAccount(t, simulator, { origin, app: { massDelayMs: 0 } });
    await follow(merchant, await someone(simulator, 5));
    expect((await send(merchant, 'post-1')).result).toMatchObject({ outcome: 'accepted', platformId: expect.any(String) });
    expect((await send(merchant, 'post-1')).result).toMatchObject({ outcome: 'accepted' });
    expect((await simulator.call<{ posts: unknown[] }>('GET', `/sim/apps/${merchant.appId}/posts`)).posts).toHaveLength(1);
    await idle();
    await t.runJobs();
    expect(await list(merchant)).toMatchObject([{ state: 'sent', detail: 'send success', total: 5, sent: 5, failed: 0 }]);
  });

  it('whose answer was lost is unknown, and the same key finds it', async () => {
    const merchant = await aServiceAccount(t, simulator);
    await follow(merchant, await someone(simulator, 2));
    await simulator.call('POST', '/sim/faults', { kind: 'http500', appid: merchant.appId, path: '/cgi-bin/message/mass/sendall', times: 1 });
    expect((await send(merchant, 'post-2')).result).toMatchObject({ outcome: 'upstream', mayHaveBeenSent: true });
    expect(await list(merchant)).toMatchObject([{ state: 'unknown' }]);
    await simulator.call('DELETE', '/sim/faults');
    expect((await send(merchant, 'post-2')).row).toMatchObject({ state: 'accepted' });
  });

  it('without an end is asked for', async () => {
    const merchant = await aServiceAccount(t, simulator);
    await follow(merchant, await someone(simulator, 2));
    await send(merchant, 'post-3');
    await t.sql(`update mass_posts set created_at = now() - interval '2 hours' where channel_id = $1`, [merchant.channelId]);
    expect(await as(merchant, () => t.get(MassPosts).reconcile())).toBe(1);
    expect(await list(merchant)).toMatchObject([{ state: 'sent' }]);
  });
});

describe('the door for posts', () => {
  const input = { everyone: true, contentType: 'text', content: '双十二', requestKey: 'door-1' };
  it('answers with the post, a refusal, or that nobody knows', async () => {
    const merchant = await aServiceAccount(t, simulator);
    await follow(merchant, await someone(simulator, 2));
    const send = (more: Partial<typeof input>) => as(merchant, () => t.get(OfficialResolver).sendMassPost(merchant.channelId, { ...input, ...more }));
    expect(await send({})).toMatchObject({ __typename: 'MassPost', state: 'accepted', reach: 'everyone', contentType: 'text', content: '双十二' });
    expect(await as(merchant, () => t.get(OfficialResolver).previewMassPost(merchant.channelId, 'nobody', input))).toMatchObject({ __typename: 'Refusal', code: 'platform_refused' });
    await simulator.call('POST', '/sim/faults', { kind: 'http500', appid: merchant.appId, path: '/cgi-bin/message/mass/sendall', times: 1 });
    expect(await send({ requestKey: 'door-2' })).toMatchObject({ code: 'post_unknown', details: { massPostId: expect.any(String) } });
    await simulator.call('DELETE', '/sim/faults');
  });
  it.each([['requestKey', { requestKey: 'has space' }], ['everyone', { everyone: false }], ['content', { content: ' ' }], ['contentType', { contentType: 'fax' }]])('names a wrong %s', async (field, wrong) => {
    const merchant = await aServiceAccount(t, simulator);
    await expect(as(merchant, () => t.get(OfficialResolver).sendMassPost(merchant.channelId, { ...input, ...wrong }))).rejects.toMatchObject({ kind: 'invalid', details: { field } });
  });
});

describe('menu and articles', () => {
  it('the menu reads as it was published', async () => {
    const merchant = await aServiceAccount(t, simulator);
    const menu = t.get(AccountMenu);
    const buttons = [{ name: '优惠', type: '', value: '', children: [{ name: '领券', type: 'click', value: 'GET', children: [] }] }, { name: '商城', type: 'view', value: 'https://m.example.com/', children: [] }];
    expect(await as(merchant, () => menu.read(merchant.channelId))).toEqual([]);
    expect(await as(merchant, () => menu.publish(merchant.channelId, buttons))).toBeUndefined();
    expect(await as(merchant, () => menu.read(merchant.channelId))).toEqual(buttons);
    await expect(as(merchant, () => menu.publish(merchant.channelId, []))).rejects.toMatchObject({ kind: 'invalid', details: { field: 'buttons' } });
  });

  it('a draft with an unknown picture is refused by name', async () => {
    const merchant = await aServiceAccount(t, simulator);
    const article = { title: '双十二', author: '店铺', digest: '', content: '<p>来</p>', sourceUrl: '', thumbMediaId: 'no-such-picture' };
    expect(await as(merchant, () => t.get(ArticleDesk).save(merchant.channelId, undefined, article))).toMatchObject({ code: 'platform_refused', details: { problem: 'media_invalid' } });
    expect(await as(merchant, () => t.get(ArticleDesk).drafts(merchant.channelId, 0))).toEqual({ total: 0, items: [] });
    await expect(as(merchant, () => t.get(ArticleDesk).save(merchant.channelId, undefined, { ...article, title: 'x'.repeat(33) }))).rejects.toMatchObject({ kind: 'invalid', details: { field: 'title' } });
  });

  it('an article goes from its pictures to the account\'s page', async () => {
    const merchant = await aServiceAccount(t, simulator, { origin, app: { publishStatus: 0 } });
    const desk = t.get(ArticleDesk);
    const data = `data:image/png;base64,${Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex').toString('base64')}`;
    const cover = await as(merchant, () => desk.addPicture(merchant.channelId, data, 'cover'));
    if (isRefusal(cover)) throw new Error(JSON.stringify(cover));
    const inline = await as(merchant, () => desk.addPicture(merchant.channelId, data, 'inline'));
    expect(inline).toMatchObject({ mediaId: null, url: expect.stringContaining('http') });
    const mediaId = await as(merchant, () => desk.save(merchant.channelId, undefined, { title: '双十二', author: '店铺', digest: '', content: '<p>来</p>', sourceUrl: '', thumbMediaId: cover.mediaId! }));
    expect(await as(merchant, () => desk.drafts(merchant.channelId, 0))).toMatchObject({ total: 1, items: [{ mediaId, title: '双十二', articles: 1 }] });
    expect(await as(merchant, () => desk.publish(merchant.channelId, String(mediaId), '双十二'))).toMatchObject({ state: 'running', title: '双十二' });
    await idle();
    await t.runJobs();
    expect(await as(merchant, () => desk.publications(merchant.channelId))).toMatchObject([{ state: 'published', articleId: expect.any(String) }]);
    await expect(as(merchant, () => desk.addPicture(merchant.channelId, 'data:text/html;base64,AAAA', 'cover'))).rejects.toMatchObject({ kind: 'invalid', details: { field: 'data' } });
  });

  it('are nothing a mini program or a stranger\'s channel has', async () => {
    const [merchant, other] = [await aServiceAccount(t, simulator), await t.tenant()];
    await expect(t.as(other, () => t.get(AccountMenu).read(merchant.channelId))).rejects.toMatchObject({ kind: 'not_found' });
  });
});
