import { beforeEach, expect, it, vi } from 'vitest';
import { passThroughWeChat } from './web-login.ts';

let answer: (query: string) => unknown;
let sent: { query: string; variables: Record<string, string> }[];
const went: string[] = [];
const go = (url: string): void => void went.push(url);

beforeEach(() => {
  localStorage.clear();
  went.length = 0;
  sent = [];
  answer = (query) => (query.includes('weChatLogin') ? { weChatLogin: { appId: 'wx1', url: 'https://open.example.com/login' } } : { signInCustomer: { __typename: 'CustomerSession', token: 'T' } });
  vi.stubGlobal('fetch', (_url: string, init: { body: string }) => {
    const asked = JSON.parse(init.body) as { query: string; variables: Record<string, string> };
    sent.push(asked);
    return Promise.resolve(new Response(JSON.stringify({ data: answer(asked.query) })));
  });
  vi.spyOn(navigator, 'userAgent', 'get').mockReturnValue('Mozilla/5.0 MicroMessenger/8.0.50');
  history.replaceState(null, '', '/p/shop/o/1?m=2');
});

const state = (): string => sent[0]?.variables['state'] ?? '';

it('goes to WeChat with the page it stands on, and comes back known', async () => {
  expect(await passThroughWeChat('shop', go)).toBe(true);
  expect(went).toEqual(['https://open.example.com/login']);
  expect(sent[0]?.variables).toMatchObject({ slug: 'shop', page: '/p/shop/o/1?m=2' });
  history.replaceState(null, '', `/p/shop/o/1?m=2&code=C&state=${state()}`);
  expect(await passThroughWeChat('shop', go)).toBe(false);
  expect(sent[1]?.variables).toMatchObject({ appId: 'wx1', code: 'C' });
  expect(localStorage.getItem('huiliu.shop.token')).toBe('T');
  expect(location.pathname + location.search).toBe('/p/shop/o/1?m=2');
  expect(await passThroughWeChat('shop', go)).toBe(false);
  expect(sent).toHaveLength(2);
});

it('takes no code that it did not ask for', async () => {
  await passThroughWeChat('shop', go);
  history.replaceState(null, '', '/p/shop/o/1?code=C&state=somebodyelse');
  expect(await passThroughWeChat('shop', go)).toBe(false);
  expect(sent).toHaveLength(1);
  expect(localStorage.getItem('huiliu.shop.token')).toBeNull();
});

it('does not go round in a ring, and stays where there is nobody to ask', async () => {
  await passThroughWeChat('shop', go);
  expect(await passThroughWeChat('shop', go)).toBe(false);
  answer = () => ({ weChatLogin: null });
  expect(await passThroughWeChat('other', go)).toBe(false);
  expect(went).toHaveLength(1);
});

it('stays in any other browser, and where WeChat gives codes by itself', async () => {
  vi.stubGlobal('wx', { login: () => undefined });
  expect(await passThroughWeChat('shop', go)).toBe(false);
  vi.unstubAllGlobals();
  vi.spyOn(navigator, 'userAgent', 'get').mockReturnValue('Mozilla/5.0 Chrome/140');
  expect(await passThroughWeChat('shop', go)).toBe(false);
  expect(went).toEqual([]);
});

it('shows the page when the server does not answer', async () => {
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('network')));
  expect(await passThroughWeChat('shop', go)).toBe(false);
});
