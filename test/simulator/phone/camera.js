import { accounts } from './account-api.js';
import { publicPath } from './pages.js';

/** Reads what a camera would: a scene code opens its account, any other code or link its program. Answers what happened. */
export async function scanCode(phone, text) {
  return follow(phone, await accounts.scan(phone.person.id, { code: text }));
}

/** The same for a picture file of a code. */
export async function scanPicture(phone, file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let binary = '';
  for (const byte of bytes) binary += String.fromCodePoint(byte);
  return follow(phone, await accounts.scan(phone.person.id, { picture: btoa(binary) }));
}

async function follow(phone, found) {
  const app = phone.app(found.appid);
  if (found.kind === 'official') {
    await phone.refresh();
    phone.go('account', { appid: found.appid });
    return found.event === 'subscribe' ? `已关注 ${app?.name ?? ''}` : `已打开 ${app?.name ?? ''}`;
  }
  const page = found.query ? `${found.path}?${found.query}` : found.path;
  phone.go('program', { appid: found.appid, path: publicPath(app, page) });
  return `已打开 ${app?.name ?? ''}`;
}
