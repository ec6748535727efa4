// What a person hands over in the mini program: the phone number, and data sealed by the session key.
import type { AdapterInput, PlatformResult } from '../../adapter.js';
import { wordOf, type WeChatClient } from '../wechat/wechat.client.js';
import { openUserData } from '../wechat/wechat.session.js';

export interface Phone {
  /** Without the country code. */
  number: string;
  countryCode: string;
}

/** Sealed data is fresh for five minutes: older text was kept by somebody. */
const FRESH_SECONDS = 300;

export class PersonalData {
  private readonly client: WeChatClient;
  private readonly input: Pick<AdapterInput, 'channel' | 'clock'>;

  constructor(client: WeChatClient, input: Pick<AdapterInput, 'channel' | 'clock'>) {
    this.client = client;
    this.input = input;
  }

  /** Trades the code of the phone button for the number. A code works once, for five minutes, and costs the merchant a fee. */
  phone(code: string, token: string): Promise<PlatformResult<Phone>> {
    return this.client.ask({ path: '/wxa/business/getuserphonenumber', query: { access_token: token }, body: { code } }, ({ phone_info: info }) => phoneOf(info));
  }

  /** Opens `encryptedData`; undefined when it was not sealed by this key, for this app, just now. */
  open(sealed: { sessionKey: string; iv: string; encryptedData: string }): Record<string, unknown> | undefined {
    const text = openUserData(sealed.sessionKey, sealed.iv, sealed.encryptedData);
    if (text === undefined) return undefined;
    const data = objectOf(text);
    const { appid, timestamp } = (data?.['watermark'] ?? {}) as Record<string, unknown>;
    const age = this.input.clock().getTime() / 1000 - Number(timestamp);
    return appid === this.input.channel.appId && Math.abs(age) <= FRESH_SECONDS ? data : undefined;
  }
}

function phoneOf(info: unknown): Phone | undefined {
  const { purePhoneNumber, countryCode } = (info ?? {}) as Record<string, unknown>;
  const number = wordOf(purePhoneNumber);
  return number === '' ? undefined : { number, countryCode: wordOf(countryCode) };
}

function objectOf(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
