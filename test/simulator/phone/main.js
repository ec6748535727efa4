import { api } from './api.js';
import { showBanner } from './banner.js';
import { showPeople } from './desk.js';
import { phone } from './phone.js';
import { publicPath } from './pages.js';
import { isWecomCode, scanWecom, wecomState } from './wecom-chats.js';

const POLL_MS = 1500;

/** Fetches what may have changed and lets the current screen show it. */
async function refresh() {
  if (!phone.person) return;
  const [apps, messages, wecom] = await Promise.all([api.apps(), api.inbox(phone.person.id), wecomState(phone.person.id)]);
  const known = new Set(phone.messages.map((message) => message.id));
  const fresh = phone.loaded ? messages.filter((message) => !known.has(message.id)) : [];
  phone.apps = apps;
  phone.messages = messages;
  phone.wecom = wecom;
  phone.loaded = true;
  phone.update();
  if (fresh[0]) showBanner(fresh[0]);
}

async function poll() {
  try {
    if (!document.hidden) await refresh();
  } catch {
    // The simulator restarts or the network is gone: the next round tries again.
  }
  setTimeout(() => void poll(), POLL_MS);
}

function showClock() {
  const now = new Date();
  document.getElementById('clock').textContent = `${now.getHours()}:${String(now.getMinutes()).padStart(2, '0')}`;
}

async function choose(person) {
  phone.choose(person);
  const url = new URL(location.href);
  url.searchParams.set('person', person.id);
  history.replaceState(null, '', url);
  await refresh();
}

async function start() {
  const query = new URLSearchParams(location.search);
  phone.apps = await api.apps();
  const person = await showPeople({ wanted: query.get('person'), choose });
  if (!person) return;
  await choose(person);
  const app = phone.apps.find((one) => one.appid === query.get('appid')) ?? (query.has('open') ? phone.apps.find((one) => one.kind === 'mini_program') : undefined);
  if (app) phone.go('program', { appid: app.appid, path: publicPath(app, query.get('open') ?? '') });
  if (query.has('scan')) await scanOpened(query.get('scan'));
}

/** A code or link of WeCom that was opened in a browser is scanned by this phone, once. */
async function scanOpened(text) {
  const url = new URL(location.href);
  url.searchParams.delete('scan');
  history.replaceState(null, '', url);
  if (isWecomCode(text)) await scanWecom(phone, text).catch(() => undefined);
}

phone.refresh = refresh;
showClock();
setInterval(showClock, 5000);
phone.go('chats');
await start();
void poll();
