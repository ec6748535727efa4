// QR codes that carry a word of ours: whoever scans one is told to us with it.
import type { PlatformResult } from '../../adapter.js';
import { wordOf, type WeChatClient } from '../wechat/wechat.client.js';

export interface SceneCode {
  ticket: string;
  /** What the code's squares say; drawn as a QR code it is the code. */
  url: string;
  expiresInSeconds: number | undefined;
}

/** The longest life of a temporary code. */
export const TEMPORARY_SECONDS = 2_592_000;

export class SceneCodes {
  private readonly client: WeChatClient;

  constructor(client: WeChatClient) {
    this.client = client;
  }

  /** `scene`: 1 to 64 characters. Permanent ones are rationed: 100,000 for an account's whole life. */
  create(scene: string, isPermanent: boolean, token: string): Promise<PlatformResult<SceneCode>> {
    const kind = isPermanent ? { action_name: 'QR_LIMIT_STR_SCENE' } : { action_name: 'QR_STR_SCENE', expire_seconds: TEMPORARY_SECONDS };
    const body = { ...kind, action_info: { scene: { scene_str: scene } } };
    return this.client.ask({ path: '/cgi-bin/qrcode/create', query: { access_token: token }, body }, (json) => {
      const [ticket, url, seconds] = [wordOf(json['ticket']), wordOf(json['url']), Number(json['expire_seconds'])];
      return ticket === '' || url === '' ? undefined : { ticket, url, expiresInSeconds: seconds > 0 ? seconds : undefined };
    });
  }
}
