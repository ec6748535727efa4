// The client's functions, where the page runs in WeChat.
export type Answer = 'accept' | 'reject' | 'ban' | 'filter';
export interface PromptAnswer {
  templateExternalId: string;
  answer: Answer;
}

interface Calls<T> {
  success?: (result: T) => void;
  fail?: (error: unknown) => void;
}
interface WeChat {
  login?: (calls: Calls<{ code: string }>) => void;
  requestSubscribeMessage?: (calls: Calls<Record<string, string>> & { tmplIds: string[] }) => void;
}

/** Every client takes three; only newer ones take more. */
export const MAX_TEMPLATES = 3;
const PROMPT_MS = 60_000;

const client = (): WeChat | undefined => (window as unknown as { wx?: WeChat }).wx;

export const canSignIn = (): boolean => Boolean(client()?.login);
export const canPrompt = (): boolean => Boolean(client()?.requestSubscribeMessage);

/** A code that proves who holds the phone; rejects when the client gives none. */
export function loginCode(): Promise<string> {
  return new Promise((resolve, reject) => {
    client()!.login!({ success: ({ code }) => resolve(code), fail: () => reject(new Error('wx.login gave no code')) });
  });
}

/** Call it first in the tap's own handler: the client refuses a prompt that waited for anything. Never rejects. */
export function prompt(templateIds: readonly string[]): Promise<PromptAnswer[]> {
  const ask = client()?.requestSubscribeMessage;
  const tmplIds = templateIds.slice(0, MAX_TEMPLATES);
  if (!ask || tmplIds.length === 0) return Promise.resolve([]);
  return new Promise((resolve) => {
    const none = () => resolve([]);
    setTimeout(none, PROMPT_MS); // a client that never answers must not keep the coupon back
    try {
      ask({ tmplIds, success: (result) => resolve(answersOf(result, tmplIds)), fail: none });
    } catch {
      none();
    }
  });
}

/** Some clients name how a notice is accepted (with sound, in advance): all are a yes. Other keys are not templates. */
export function answersOf(result: Record<string, string>, tmplIds: readonly string[]): PromptAnswer[] {
  return tmplIds.flatMap((templateExternalId) => {
    const said = result[templateExternalId] ?? '';
    const answer = said.startsWith('accept') ? 'accept' : said;
    return answer === 'accept' || answer === 'reject' || answer === 'ban' || answer === 'filter' ? [{ templateExternalId, answer }] : [];
  });
}
