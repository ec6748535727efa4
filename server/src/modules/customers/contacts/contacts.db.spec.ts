import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isRefusal } from '../../../core/graphql/refusal.js';
import { startSimulator, startTestApp, type SimulatorProcess, type TestApp } from '../../../core/testing/index.js';
import { ContactSync } from '../../channels/wecom/contact-sync.service.js';
import { aCorp } from '../../channels/testing/wecom.fixture.js';
import { someone } from '../../channels/testing/official.fixture.js';
import type { Merchant } from '../../channels/testing/merchant.fixture.js';
import { TagsService } from '../tags/tags.service.js';
import { CorpTagsService } from './corp-tags.service.js';

let simulator: SimulatorProcess;
let t: TestApp;

beforeAll(async () => {
  simulator = await startSimulator();
  t = await startTestApp({ WECHAT_API_BASE: simulator.url, WECOM_API_BASE: simulator.url });
});
afterAll(async () => {
  await t?.stop();
  await simulator?.stop();
});

async function read(corp: Merchant): Promise<void> {
  await t.as(corp.tenantId, () => t.get(ContactSync).start(corp.channelId, 'asked'));
  await t.runJobs();
}
const tagged = (corp: Merchant) => t.sql<{ name: string; count: number }>('select t.name, count(*)::int as count from customer_tags c join tags t on t.id = c.tag_id where c.tenant_id = $1 group by 1 order by 1', [corp.tenantId]);

describe('contacts as people', () => {
  it('are made once, however many employees have them, and are gone when nobody has', async () => {
    const corp = await aCorp(t, simulator);
    const [person] = await someone(simulator);
    for (const userid of ['zhangsan', 'lisi']) await simulator.call('POST', `/sim/people/${person}/add-contact`, { corpid: corp.appId, userid });
    await read(corp);
    const people = () => t.sql<{ kind: string }>(`select i.kind from identities i where i.tenant_id = $1 order by kind`, [corp.tenantId]);
    expect((await people()).filter((one) => one.kind === 'external_userid')).toHaveLength(1);
    expect(await t.sql('select 1 from customers where tenant_id = $1', [corp.tenantId])).toHaveLength(1);
    const gone = () => t.sql<{ gone: boolean }>(`select left_at is not null as gone from identities where tenant_id = $1 and kind = 'external_userid'`, [corp.tenantId]);
    await simulator.call('POST', `/sim/corps/${corp.appId}/employees/zhangsan/delete`, { person });
    await read(corp);
    expect(await gone()).toEqual([{ gone: false }]);
    await simulator.call('POST', `/sim/corps/${corp.appId}/employees/lisi/delete`, { person });
    await read(corp);
    expect(await gone()).toEqual([{ gone: true }]);
  });
});

describe('tags both ways', () => {
  it('theirs become ours by name, the same name in two groups too', async () => {
    const corp = await aCorp(t, simulator);
    const { tags } = await simulator.call<{ tags: { id: string }[] }>('POST', `/sim/corps/${corp.appId}/tags`, { group: '等级', tags: ['重要', '一般'] });
    await simulator.call('POST', `/sim/corps/${corp.appId}/tags`, { group: '门店', tags: ['重要'] });
    const [person] = await someone(simulator);
    await simulator.call('POST', `/sim/people/${person}/add-contact`, { corpid: corp.appId, userid: 'zhangsan' });
    await simulator.call('POST', `/sim/corps/${corp.appId}/employees/zhangsan/edit`, { person, addTags: [tags[0]!.id] });
    await read(corp);
    const pulled = await t.as(corp.tenantId, () => t.get(CorpTagsService).pull(corp.channelId));
    if (isRefusal(pulled)) throw new Error('refused');
    expect(new Set(pulled.map((tag) => tag.tagId)).size).toBe(3);
    expect(await tagged(corp)).toHaveLength(1);
    expect((await tagged(corp))[0]).toMatchObject({ count: 1 });
  });

  it('ours are made there and put on every contact who has them, once', async () => {
    const corp = await aCorp(t, simulator);
    await simulator.call('POST', '/sim/contacts', { corpid: corp.appId, userid: 'zhangsan', count: 3 });
    await read(corp);
    const tag = await t.as(corp.tenantId, () => t.get(TagsService).create('会员'));
    await t.sql('insert into customer_tags (tenant_id, tag_id, customer_id) select tenant_id, $2, id from customers where tenant_id = $1', [corp.tenantId, tag.id]);
    const pushed = await t.as(corp.tenantId, () => t.get(CorpTagsService).push(corp.channelId, tag.id));
    expect(pushed).toMatchObject([{ name: '会员', tagId: tag.id }]);
    await t.runJobs();
    const marks = async () => (await simulator.call<{ calls: Record<string, number> }>('GET', `/sim/corps/${corp.appId}/stats`)).calls['/cgi-bin/externalcontact/mark_tag'];
    expect(await marks()).toBe(3);
    expect(await t.sql('select distinct tag_ids from contacts where channel_id = $1', [corp.channelId])).toEqual([{ tag_ids: [(pushed as { externalId: string }[])[0]!.externalId] }]);
    await t.as(corp.tenantId, () => t.get(CorpTagsService).push(corp.channelId, tag.id));
    await t.runJobs();
    expect(await marks()).toBe(3);
  });
});
