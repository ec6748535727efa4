import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { claim } from './claim.ts';
import type { PublicOffer } from './contract.ts';
import { Session } from './session.ts';
import { answersOf } from './wechat.ts';

interface Sent {
  root: string;
  token: string | undefined;
  variables: Record<string, unknown>;
}
const sent: Sent[] = [];
let server: (root: string, count: number) => object;
const coupon = { id: 'c1', code: 'AAAA' };
const offer = { id: 'o1', appId: 'wx1', mode: 'service', notices: ['t1', 't2', 't3', 't4'].map((templateExternalId) => ({ templateExternalId })) } as unknown as PublicOffer;
const ok = (root: string): object => {
  if (root === 'signInVisitor' || root === 'signInCustomer') return { data: { [root]: { __typename: 'CustomerSession', token: `token-${sent.length}` } } };
  if (root === 'claimOffer') return { data: { claimOffer: { __typename: 'ClaimedCoupon', isRepeat: false, coupon } } };
  return { data: { [root]: { ok: true } } };
};

beforeEach(() => {
  vi.useFakeTimers();
  sent.length = 0;
  server = ok;
  localStorage.clear();
  vi.stubGlobal('fetch', async (_url: string, init: RequestInit) => {
    const { query, variables } = JSON.parse(String(init.body)) as { query: string; variables: Record<string, unknown> };
    const root = /\{\s*(\w+)/.exec(query)![1]!;
    const token = (init.headers as Record<string, string>)['authorization']?.slice(7);
    sent.push({ root, token, variables });
    const answer = server(root, sent.filter((one) => one.root === root).length);
    return { json: async () => answer };
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const roots = () => sent.map((one) => one.root);
async function settled<T>(work: Promise<T>): Promise<T> {
  await vi.runAllTimersAsync();
  return work;
}

it('opens the prompt within the tap and claims whatever it answers', async () => {
  const asked: string[][] = [];
  vi.stubGlobal('wx', { requestSubscribeMessage: (options: { tmplIds: string[]; success: (r: object) => void }) => (asked.push(options.tmplIds), options.success({ t1: 'reject', t2: 'acceptWithAudio', t3: 'filter', errMsg: 'ok' })) });
  const claiming = claim(new Session('shop'), offer, false);
  expect(asked).toEqual([['t1', 't2', 't3']]); // at once, not after a request
  expect(await settled(claiming)).toEqual({ coupon, isRepeat: false, isReminded: true });
  const report = sent.find((one) => one.root === 'reportPrompt')!;
  expect(report.variables['answers']).toEqual([{ templateExternalId: 't1', answer: 'reject' }, { templateExternalId: 't2', answer: 'accept' }, { templateExternalId: 't3', answer: 'filter' }]);
  expect(roots()).not.toContain('recordConsent');
});

it('gives the coupon when the prompt fails or is never answered', async () => {
  for (const ask of [(options: { fail: (e: object) => void }) => options.fail({ errCode: 20004 }), () => undefined, () => { throw new Error('old client'); }]) {
    vi.stubGlobal('wx', { requestSubscribeMessage: ask });
    expect(await settled(claim(new Session('shop'), offer, false))).toMatchObject({ coupon, isReminded: false });
  }
});

it('tries the same claim again after a lost answer', async () => {
  server = (root, count) => {
    if (root === 'claimOffer' && count < 3) throw new TypeError('network');
    return ok(root);
  };
  expect(await settled(claim(new Session('shop'), offer, false))).toMatchObject({ coupon });
  expect(roots()).toEqual(['signInVisitor', 'claimOffer', 'claimOffer', 'claimOffer']);
});

it('signs in again once when the token is over', async () => {
  server = (root, count) => (root === 'claimOffer' && count === 1 ? { data: null, errors: [{ message: 'over', extensions: { code: 'UNAUTHENTICATED' } }] } : ok(root));
  expect(await settled(claim(new Session('shop'), offer, false))).toMatchObject({ coupon });
  expect(sent.filter((one) => one.root === 'claimOffer').map((one) => one.token)).toEqual(['token-1', 'token-3']);
});

it('gives each refusal its own sentence', async () => {
  server = (root) => (root === 'claimOffer' ? { data: { claimOffer: { __typename: 'Refusal', code: 'limit_reached', details: { state: 'redeemed' } } } } : ok(root));
  expect(await settled(claim(new Session('shop'), offer, false))).toEqual({ problem: 'limit_redeemed' });
  server = () => { throw new TypeError('network'); };
  expect(await settled(claim(new Session('other'), offer, false))).toEqual({ problem: 'offline' });
});

it('trusts no stored token inside WeChat: the phone may be another person’s now', async () => {
  localStorage.setItem('huiliu.shop.token', 'somebody-else');
  vi.stubGlobal('wx', { login: ({ success }: { success: (r: object) => void }) => success({ code: 'once' }) });
  const session = new Session('shop');
  session.appId = 'wx1';
  await settled(claim(session, offer, true));
  expect(roots()).toEqual(['signInCustomer', 'claimOffer', 'recordConsent']);
  expect(sent.map((one) => one.token)).not.toContain('somebody-else');
});

it('keeps only answers about templates', () => {
  expect(answersOf({ t1: 'ban', t2: 'maybe', errMsg: 'ok' }, ['t1', 't2'])).toEqual([{ templateExternalId: 't1', answer: 'ban' }]);
});
