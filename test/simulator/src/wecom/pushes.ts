import { encryptMessage, signatureOf } from '../callback-crypto.ts';
import type { Delivery } from '../callback-queue.ts';
import { randomText } from '../ids.ts';
import type { SignedRequest } from '../push-event.ts';
import type { World } from '../world.ts';
import { xmlText } from '../xml-text.ts';
import type { Corp, CorpApp } from './corp.ts';
import type { Suite } from './suite.ts';

type Fields = Record<string, unknown>;

interface Address {
  callbackUrl: string;
  token: string;
  aesKey: string;
  /** Id inside the cipher text and in ToUserName: corpid, or suiteid for a provider's commands. */
  receiver: string;
  agentid?: number;
}

/** Seconds as a push carries them; they follow the real clock, which the merchant compares with. */
export function eventSecond(): number {
  return Math.floor(Date.now() / 1000);
}

/** Pushes a corp event to every app of its kind. `fields` is written per app: ids of people differ. */
export function pushToCorp(world: World, corp: Corp, push: { kind: 'contact' | 'kf'; event: string; fields: (app: CorpApp) => Fields }): Promise<Delivery[]> {
  const second = eventSecond();
  const apps = corp.data.apps.filter((app) => app.events.includes(push.kind));
  return Promise.all(
    apps.flatMap((app) => {
      const suite = app.callbackUrl === '' ? world.wecom.suites.get(app.suiteId ?? '') : undefined;
      // A provider without an address for this corp hears of contacts at its command address.
      if (suite) return push.kind === 'contact' ? [pushToSuite(world, suite, push.event, { AuthCorpId: corp.corpid, ...push.fields(app) })] : [];
      // Only a corp's event on contacts has a sender in the documented bodies.
      const sender = push.kind === 'contact' ? { FromUserName: 'sys' } : {};
      const body = { ToUserName: corp.corpid, ...sender, CreateTime: second, MsgType: 'event', Event: push.event, ...push.fields(app) };
      const { callbackUrl, token, aesKey, agentid } = app;
      const address = { callbackUrl, token, aesKey, agentid, receiver: corp.corpid };
      return world.callbacks.deliver(
        { appid: corp.corpid, settings: app, stats: corp.stats },
        { name: push.event, openid: '', createTime: second, repeatOn: 'silence', write: () => signed(address, body) },
      );
    }),
  );
}

/** Pushes a command (ticket, authorisation) to a provider's address. */
export function pushToSuite(world: World, suite: Suite, infoType: string, fields: Fields): Promise<Delivery> {
  const { suiteId, commandUrl, token, aesKey } = suite.settings;
  const second = eventSecond();
  const body = { SuiteId: suiteId, InfoType: infoType, TimeStamp: second, ...fields };
  const address = { callbackUrl: commandUrl, token, aesKey, receiver: suiteId };
  return world.callbacks.deliver(
    { appid: suiteId, settings: { callbackUrl: commandUrl }, stats: suite.stats },
    { name: infoType, openid: '', createTime: second, repeatOn: 'silence', write: () => signed(address, body) },
  );
}

/** The address of a callback check, and the text that the merchant must answer. */
export function verification(address: Address): { url: string; expected: string } {
  const expected = `${Math.floor(Math.random() * 1e15)}${randomText(4).replace(/\W|_/g, '0')}`;
  const echostr = encryptMessage(address.aesKey, expected, address.receiver);
  const url = signedUrl(address, echostr);
  url.searchParams.set('echostr', echostr);
  return { url: url.href, expected };
}

function signed(address: Address, body: Fields): SignedRequest {
  const Encrypt = encryptMessage(address.aesKey, xmlText('xml', body), address.receiver);
  const outer = { ToUserName: address.receiver, ...(address.agentid === undefined ? {} : { AgentID: String(address.agentid) }), Encrypt };
  return { url: signedUrl(address, Encrypt).href, body: xmlText('xml', outer), contentType: 'text/xml' };
}

function signedUrl({ callbackUrl, token }: Address, encrypted: string): URL {
  const timestamp = String(eventSecond());
  const nonce = String(Math.floor(Math.random() * 2 ** 31));
  const url = new URL(callbackUrl);
  url.searchParams.set('msg_signature', signatureOf(token, timestamp, nonce, encrypted));
  url.searchParams.set('timestamp', timestamp);
  url.searchParams.set('nonce', nonce);
  return url;
}
