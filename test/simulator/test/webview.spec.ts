import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startSimulator, type Simulator } from '../src/simulator.ts';

let product: Server;
let simulator: Simulator;
let seen: IncomingMessage[] = [];

beforeAll(async () => {
  product = createServer((request, response) => {
    seen.push(request);
    if (request.url === '/p/moved') return void response.writeHead(302, { location: '/p/new?a=1', 'set-cookie': 'h5=1' }).end();
    if (request.url === '/api') {
      response.writeHead(201, { 'content-type': 'application/json' });
      return void request.pipe(response);
    }
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'x-frame-options': 'DENY', 'set-cookie': 'visit=2; Path=/' });
    return void response.end('<!doctype html><html><head lang="zh"><title>券</title></head><body></body></html>');
  });
  await new Promise<void>((resolve) => product.listen(0, '127.0.0.1', resolve));
  simulator = await startSimulator({ product: `http://127.0.0.1:${(product.address() as AddressInfo).port}` });
});
afterAll(async () => {
  await simulator.close();
  product.closeAllConnections();
  product.close();
});

function webview(url: string): Promise<Response> {
  seen = [];
  return fetch(`${simulator.url}/sim/webview?${new URLSearchParams({ url, person: 'p"1', appid: 'wx1' })}`, {
    redirect: 'manual',
    headers: { cookie: 'h5=abc' },
  });
}

describe('webview', () => {
  test('puts the client script first, keeps cookies, drops what forbids framing', async () => {
    const response = await webview('/p/demo/e/1?a=1&b=2');
    const html = await response.text();
    expect(html).toContain('<head lang="zh"><script src="/sim/phone/wx.js" data-path="/p/demo/e/1?a=1&amp;b=2" data-person="p&quot;1" data-appid="wx1"></script><title>');
    expect(response.headers.get('x-frame-options')).toBeNull();
    expect(response.headers.get('set-cookie')).toBe('visit=2; Path=/');
    expect(seen[0]).toMatchObject({ url: '/p/demo/e/1?a=1&b=2', headers: { cookie: 'h5=abc' } });
  });

  test('follows a redirect by staying in the webview', async () => {
    const response = await webview('/p/moved');
    expect(response.status).toBe(302);
    expect(new URL(response.headers.get('location') ?? '', simulator.url).searchParams.get('url')).toBe('/p/new?a=1');
    expect(response.headers.get('set-cookie')).toBe('h5=1');
  });

  test.each(['https://example.com/', '//example.com/', '/\\example.com', '', 'p/x'])('refuses %j', async (url) => {
    expect((await webview(url)).status).toBe(400);
    expect(seen).toEqual([]);
  });

  test('every other path goes on to the product, with its own address as the origin', async () => {
    seen = [];
    const response = await fetch(`${simulator.url}/api`, { method: 'POST', body: '{"你":"好"}', headers: { 'content-type': 'application/json', origin: simulator.url } });
    expect([response.status, await response.text()]).toEqual([201, '{"你":"好"}']);
    expect(seen[0]?.headers['origin']).not.toBe(simulator.url);
  });

  test('a product that does not answer is told as a page', async () => {
    const alone = await startSimulator({ product: 'http://127.0.0.1:1' });
    const response = await fetch(`${alone.url}/sim/webview?url=/p/x`);
    expect([response.status, await response.text()]).toEqual([502, expect.stringContaining('暂时无法打开页面')]);
    await alone.close();
  });

  test('the phone page and its files are served, nothing else of the folder', async () => {
    expect((await fetch(`${simulator.url}/sim/phone/`)).headers.get('content-type')).toContain('text/html');
    expect((await fetch(`${simulator.url}/sim/phone/main.js`)).headers.get('content-type')).toContain('javascript');
    expect((await fetch(`${simulator.url}/sim/phone/..%2Fpackage.json`)).status).toBe(404);
    expect((await fetch(`${simulator.url}/`, { redirect: 'manual' })).headers.get('location')).toBe('/sim/phone/');
  });
});
